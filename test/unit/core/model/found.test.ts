import { describe, expect, it } from 'vitest';
import { rollOverAt } from '../../../../functions/core/model/connection-deadline.ts';
import { bye } from '../../../../functions/core/use-cases/bye.ts';
import {
  cleanUp,
  codeOf,
  connected,
  granted,
  hello,
  open,
  sent,
  socketNamed,
  welcomed,
} from '../support/cast.ts';
import { operator1, operator2, rover1 } from '../support/people.ts';
import { newWorld, t0 } from '../support/world.ts';

/** What the model has found and is mended, shrunk and told as a story. */
describe('F3: an announcement', () => {
  it('that a run could not make is not lost when the next moment comes before it is taken up again', async () => {
    const world = newWorld();
    const [firstWarningMs = 0] = world.policy.warnMs;
    const rollsOverAt = rollOverAt(world.policy, { ...socketNamed('of-operator-1'), connectedAt: t0 });
    const lifeMs = rollsOverAt + 5000 + firstWarningMs - t0;
    const socket = await welcomed(world, operator1, { lifeMs });
    world.clock.at = rollsOverAt;
    world.tap.fail(`post goAway to ${socket.connectionId}`);
    await cleanUp(world);
    world.pass(5000);
    await cleanUp(world);
    for (let i = 0; i < 3; i++) {
      world.pass(60_000);
      await cleanUp(world);
    }
    const said = world.gateway.to(socket).map(({ type }) => type);
    expect(said).toContain('tokenExpiring');
    expect(said).toContain('goAway');
  });
});

describe('I4, F8: who was welcomed last is the robot, or is told that it is not', () => {
  it('when one of two hellos gives back the robot that the other is welcomed for', async () => {
    const world = newWorld();
    const socket = await connected(world, rover1);
    const first = world.tap.hold('connections.markReady');
    const helloing = hello(world, socket);
    await first.reachedBy(helloing);
    world.tap.fail(`post welcome to ${socket.connectionId}`, { when: 'after' });
    await expect(hello(world, socket)).rejects.toThrow('unavailable');
    first.release();
    granted(await helloing);
    const isRobot = world.robot()?.socket?.connectionId === socket.connectionId;
    const isTold = world.gateway.to(socket).at(-1)?.type !== 'welcome';
    expect(isRobot || isTold).toBe(true);
  });

  it('when two hellos fail, and neither could give back the robot that the other has claimed as well', async () => {
    const world = newWorld();
    const socket = await connected(world, rover1);
    const first = world.tap.hold('connections.markReady');
    const helloing = hello(world, socket);
    await first.reachedBy(helloing);
    world.tap.fail(`post welcome to ${socket.connectionId}`, { when: 'after' });
    await expect(hello(world, socket)).rejects.toThrow('unavailable');
    world.tap.fail(`post welcome to ${socket.connectionId}`);
    first.release();
    await expect(helloing).rejects.toThrow('unavailable');
    granted(await hello(world, socket));
    expect(world.robot()).toMatchObject({ state: 'online', socket });
    expect(sent(world, socket, 'welcome').length).toBeGreaterThan(0);
    world.pass(world.policy.helloWithinMs);
    await cleanUp(world);
    expect(world.gateway.closed).toEqual([]);
  });

  it('when its welcome goes out after it was replaced and could not be closed', async () => {
    const world = newWorld();
    const old = await connected(world, rover1, { name: 'A' });
    const welcoming = world.tap.hold('post welcome to A');
    const helloing = hello(world, old);
    await welcoming.reachedBy(helloing);
    world.pass(1);
    world.tap.fail('close A');
    await welcomed(world, rover1, { name: 'B' });
    welcoming.release();
    await helloing;
    expect(world.gateway.to(old).at(-1)).toMatchObject({ type: 'goAway', code: 'replaced' });
  });
});

describe('F13: a bye that signs out', () => {
  it('finds a connection that the index did not know yet, though its own socket could not be closed and it is said again', async () => {
    const world = newWorld();
    const leaving = await welcomed(world, operator1, { name: 'leaving' });
    const young = await welcomed(world, operator1, { name: 'young' });
    let listings = 0;
    const { connections } = world.deps;
    // The index does not know the young one yet.
    const listByPrincipal: typeof connections.listByPrincipal = async (principalId) =>
      listings++ === 0 ? [leaving.connectionId] : connections.listByPrincipal(principalId);
    const deps = { ...world.deps, connections: { ...connections, listByPrincipal } };
    world.tap.fail('close leaving');
    await expect(bye(deps, { caller: leaving, signOut: true })).rejects.toThrow('unavailable');
    await bye(deps, { caller: leaving, signOut: true });
    expect(world.gateway.closed).toContain(young.connectionId);
  });
});

describe('I7: an opening that finds control with a session that is not written yet', () => {
  async function twoOpen() {
    const world = newWorld();
    await welcomed(world, rover1);
    const first = await welcomed(world, operator1);
    const second = await welcomed(world, operator2);
    const creating = world.tap.hold('sessions.create');
    const firstOpens = open(world, first);
    await creating.reachedBy(firstOpens);
    const freeing = world.tap.hold('robots.freeUnconfirmed');
    const secondOpens = open(world, second);
    await freeing.reachedBy(secondOpens);
    return { world, firstOpens, creating, secondOpens, freeing };
  }

  it('leaves it alone when that one is granted first', async () => {
    const { world, firstOpens, creating, secondOpens, freeing } = await twoOpen();
    creating.release();
    const one = granted(await firstOpens);
    freeing.release();
    expect([one.mode, granted(await secondOpens).mode]).toEqual(['control', 'view']);
    expect(world.robot()).toMatchObject({ controllerSessionId: one.sessionId });
  });

  it('takes it when it was freed first, and that one hears so', async () => {
    const { world, firstOpens, creating, secondOpens, freeing } = await twoOpen();
    freeing.release();
    const other = granted(await secondOpens);
    creating.release();
    expect(codeOf(await firstOpens)).toBe('unavailable');
    expect(other.mode).toBe('control');
    expect(world.robot()).toMatchObject({ controllerSessionId: other.sessionId });
    expect(world.sessions()).toHaveLength(1);
  });
});
