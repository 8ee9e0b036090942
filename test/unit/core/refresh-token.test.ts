import { describe, expect, it } from 'vitest';
import type { TokenVerifier } from '../../../functions/core/ports/token-verifier.ts';
import { refreshToken } from '../../../functions/core/use-cases/refresh-token.ts';
import {
  cleanUp,
  codeOf,
  connected,
  inSession,
  opened,
  refresh,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1, operator2, rover1, rover2, roverId, user, viewer1 } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const lifeMs = 600_000;
const socket = socketNamed('A');
const kinds = [{ who: operator1 }, { who: rover1 }];

describe.each(kinds)('refreshToken of $who.userName', ({ who }) => {
  it('F2: lengthens the life of the same connection and says when to refresh next', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A', lifeMs });
    const before = world.connection(socket);
    world.pass(500_000);
    const token = world.tokens.issue(who, { lifeMs });
    const expiresAt = t0 + 500_000 + lifeMs;
    expect(await refresh(world, socket, token)).toEqual({
      ok: true,
      value: {
        sentAt: t0 + 500_000,
        tokenExpiresAt: expiresAt,
        refreshAt: t0 + 500_000 + lifeMs * 0.8,
      },
    });
    expect(world.connection(socket)).toEqual({
      ...before,
      token: { issuedAt: t0 + 500_000, expiresAt, signedInAt: t0, originJti: 'sign-in-1' },
      refreshes: 1,
      nextDeadlineAt: expiresAt - 600_000,
    });
    expect(world.noted('refreshed')).toEqual([
      { type: 'refreshed', connectionId: 'A', tokenExpiresAt: expiresAt },
    ]);
  });

  it('F14, I5: never shortens, and writes nothing', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A', lifeMs });
    const token = world.tokens.issue(who, { expiresAt: t0 + lifeMs - 1 });
    await expectNoWrite(world, token, 'token_not_newer');
  });

  it('takes a token that ends at the same moment: a repeat is a success', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A', lifeMs });
    const token = world.tokens.issue(who, { expiresAt: t0 + lifeMs });
    for (let i = 0; i < 2; i++) {
      expect(await refresh(world, socket, token)).toMatchObject({
        ok: true,
        value: { tokenExpiresAt: t0 + lifeMs },
      });
    }
  });

  it('I2: works after the end of the token to the last millisecond of the grace', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A', lifeMs });
    world.pass(lifeMs + world.policy.graceMs - 1);
    expect(await refresh(world, socket, world.tokens.issue(who))).toMatchObject({ ok: true });
    await cleanUp(world);
    expect(world.gateway.closed).toEqual([]);
  });

  it('I1: does not work once the grace has ended, though no cleanup has run yet', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A', lifeMs });
    world.pass(lifeMs + world.policy.graceMs);
    await expectNoWrite(world, world.tokens.issue(who), 'token_expired');
  });

  it('is refused when the connection is being closed', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    await world.deps.connections.markClosing(socket.connectionId, { retryAt: t0, how: 'disconnect' });
    await expectNoWrite(world, world.tokens.issue(who), 'unauthenticated');
  });

  it('is refused on a connection that is not known', async () => {
    const world = newWorld();
    await expectNoWrite(world, world.tokens.issue(who), 'unauthenticated');
  });

  it('works before hello, and does not lengthen the time for it', async () => {
    const world = newWorld();
    await connected(world, who, { name: 'A', lifeMs });
    world.pass(10);
    expect(await refresh(world, socket, world.tokens.issue(who))).toMatchObject({ ok: true });
    expect(world.connection(socket)).toMatchObject({
      state: 'connected',
      nextDeadlineAt: t0 + world.policy.helloWithinMs,
    });
  });

  it('refuses a token that is not valid, and one that has run out, and keeps the one in use', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    await expectNoWrite(world, 'forged', 'token_invalid');
    const old = world.tokens.issue(who, { lifeMs: 1 });
    world.pass(1);
    await expectNoWrite(world, old, 'token_expired');
  });

  it('I10: is unavailable when the token cannot be checked, and writes nothing', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    const token = world.tokens.issue(who);
    world.tokens.loseKeys();
    await expectNoWrite(world, token, 'unavailable');
  });

  it.each([
    ['another user of the same kind', who === rover1 ? rover2 : operator2],
    ['the same user in the other kind', { ...who, groups: who === rover1 ? ['operators'] : ['robots'] }],
  ])('I5: refuses a token of %s, and writes nothing', async (_what, other) => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    await expectNoWrite(world, world.tokens.issue(other), 'identity_mismatch');
  });

  it.each([
    ['no group', []],
    ['both kinds', ['robots', 'operators']],
  ])('refuses a user who is now in %s, and keeps the token in use', async (_what, groups) => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    await expectNoWrite(world, world.tokens.issue({ ...who, groups }), 'forbidden');
  });

  it('I5: re-reads the groups', async () => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    const groups = [...who.groups, 'fleet:new'];
    await refresh(world, socket, world.tokens.issue({ ...who, groups }));
    expect(world.connection(socket)?.identity).toMatchObject({ principalId: who.principalId, groups });
  });
});

describe('a token that is sent to a connection', () => {
  it.each([
    { reason: 'other_use', code: 'token_invalid', says: /access or ID/ },
    { reason: 'other_client', code: 'token_invalid', says: /another app client/ },
    { reason: 'invalid', code: 'token_invalid', says: /not valid here/ },
    { reason: 'expired', code: 'token_expired', says: /itself run out/ },
    { reason: 'unavailable', code: 'unavailable', says: /cannot be checked now/ },
  ] as const)('and is $reason: $code, in words that say what to do', async ({ reason, code, says }) => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    const verifier = { verify: async () => ({ ok: false, reason }) as const };
    const outcome = await refreshToken({ ...world.deps, verifier }, { caller: socket, token: 'a token' });
    expect(outcome).toMatchObject({ ok: false, refusal: { code, message: expect.stringMatching(says) } });
  });

  it.each([
    { what: 'of a user in no group', of: { groups: [] }, says: /no longer in exactly one kind/ },
    {
      what: 'of a user in both kinds',
      of: { groups: ['robots', 'viewers'] },
      says: /no longer in exactly one kind/,
    },
    { what: 'that names no robot', of: { robot: { problem: 'no_robot_id' } }, says: /names no robot/ },
    {
      what: 'that names several',
      of: { robot: { problem: 'several_robot_ids' } },
      says: /names several robots/,
    },
  ] as const)('and is genuine, but $what: forbidden, in words that say what to do', async ({ of, says }) => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const verifier: TokenVerifier = {
      async verify(token) {
        const verification = await world.tokens.verifier.verify(token);
        return verification.ok ? { ...verification, token: { ...verification.token, ...of } } : verification;
      },
    };
    const outcome = await refreshToken(
      { ...world.deps, verifier },
      { caller: socket, token: world.tokens.issue(rover1) },
    );
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { code: 'forbidden', message: expect.stringMatching(says) },
    });
  });
});

async function expectNoWrite(world: ReturnType<typeof newWorld>, token: string, code: string) {
  const before = structuredClone(world.state);
  world.tap.forget();
  expect(codeOf(await refresh(world, socket, token))).toBe(code);
  expect(world.state).toEqual(before);
  const allowed = new Set(['verifier.verify', 'connections.get']);
  expect(world.tap.calls.filter((call) => !allowed.has(call))).toEqual([]);
  expect(world.noted('refreshed')).toEqual([]);
}

it('I5: refuses a token of the same sub with another robot id', async () => {
  const world = newWorld();
  await welcomed(world, rover1, { name: 'A' });
  await expectNoWrite(world, world.tokens.issue({ ...rover1, userName: 'rover-2' }), 'identity_mismatch');
});

it('I5: does not mind another user name of the same person', async () => {
  const world = newWorld();
  await welcomed(world, operator1, { name: 'A' });
  const renamed = { ...operator1, userName: 'renamed' };
  expect(await refresh(world, socket, world.tokens.issue(renamed))).toMatchObject({ ok: true });
});

it('a person who has become a viewer may no longer ask for control', async () => {
  const world = newWorld();
  await welcomed(world, rover1);
  const client = await welcomed(world, operator1);
  await refresh(world, client, world.tokens.issue({ ...operator1, groups: viewer1.groups }));
  await expect(opened(world, client)).rejects.toThrow('forbidden');
  expect(await opened(world, client, { mode: 'view' })).toMatchObject({ mode: 'view' });
});

describe('the copies', () => {
  it('of a client go into each of its sessions before the connection’s own row', async () => {
    const world = newWorld();
    const { clientSocket, sessionId } = await inSession(world, rover1, operator1);
    await welcomed(world, rover2);
    const second = await opened(world, clientSocket, { robotId: rover2Id(world) });
    world.tap.forget();
    world.pass(10);
    await refresh(world, clientSocket, world.tokens.issue(operator1));
    expect(world.tap.calls).toEqual([
      'verifier.verify',
      'connections.get',
      'revocations.of',
      'clients.sessionsOf',
      'sessions.copyToken',
      'sessions.copyToken',
      'connections.refresh',
      // Again: who revoked between the two looks may have listed the connections before this write.
      'revocations.of',
      // Only then are the permissions of each looked at, of which nothing is written.
      'clients.sessionsOf',
      'sessions.get',
      'robots.get',
      'sessions.get',
      'robots.get',
      // And what it watches, which may have changed since it was read.
      'connections.get',
    ]);
    const tokenExpiresAt = t0 + 10 + world.policy.tokenMs;
    for (const id of [sessionId, second.sessionId]) {
      expect(world.session(id)).toMatchObject({
        socket: { tokenExpiresAt },
        nextDeadlineAt: tokenExpiresAt + world.policy.graceMs + world.policy.resumeWindowMs,
      });
    }
  });

  it('of a robot goes into its row, with the fleets, before the connection’s own', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    world.tap.forget();
    world.pass(10);
    await refresh(world, a, world.tokens.issue({ ...rover1, groups: ['robots', 'fleet:new'] }));
    const order = ['robots.copyToken', 'connections.refresh'];
    expect(world.tap.calls.filter((call) => order.includes(call))).toEqual(order);
    expect(world.robot()).toMatchObject({
      fleets: ['new'],
      epoch: 1,
      socket: { tokenExpiresAt: t0 + 10 + world.policy.tokenMs },
    });
  });

  it('I3, I4: of a replaced robot connection touches nothing of the new one', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await welcomed(world, rover1, { name: 'B' });
    const before = world.robot();
    world.pass(10);
    await refresh(world, a, world.tokens.issue({ ...rover1, groups: ['robots', 'fleet:new'] }));
    expect(world.robot()).toEqual(before);
  });

  it('that cannot be written leave the connection as it was', async () => {
    const world = newWorld();
    const { clientSocket } = await inSession(world, rover1, operator1);
    const before = world.connection(clientSocket);
    world.tap.fail('sessions.copyToken');
    world.pass(10);
    await expect(refresh(world, clientSocket, world.tokens.issue(operator1))).rejects.toThrow('unavailable');
    expect(world.connection(clientSocket)).toEqual(before);
  });

  it('a robot that changed its fleet by a refresh can be listed there, and no longer in the old one', async () => {
    const world = newWorld();
    const moved = { ...rover1, groups: ['robots', 'fleet:new'] };
    const a = await welcomed(world, rover1, { name: 'A' });
    await refresh(world, a, world.tokens.issue(moved));
    expect(world.robot(roverId)?.fleets).toEqual(['new']);
  });
});

function rover2Id(world: ReturnType<typeof newWorld>) {
  const [, second] = [...world.state.robots.keys()];
  if (second === undefined) throw new Error('no second robot');
  return second;
}

describe('refresh and cleanup at the same moment', () => {
  it.each(kinds)('I2: a refresh that is written first wins: $who.userName stays', async ({ who }) => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A', lifeMs });
    world.pass(lifeMs + world.policy.graceMs - 1);
    const token = world.tokens.issue(who);
    const refreshing = world.tap.hold('connections.refresh');
    const refreshed = refresh(world, socket, token);
    await refreshing.reachedBy(refreshed);
    world.pass(1);
    const closing = world.tap.hold('connections.beginClosing');
    const cleaned = cleanUp(world);
    await closing.reachedBy(cleaned);
    refreshing.release();
    expect(await refreshed).toMatchObject({ ok: true });
    closing.release();
    expect(await cleaned).toMatchObject({ closed: 0, failed: 0 });
    expect(world.gateway.closed).toEqual([]);
    expect(world.connection(socket)).toMatchObject({ state: 'ready' });
  });

  it.each(kinds)(
    'a cleanup that is written first wins: $who.userName is told and closed',
    async ({ who }) => {
      const world = newWorld();
      await welcomed(world, who, { name: 'A', lifeMs });
      world.pass(lifeMs + world.policy.graceMs - 1);
      const token = world.tokens.issue(who);
      const refreshing = world.tap.hold('connections.refresh');
      const refreshed = refresh(world, socket, token);
      await refreshing.reachedBy(refreshed);
      world.pass(1);
      expect(await cleanUp(world)).toMatchObject({ closed: 1 });
      refreshing.release();
      expect(codeOf(await refreshed)).toBe('unauthenticated');
      expect(world.gateway.to(socket).at(-1)).toMatchObject({ type: 'goAway', code: 'token_expired' });
      expect(world.connection(socket)).toBeUndefined();
    },
  );

  it.each(kinds)(
    'a cleanup that has begun to close wins: there is no way back for $who.userName',
    async ({ who }) => {
      const world = newWorld();
      await welcomed(world, who, { name: 'A', lifeMs });
      world.pass(lifeMs + world.policy.graceMs - 1);
      const writing = world.tap.hold('connections.refresh');
      const refreshed = refresh(world, socket, world.tokens.issue(who));
      await writing.reachedBy(refreshed);
      world.pass(1);
      const closing = world.tap.hold('close A');
      const cleaned = cleanUp(world);
      await closing.reachedBy(cleaned);
      writing.release();
      expect(codeOf(await refreshed)).toBe('unauthenticated');
      expect(world.connection(socket)).toMatchObject({ state: 'closing' });
      closing.release();
      expect(await cleaned).toMatchObject({ closed: 1 });
      expect(world.connection(socket)).toBeUndefined();
    },
  );

  it('two refreshes at once end at the later of the two, whichever is written first', async () => {
    for (const heldCall of [0, 1]) {
      const world = newWorld();
      await welcomed(world, operator1, { name: 'A', lifeMs });
      const tokens = [700_000, 800_000].map((life) => world.tokens.issue(operator1, { lifeMs: life }));
      const held = world.tap.hold('connections.refresh');
      const first = refresh(world, socket, tokens[heldCall] ?? '');
      await held.reachedBy(first);
      const second = await refresh(world, socket, tokens[1 - heldCall] ?? '');
      held.release();
      expect(second).toMatchObject({ ok: true });
      expect(codeOf(await first)).toBe(heldCall === 0 ? 'token_not_newer' : undefined);
      expect(world.connection(socket)).toMatchObject({ token: { expiresAt: t0 + 800_000 } });
    }
  });
});

it('a user with every fleet of the pool is still one kind', async () => {
  const world = newWorld();
  const many = user('many', 'viewers', ...Array.from({ length: 90 }, (_, i) => `fleet:${i}`));
  await welcomed(world, many, { name: 'A' });
  expect(await refresh(world, socket, world.tokens.issue(many))).toMatchObject({ ok: true });
});
