import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import {
  cleanUp,
  codeOf,
  connected,
  granted,
  hello,
  opened,
  refresh,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { killedAtEachStep } from './support/interruption.ts';
import { operator1, operator2, rover1 } from './support/people.ts';
import { newWorld, t0, type World } from './support/world.ts';

const kinds = [{ who: operator1 }, { who: rover1 }];
const a = socketNamed('A');
const b = socketNamed('B');
const c = socketNamed('C');
const goAway = { type: 'goAway', code: 'revoked', reconnect: false };

const signOut = (world: World, caller: SocketAddress = a) => bye(world.deps, { caller, signOut: true });

/** `A` and `B` of one sign-in, `C` of another of the same person, and somebody else. */
async function scene(named = true) {
  const world = newWorld();
  const own = world.tokens.signIn({ named });
  world.pass(1_000);
  const second = world.tokens.signIn({ named });
  await welcomed(world, operator1, { name: 'A', signedIn: own });
  await welcomed(world, operator1, { name: 'B', signedIn: own });
  await welcomed(world, operator1, { name: 'C', signedIn: second });
  await welcomed(world, operator2, { name: 'D' });
  return { world, own, second };
}

describe('F13: bye {signOut: true}', () => {
  it('ends its own connection as a bye, and the others of its sign-in as revoked', async () => {
    const { world } = await scene();
    await signOut(world);
    expect(world.gateway.to(a).map(({ type }) => type)).toEqual(['welcome']);
    expect(world.gateway.to(b).at(-1)).toEqual(goAway);
    expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
    expect(world.noted('disconnected').map(({ connectionId, how }) => ({ connectionId, how }))).toEqual([
      { connectionId: 'B', how: 'revoked' },
      { connectionId: 'A', how: 'bye' },
    ]);
    expect(world.noted('revoked')).toEqual([
      { type: 'revoked', principalId: operator1.principalId, how: 'revoked', closed: 1 },
    ]);
  });

  it('leaves another sign-in of the same person alone, and other people', async () => {
    const { world, second } = await scene();
    const before = [c, socketNamed('D')].map((socket) => world.connection(socket));
    await signOut(world);
    expect([c, socketNamed('D')].map((socket) => world.connection(socket))).toEqual(before);
    granted(await refresh(world, c, world.tokens.issue(operator1, { signedIn: second })));
    await welcomed(world, operator1, { name: 'E', signedIn: second });
  });

  it('refuses what its sign-in still brings: a new connection, and a refresh of an open one', async () => {
    const { world, own } = await scene();
    const longer = { signedIn: own, lifeMs: 2 * world.policy.tokenMs };
    const token = world.tokens.issue(operator1, longer);
    await connected(world, operator1, { name: 'E', signedIn: own });
    await signOut(world);
    expect(codeOf(await refresh(world, c, token))).toBe('token_invalid');
    expect(world.connection(socketNamed('E'))).toBeUndefined();
    await expect(connected(world, operator1, { name: 'F', signedIn: own })).rejects.toThrow();
    expect(world.noted('connect_refused')).toMatchObject([{ status: 401, reason: 'revoked' }]);
  });

  it('records it before anything is ended', async () => {
    const { world } = await scene();
    world.tap.forget();
    await signOut(world);
    const ends = ['connections.markClosing', 'close A', 'close B'];
    const told = ['revocations.revokeSignIn', 'connections.listByPrincipal', ...ends];
    expect(world.tap.calls.filter((call) => told.includes(call))).toEqual([
      'revocations.revokeSignIn',
      'connections.listByPrincipal',
      // B's, then its own.
      'connections.markClosing',
      'close B',
      'connections.markClosing',
      'close A',
      'connections.listByPrincipal',
    ]);
  });

  it('whose record cannot be written ends nothing, throws, and can be repeated', async () => {
    const { world } = await scene();
    const before = structuredClone(world.state);
    world.tap.fail('revocations.revokeSignIn');
    await expect(signOut(world)).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(world.state).toEqual(before);
    expect(world.gateway.closed).toEqual([]);
    await signOut(world);
    expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
  });

  it.each([true, false])(
    'works with an expired token, whether it was welcomed or not: %s',
    async (isReady) => {
      const world = newWorld();
      const signedIn = world.tokens.signIn();
      await connected(world, operator1, { name: 'A', signedIn, lifeMs: 20_000 });
      if (isReady) granted(await hello(world, a));
      await welcomed(world, operator1, { name: 'B', signedIn });
      world.pass(20_000);
      await signOut(world);
      expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
      expect(world.state.connections.size).toBe(0);
    },
  );

  it('of a robot makes it offline at once, and its sign-in brings nothing more', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { name: 'A' });
    await opened(world, await welcomed(world, operator1, { name: 'B' }));
    await signOut(world, robot);
    expect(world.robot()).toMatchObject({ state: 'offline' });
    expect(world.sessions()).toEqual([]);
    await expect(connected(world, rover1, { name: 'C' })).rejects.toThrow();
    await welcomed(world, rover1, { name: 'D', signedIn: world.tokens.signIn() });
    expect(world.robot()).toMatchObject({ state: 'online' });
  });

  it('whose own socket cannot be closed throws, but only when the others are closed and it is counted', async () => {
    const { world } = await scene();
    world.tap.fail('close A');
    await expect(signOut(world)).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(world.gateway.closed).toEqual(['B']);
    expect([...world.state.connections.keys()].sort()).toEqual(['C', 'D']);
    expect(world.noted('revoked')).toMatchObject([{ closed: 1 }]);
  });

  it('closes and counts also what had been let in just before, and is listed only later', async () => {
    const { world, own } = await scene();
    const entering = world.tap.hold('connections.create');
    const entered = connected(world, operator1, { name: 'E', signedIn: own }).catch(() => {});
    await entering.reachedBy(entered);
    // As long as that, an index may be behind.
    const deps = {
      ...world.deps,
      pause: async (ms: number) => {
        entering.release();
        await entered;
        await world.deps.pause(ms);
      },
    };
    await bye(deps, { caller: a, signOut: true });
    expect(world.connection(socketNamed('E'))).toBeUndefined();
    expect(world.noted('revoked')).toMatchObject([{ closed: 2 }]);
  });

  it('of a robot that died while it ended its sessions is gone on with after a minute', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { name: 'A' });
    await opened(world, await welcomed(world, operator1, { name: 'B' }));
    const listing = world.tap.hold('sessions.listByRobot');
    const leaving = bye(world.deps, { caller: robot, signOut: false }).catch(() => {});
    await listing.reachedBy(leaving);
    world.tap.fail('sessions.listByRobot');
    listing.release();
    await leaving;
    expect(world.robot()).toMatchObject({ state: 'offline' });
    // The connection has been marked, and is due as well: it is the robot's own row that is looked at here.
    await world.deps.connections.remove(robot.connectionId);
    world.pass(retryMs - 1);
    await cleanUp(world);
    expect(world.sessions()).toHaveLength(1);
    world.pass(1);
    await cleanUp(world);
    expect(world.sessions()).toEqual([]);
  });

  it('that died after the mark rests for a minute before the cleanup ends it', async () => {
    const { world } = await scene();
    world.tap.fail('clients.detach');
    await bye(world.deps, { caller: a, signOut: false }).catch(() => {});
    world.pass(retryMs - 1);
    await cleanUp(world);
    expect(world.connection(a)).toMatchObject({ state: 'closing' });
    world.pass(1);
    await cleanUp(world);
    expect(world.connection(a)).toBeUndefined();
  });

  it('of a connection that is not known closes the socket, and records nothing', async () => {
    const world = newWorld();
    await signOut(world, socketNamed('nobody'));
    expect(world.gateway.closed).toEqual(['nobody']);
    expect(world.state.revokedSignIns.size + world.state.revoked.size).toBe(0);
    expect(world.events).toEqual([]);
  });
});

describe('F13: bye {signOut: true} with a token that does not name its sign-in', () => {
  it('revokes every sign-in of the person until its own, and none after it', async () => {
    const { world, second } = await scene(false);
    const earlier = { originJti: 'earlier', signedInAt: t0 - 5_000 };
    await welcomed(world, operator1, { name: 'E', signedIn: earlier });
    await signOut(world);
    expect(world.state.revoked.get(operator1.principalId)).toEqual({ signInsUntil: t0 });
    expect([...world.gateway.closed].sort()).toEqual(['A', 'B', 'E']);
    expect(world.connection(c)).toMatchObject({ state: 'ready' });
    await welcomed(world, operator1, { name: 'F', signedIn: second });
  });
});

describe('bye {signOut: false}', () => {
  it.each(kinds)('records nothing, and closes nothing else: $who.userName', async ({ who }) => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    await connected(world, who, { name: 'B' });
    world.tap.forget();
    await bye(world.deps, { caller: a, signOut: false });
    expect(world.tap.calls.filter((call) => call.startsWith('revocations.'))).toEqual([]);
    expect(world.state.revokedSignIns.size + world.state.revoked.size).toBe(0);
    expect(world.gateway.closed).toEqual(['A']);
    granted(await hello(world, b));
  });
});

describe('bye {signOut: true} that died half-way', () => {
  const finish = async (world: World) => {
    await signOut(world);
    world.pass(retryMs);
    await cleanUp(world);
  };

  it('F13: is finished when it is said again, wherever it died: nothing of the sign-in stays open', async () => {
    const wrong = await killedAtEachStep({
      scene: () => scene(),
      action: ({ world }) => signOut(world),
      judge: async ({ world }) => {
        await finish(world);
        expect([...world.state.connections.keys()].sort()).toEqual(['C', 'D']);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('has its own connection ended as a bye by the cleanup, wherever it died after the mark', async () => {
    const wrong = await killedAtEachStep({
      scene: () => scene(),
      action: ({ world }) => signOut(world),
      judge: async ({ world }) => {
        const begun = world.connection(a)?.state !== 'ready';
        world.pass(retryMs);
        await cleanUp(world);
        expect(world.connection(a) === undefined).toBe(begun);
        const own = world.noted('disconnected').filter(({ connectionId }) => connectionId === 'A');
        expect(own.map(({ how }) => how)).toEqual(begun ? ['bye'] : []);
        expect(sent(world, a, 'goAway')).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});
