import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { robotId } from '../../../protocol/ids.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import { connected, hello, opened, sent, welcomed } from './support/cast.ts';
import { meanwhile } from './support/interruption.ts';
import { operator1, rover2, roverId } from './support/people.ts';
import { a, b, lose, pair, robot } from './support/returning.ts';
import type { World } from './support/world.ts';

/** The client is on `A`, and `B`, which has its key, is about to be welcomed: in vain. */
async function scene() {
  const made = await pair();
  const { world, key } = made;
  await connected(world, operator1, { name: 'B' });
  world.gateway.drop(b);
  return {
    ...made,
    failsWhile: (act: (world: World) => Promise<unknown>) =>
      meanwhile(world, {
        at: 'post welcome to B',
        action: () => hello(world, b, { resume: key }),
        act: () => act(world),
      }),
  };
}

const closedByRobot = (world: World, sessionId: Awaited<ReturnType<typeof scene>>['sessionId']) =>
  closeSession(world.deps, { caller: robot, robotId: roverId, sessionId, reason: 'closed' });

describe('a client that is given back to its old connection', () => {
  it('hears there of the session that has ended meanwhile, which was said to the connection that failed', async () => {
    const { world, sessionId, failsWhile } = await scene();
    const kept = await opened(world, a, { mode: 'view' });
    await failsWhile(() => closedByRobot(world, sessionId));
    expect(sent(world, a, 'sessionClosed')).toEqual([{ type: 'sessionClosed', sessionId, reason: 'closed' }]);
    expect(world.sessions().map((session) => session.sessionId)).toEqual([kept.sessionId]);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('costs no look at the sessions that came back with it', async () => {
    const { world, failsWhile } = await scene();
    await opened(world, a, { mode: 'view' });
    world.tap.forget();
    await failsWhile(async () => {});
    expect(world.tap.count('sessions.get')).toBe(0);
    expect(sent(world, a, 'sessionClosed')).toEqual([]);
  });

  it('hears that its robot has gone for good meanwhile by the end of its session alone', async () => {
    const { world, sessionId, failsWhile } = await scene();
    await failsWhile(() => bye(world.deps, { caller: robot, signOut: false }));
    expect(sent(world, a, 'sessionClosed')).toMatchObject([{ sessionId }]);
    expect(sent(world, a, 'peerAway')).toEqual([]);
    expect(sent(world, a, 'peerBack')).toEqual([]);
  });

  it('is away where the old one is being closed by then, and its robot is told so', async () => {
    const { world, sessionId, failsWhile } = await scene();
    const removing = world.tap.hold('connections.remove');
    await failsWhile(async () => {
      world.gateway.drop(a);
      await removing.reachedBy(disconnect(world.deps, a));
    });
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt });
    expect(sent(world, robot, 'peerAway').at(-1)).toEqual({ type: 'peerAway', sessionId, resumeEndsAt });
    removing.release();
  });

  it('is away without the session that has ended meanwhile: nothing lists that any more', async () => {
    const { world, sessionId, failsWhile } = await scene();
    await opened(world, a, { mode: 'view' });
    await failsWhile(async () => {
      await lose(world, a);
      await closedByRobot(world, sessionId);
    });
    expect(world.sessions()).toHaveLength(1);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('and the one that failed is due when the time for its hello is over', async () => {
    const { world, failsWhile } = await scene();
    const { connectedAt = 0 } = world.connection(b) ?? {};
    await failsWhile(async () => {});
    expect(world.connection(b)).toMatchObject({
      state: 'connected',
      nextDeadlineAt: connectedAt + world.policy.helloWithinMs,
    });
  });

  it('hears of each of its robots how that is', async () => {
    const { world, sessionId, failsWhile } = await scene();
    const other = await welcomed(world, rover2, { name: 'other robot' });
    const away = await opened(world, a, { mode: 'view', robotId: robotId.parse('rover-2') });
    await lose(world, other);
    const heard = world.gateway.to(a).length;
    await failsWhile(async () => {});
    const { resumeEndsAt } = world.robot(robotId.parse('rover-2')) ?? {};
    expect(world.gateway.to(a).slice(heard)).toEqual([
      { type: 'peerBack', sessionId, received: 0 },
      { type: 'peerAway', sessionId: away.sessionId, resumeEndsAt },
    ]);
  });

  it('hears nothing of a robot that is offline by then, and whose session is about to end', async () => {
    const { world, failsWhile } = await scene();
    const ending = world.tap.hold('sessions.listByRobot');
    const heard = world.gateway.to(a).length;
    await failsWhile(async () => {
      await ending.reachedBy(bye(world.deps, { caller: robot, signOut: false }));
    });
    expect(world.gateway.to(a).slice(heard)).toEqual([]);
    ending.release();
  });

  it('is there for its robot again, when the end of the connection that failed has said otherwise and is not over', async () => {
    const { world, sessionId, failsWhile } = await scene();
    const removing = world.tap.hold('connections.remove');
    let ending = Promise.resolve();
    await failsWhile(async () => {
      ending = disconnect(world.deps, b);
      await removing.reachedBy(ending);
    });
    expect(world.connection(b)).toMatchObject({ state: 'closing' });
    expect(sent(world, robot, 'peerAway')).toMatchObject([{ sessionId }]);
    expect(sent(world, robot, 'peerBack')).toMatchObject([{ sessionId }]);
    removing.release();
    await ending;
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });
});
