import { describe, expect, it } from 'vitest';
import { closeSession } from '../../../../functions/core/use-cases/close-session.ts';
import { connected, hello, welcomed } from '../support/cast.ts';
import { operator1, rover1, roverId } from '../support/people.ts';
import { a, pair, robot } from '../support/returning.ts';
import { topicsWatched, watch } from '../support/watching.ts';
import { newWorld } from '../support/world.ts';

/** As `known-limits.test.ts`, of who comes back and who watches. */
describe('watchedAtOnce', () => {
  it.fails('known: two watchRobots of one connection at once leave rows that its list does not name', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const socket = await welcomed(world, operator1);
    const listing = world.tap.hold('connections.setWatching');
    const first = watch(world, socket);
    await listing.reachedBy(first);
    await watch(world, socket, [roverId]);
    listing.release();
    await first;
    const watched = topicsWatched(world)[socket.connectionId];
    expect(watched).toEqual(world.connection(socket)?.watching);
  });
});

describe('toldWhileClaimed', () => {
  it.fails('known: what is said to a robot whose hello then fails, the connection before does not hear', async () => {
    const { world, sessionId } = await pair();
    const socket = await connected(world, rover1, { name: 'robot-2' });
    const welcoming = world.tap.hold('post welcome to robot-2');
    const helloing = hello(world, socket, { resume: true });
    await welcoming.reachedBy(helloing);
    await closeSession(world.deps, { caller: a, robotId: roverId, sessionId, reason: 'closed' });
    world.gateway.drop(socket);
    welcoming.release();
    await helloing;
    expect(world.gateway.to(robot).at(-1)).toMatchObject({ type: 'sessionClosed' });
  });
});
