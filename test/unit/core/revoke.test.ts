import { describe, expect, it } from 'vitest';
import type { RevocationStore } from '../../../functions/core/ports/revocation-store.ts';
import { listAgainAfterMs } from '../../../functions/core/use-cases/revoke.ts';
import {
  codeOf,
  connected,
  granted,
  refresh,
  send,
  sent,
  signalOf,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1 } from './support/people.ts';
import { a, b, operations, principalId, twoTabs } from './support/revoking.ts';
import { newWorld, t0 } from './support/world.ts';

describe.each(operations)('F13: $name', ({ how, record, reason, goAway, run }) => {
  it('tells every open connection of the user to go, closes it and ends its sessions', async () => {
    const { world, robot, sessionId } = await twoTabs();
    expect(await run(world)).toBe(2);
    for (const socket of [a, b]) {
      expect(world.gateway.to(socket).at(-1)).toEqual(goAway);
      expect(world.connection(socket)).toBeUndefined();
    }
    expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
    expect(world.gateway.to(robot).slice(-2)).toEqual([
      { type: 'sessionClosed', sessionId, reason },
      { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 },
    ]);
    expect(sent(world, robot, 'peerAway')).toEqual([]);
    expect(world.state.clients.size).toBe(1);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(world.noted('disconnected').map((event) => event.how)).toEqual([how, how]);
    expect(world.noted('revoked')).toEqual([{ type: 'revoked', principalId, how, closed: 2 }]);
  });

  it('closes one that has not said hello', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    world.pass(5_000);
    expect(await run(world)).toBe(1);
    expect(world.gateway.to(a)).toEqual([goAway]);
    expect(world.state.connections.size).toBe(0);
  });

  it('touches nobody else', async () => {
    const { world, robot, other, keptId } = await twoTabs();
    const before = [robot, other].map((socket) => world.connection(socket));
    await run(world);
    expect([robot, other].map((socket) => world.connection(socket))).toEqual(before);
    expect(world.sessions().map(({ sessionId }) => sessionId)).toEqual([keptId]);
    // It hears of one thing that is its own as well: control of the robot is free.
    expect(world.gateway.to(other).slice(1)).toEqual([
      { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 },
    ]);
    granted(await send(world, other, signalOf(keptId)));
  });

  it('with nothing open puts it on record all the same, and says so', async () => {
    const world = newWorld();
    const token = world.tokens.issue(operator1, { lifeMs: 2 * world.policy.tokenMs });
    expect(await run(world)).toBe(0);
    expect(world.noted('revoked')).toEqual([{ type: 'revoked', principalId, how, closed: 0 }]);
    await welcomed(world, operator1, { name: 'B', signedIn: world.tokens.signIn() });
    expect(codeOf(await refresh(world, b, token))).toBe('token_invalid');
  });

  it('writes the record before it looks at any connection', async () => {
    const { world } = await twoTabs();
    world.tap.forget();
    await run(world);
    expect(world.tap.calls.slice(0, 2)).toEqual([record, 'connections.listByPrincipal']);
  });

  it('repeated has nothing left to close', async () => {
    const { world } = await twoTabs();
    await run(world);
    const posted = world.gateway.posted.length;
    expect(await run(world)).toBe(0);
    expect(world.gateway.posted).toHaveLength(posted);
  });

  it('twice at once closes each once', async () => {
    const { world } = await twoTabs();
    const closed = await Promise.all([run(world), run(world)]);
    expect(closed.reduce((sum, each) => sum + each, 0)).toBe(2);
    expect(sent(world, a, 'goAway')).toEqual([goAway]);
    expect(world.noted('disconnected')).toHaveLength(2);
  });

  it('lists again after a pause, and so closes what was written in between', async () => {
    const { world } = await twoTabs();
    const pauses: number[] = [];
    const token = world.connection(a)?.token;
    const pause = async (ms: number) => {
      pauses.push(ms);
      // Its `$connect` read the record before it was written, and its row comes only now.
      const row = world.connection(socketNamed('other'));
      if (row === undefined || token === undefined) throw new Error('no row to make another of');
      const identity = { ...row.identity, principalId };
      world.state.connections.set(socketNamed('C').connectionId, {
        ...row,
        ...socketNamed('C'),
        identity,
        token,
        state: 'connected',
      });
    };
    const deps = { ...world.deps, pause };
    expect(await run({ ...world, deps })).toBe(3);
    expect(pauses).toEqual([listAgainAfterMs]);
    expect(world.gateway.to(socketNamed('C'))).toEqual([goAway]);
    expect(world.noted('revoked')).toMatchObject([{ closed: 3 }]);
  });
});

describe('a record', () => {
  it.each(operations)(
    'of $name is kept until no refresh token can bring what it refuses',
    async ({ run }) => {
      const world = newWorld();
      const kept: number[] = [];
      const { revocations } = world.deps;
      const keeping: RevocationStore = {
        of: (who) => revocations.of(who),
        revokeSignInsUntil: async (id, of) => {
          kept.push(of.keepUntil);
          await revocations.revokeSignInsUntil(id, of);
        },
        revokeTokensUntil: async (id, of) => {
          kept.push(of.keepUntil);
          await revocations.revokeTokensUntil(id, of);
        },
        revokeSignIn: async (signIn, of) => {
          kept.push(of.keepUntil);
          await revocations.revokeSignIn(signIn, of);
        },
      };
      await run({ ...world, deps: { ...world.deps, revocations: keeping } });
      const { refreshTokenMs, tokenMs } = world.policy;
      // A token of the last moment of the longest refresh token lives for its own life after it.
      expect(kept).toEqual([expect.any(Number)]);
      expect(kept[0]).toBeGreaterThanOrEqual(
        t0 + Math.max(refreshTokenMs.people, refreshTokenMs.robots) + tokenMs,
      );
    },
  );
});
