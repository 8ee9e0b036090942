import { describe, expect, it } from 'vitest';
import { connect } from '../../../functions/core/use-cases/connect.ts';
import type { PrincipalId } from '../../../protocol/ids.ts';
import {
  codeOf,
  connected,
  granted,
  hello,
  inSession,
  open,
  refresh,
  send,
  sent,
  signalOf,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { killedAtEachStep } from './support/interruption.ts';
import { operator1, rover1, type User } from './support/people.ts';
import type { SignedIn } from './support/token-office.ts';
import { newWorld, t0, type World } from './support/world.ts';

const socket = socketNamed('A');
const kinds = [{ who: rover1 }, { who: operator1 }];
const goAway = { type: 'goAway', code: 'revoked', reconnect: false };
const keepUntil = Number.MAX_SAFE_INTEGER;

/** Records as the operation writes them, before it has looked at any connection. */
const records = [
  {
    what: 'every sign-in until now',
    write: (world: World, principalId: PrincipalId) =>
      world.deps.revocations.revokeSignInsUntil(principalId, { at: world.clock.at, keepUntil }),
  },
  {
    what: 'every token until now',
    write: (world: World, principalId: PrincipalId) =>
      world.deps.revocations.revokeTokensUntil(principalId, { at: world.clock.at, keepUntil }),
  },
  {
    what: 'this very sign-in',
    write: (world: World, principalId: PrincipalId) =>
      world.deps.revocations.revokeSignIn({ principalId, originJti: 'sign-in-1' }, { keepUntil }),
  },
] as const;

function enter(world: World, who: User, signedIn?: SignedIn) {
  const token = world.tokens.issue(who, signedIn === undefined ? {} : { signedIn });
  return connect(world.deps, { socket, credentials: { found: true, token, carrier: 'header' } });
}

describe.each(records)('F13: once $what is on record', ({ write }) => {
  it.each(kinds)('$who.userName is refused with 401 at connect, and told what to do', async ({ who }) => {
    const world = newWorld();
    const signedIn = world.tokens.signIn();
    const token = world.tokens.issue(who, { signedIn });
    await write(world, who.principalId);
    const credentials = { found: true, token, carrier: 'header' } as const;
    expect(await connect(world.deps, { socket, credentials })).toEqual({
      admitted: false,
      status: 401,
      message: expect.stringContaining('revoked'),
    });
    expect(world.state.connections.size).toBe(0);
    expect(world.events).toEqual([{ type: 'connect_refused', status: 401, reason: 'revoked' }]);
  });

  it.each(kinds)(
    '$who.userName is refused at hello, told to go and closed, never welcomed',
    async ({ who }) => {
      const world = newWorld();
      await connected(world, who, { name: 'A' });
      await write(world, who.principalId);
      expect(codeOf(await hello(world, socket))).toBe('unauthenticated');
      expect(world.gateway.to(socket)).toEqual([goAway]);
      expect(world.gateway.closed).toEqual(['A']);
      expect(world.state.connections.size).toBe(0);
      expect(world.state.clients.size).toBe(0);
      expect(world.noted('welcomed')).toEqual([]);
      expect(world.noted('disconnected')).toMatchObject([{ how: 'revoked' }]);
      expect(world.robot()).toBeUndefined();
    },
  );

  it.each(kinds)(
    'a refresh of $who.userName is refused before anything is written, and the life kept',
    async ({ who }) => {
      const world = newWorld();
      await welcomed(world, who, { name: 'A' });
      world.pass(5_000);
      const token = world.tokens.issue(who);
      await write(world, who.principalId);
      const before = structuredClone(world.state);
      world.tap.forget();
      expect(codeOf(await refresh(world, socket, token))).toBe('token_invalid');
      expect(world.state).toEqual(before);
      expect(world.tap.calls).toEqual(['verifier.verify', 'connections.get', 'revocations.of']);
      expect(world.gateway.closed).toEqual([]);
      expect(world.noted('refreshed')).toEqual([]);
    },
  );

  it.each(kinds)(
    'a refresh of $who.userName that is written at that very moment is closed',
    async ({ who }) => {
      const world = newWorld();
      await welcomed(world, who, { name: 'A' });
      world.pass(5_000);
      const held = world.tap.hold('connections.refresh');
      const refreshing = refresh(world, socket, world.tokens.issue(who));
      await held.reachedBy(refreshing);
      await write(world, who.principalId);
      held.release();
      expect(codeOf(await refreshing)).toBe('unauthenticated');
      expect(world.gateway.to(socket).at(-1)).toEqual(goAway);
      expect(world.gateway.closed).toEqual(['A']);
      expect(world.connection(socket)).toBeUndefined();
      expect(world.noted('refreshed')).toEqual([]);
      expect(world.noted('disconnected')).toMatchObject([{ how: 'revoked' }]);
    },
  );
});

it('F13: the hello of a robot claims nothing: the old connection stays the robot and hears nothing', async () => {
  const world = newWorld();
  const signedIn = world.tokens.signIn();
  world.pass(5_000);
  const session = await inSession(world, rover1, operator1);
  world.pass(1);
  await connected(world, rover1, { name: 'A', signedIn });
  const before = world.robot();
  // The old connection was opened by a sign-in of its own, which is not concerned.
  await world.deps.revocations.revokeSignIn(
    { principalId: rover1.principalId, originJti: signedIn.originJti ?? '' },
    { keepUntil },
  );
  expect(codeOf(await hello(world, socket))).toBe('unauthenticated');
  expect(world.robot()).toEqual(before);
  expect(world.gateway.closed).toEqual(['A']);
  expect(sent(world, session.robotSocket, 'goAway')).toEqual([]);
  expect(world.noted('replaced')).toEqual([]);
  granted(await send(world, session.clientSocket, signalOf(session.sessionId)));
});

describe('F13: an honest later sign-in', () => {
  it.each(kinds)(
    'of $who.userName enters, says hello and refreshes from the next second on',
    async ({ who }) => {
      const world = newWorld();
      world.tokens.issue(who);
      await world.deps.revocations.revokeSignInsUntil(who.principalId, { at: t0, keepUntil });
      for (const [ms, admitted] of [
        [0, false],
        [999, false],
        [1_000, true],
      ] as const) {
        world.clock.at = t0 + ms;
        const signedIn = world.tokens.signIn();
        expect(await enter(world, who, signedIn)).toMatchObject({ admitted });
        if (!admitted) continue;
        granted(await hello(world, socket));
        granted(await refresh(world, socket, world.tokens.issue(who, { signedIn })));
      }
    },
  );

  it('revoked by an authority whose clock is behind or ahead is judged by that clock alone', async () => {
    const world = newWorld();
    // Cognito makes both times, that of the token and that of the revocation; ours is not asked.
    const signedIn = { originJti: 'later', signedInAt: t0 + 300_000 };
    await world.deps.revocations.revokeSignInsUntil(operator1.principalId, { at: t0 + 299_000, keepUntil });
    expect(await enter(world, operator1, signedIn)).toEqual({ admitted: true });
  });

  it('by a token that does not name its sign-in enters all the same', async () => {
    const world = newWorld();
    await world.deps.revocations.revokeSignIn(
      { principalId: operator1.principalId, originJti: 'sign-in-1' },
      { keepUntil },
    );
    expect(await enter(world, operator1, world.tokens.signIn({ named: false }))).toEqual({ admitted: true });
  });

  it('a record of one user says nothing of another, nor a sign-in id of another', async () => {
    const world = newWorld();
    const signedIn = world.tokens.signIn();
    const { revocations } = world.deps;
    await revocations.revokeSignInsUntil(rover1.principalId, { at: t0, keepUntil });
    await revocations.revokeSignIn(
      { principalId: rover1.principalId, originJti: signedIn.originJti ?? '' },
      { keepUntil },
    );
    expect(await enter(world, operator1, signedIn)).toEqual({ admitted: true });
  });
});

describe('I10: when the record cannot be read', () => {
  it.each(kinds)('connect of $who.userName throws, and records nothing', async ({ who }) => {
    const world = newWorld();
    world.tap.fail('revocations.of');
    await expect(enter(world, who)).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(world.state.connections.size).toBe(0);
    expect(world.events).toEqual([]);
  });

  it.each(kinds)(
    'hello of $who.userName throws, welcomes nobody, and works when it is said again',
    async ({ who }) => {
      const world = newWorld();
      await connected(world, who, { name: 'A' });
      world.tap.fail('revocations.of');
      await expect(hello(world, socket)).rejects.toMatchObject({ name: 'DependencyUnavailable' });
      expect(world.gateway.posted).toEqual([]);
      expect(world.noted('welcomed')).toEqual([]);
      expect(world.robot()).toBeUndefined();
      granted(await hello(world, socket));
      expect(world.gateway.to(socket).map(({ type }) => type)).toEqual(['welcome']);
    },
  );

  it('hello of a robot leaves the old connection the robot', async () => {
    const world = newWorld();
    await inSession(world, rover1, operator1);
    const before = world.robot();
    world.pass(1);
    await connected(world, rover1, { name: 'A' });
    world.tap.fail('revocations.of');
    await expect(hello(world, socket)).rejects.toThrow('unavailable');
    expect(world.robot()).toEqual(before);
    expect(world.sessions()).toHaveLength(1);
    expect(world.gateway.closed).toEqual([]);
  });

  it('F13: hello of a client gives it no rights: it may open nothing until a hello has succeeded', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    await connected(world, operator1, { name: 'A' });
    await world.deps.revocations.revokeSignInsUntil(operator1.principalId, { at: t0, keepUntil });
    world.tap.fail('revocations.of');
    await expect(hello(world, socket)).rejects.toThrow('unavailable');
    expect(codeOf(await open(world, socket))).toBe('hello_required');
    expect(world.sessions()).toEqual([]);
  });

  it.each(kinds)('refresh of $who.userName throws before it writes, and keeps the life', async ({ who }) => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    world.pass(5_000);
    const before = structuredClone(world.state);
    world.tap.fail('revocations.of');
    await expect(refresh(world, socket, world.tokens.issue(who))).rejects.toMatchObject({
      name: 'DependencyUnavailable',
    });
    expect(world.state).toEqual(before);
    expect(world.noted('refreshed')).toEqual([]);
  });

  it.each(kinds)(
    'after the write of a refresh of $who.userName throws too: it is repeated, not granted',
    async ({ who }) => {
      const world = newWorld();
      await welcomed(world, who, { name: 'A' });
      world.pass(5_000);
      const held = world.tap.hold('connections.refresh');
      const token = world.tokens.issue(who);
      const refreshing = refresh(world, socket, token);
      await held.reachedBy(refreshing);
      world.tap.fail('revocations.of');
      held.release();
      await expect(refreshing).rejects.toThrow('unavailable');
      expect(world.noted('refreshed')).toEqual([]);
      expect(world.gateway.closed).toEqual([]);
      granted(await refresh(world, socket, token));
    },
  );
});

describe('F13: a hello of a revoked sign-in that was killed anywhere and is said again', () => {
  it.each(kinds)('is never welcomed: $who.userName', async ({ who }) => {
    const wrong = await killedAtEachStep({
      scene: async () => {
        const world = newWorld();
        await connected(world, who, { name: 'A' });
        await world.deps.revocations.revokeSignInsUntil(who.principalId, { at: t0, keepUntil });
        return { world };
      },
      action: ({ world }) => hello(world, socket),
      judge: async ({ world }) => {
        await hello(world, socket);
        expect(sent(world, socket, 'welcome')).toEqual([]);
        expect(world.connection(socket)?.state).not.toBe('ready');
      },
    });
    expect(wrong).toEqual([]);
  });
});
