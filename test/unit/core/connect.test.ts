import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../functions/core/credentials.ts';
import { connect } from '../../../functions/core/use-cases/connect.ts';
import { connected, endpoint, hello, socketNamed } from './support/cast.ts';
import { operator1, rover1, type User, user, viewer1 } from './support/people.ts';
import { newWorld, t0, type World } from './support/world.ts';

const socket = socketNamed('A');

function enter(world: World, credentials: Credentials) {
  return connect(world.deps, { socket, credentials });
}

function enterAs(world: World, user: User, lifeMs = world.policy.tokenMs) {
  const token = world.tokens.issue(user, { lifeMs });
  return enter(world, { found: true, token, carrier: 'header' });
}

function expectRefused(world: World, reason: string, status: number) {
  expect(world.state.connections.size).toBe(0);
  expect(world.events).toEqual([{ type: 'connect_refused', status, reason }]);
}

describe('connect', () => {
  it('records a robot, by the name of its user, and says when its token will expire', async () => {
    const world = newWorld();
    await connected(world, rover1, { name: 'A' });
    const expiresAt = t0 + world.policy.tokenMs;
    const life = { issuedAt: t0, expiresAt, signedInAt: t0, originJti: 'sign-in-1' };
    expect(world.connection(socket)).toEqual({
      connectionId: 'A',
      endpoint,
      identity: {
        kind: 'robot',
        robotId: 'rover-1',
        principalId: rover1.principalId,
        groups: rover1.groups,
      },
      token: life,
      connectedAt: t0,
      state: 'connected',
      watching: [],
      refreshes: 0,
      settledUntil: 0,
      nextDeadlineAt: t0 + world.policy.helloWithinMs,
    });
    expect(world.events).toEqual([
      {
        type: 'connected',
        connectionId: 'A',
        kind: 'robot',
        carrier: 'header',
        tokenExpiresAt: life.expiresAt,
        tokenRemainingMs: world.policy.tokenMs,
        tokenLifetimeMs: world.policy.tokenMs,
      },
    ]);
  });

  it('records a client', async () => {
    const world = newWorld();
    await connected(world, viewer1, { name: 'A' });
    const { principalId, groups, userName } = viewer1;
    expect(world.connection(socket)?.identity).toEqual({ kind: 'client', principalId, groups, userName });
  });

  it('takes nothing over and posts nothing: until it has returned, nobody can be reached', async () => {
    const world = newWorld();
    await connected(world, rover1, { name: 'A' });
    expect(world.robot()).toBeUndefined();
    expect(world.tap.calls).toEqual(['verifier.verify', 'revocations.of', 'connections.create']);
  });

  it('is due when the grace ends where that comes before the time for hello', async () => {
    const world = newWorld({ policy: { tokenMs: 10_000, graceMs: 5_000 } });
    await connected(world, rover1, { name: 'A' });
    expect(world.connection(socket)?.nextDeadlineAt).toBe(t0 + 15_000);
  });

  it.each([
    ['absent', 401],
    ['malformed', 400],
    ['query_token_off', 401],
  ] as const)('refuses a token that is %s with %i and asks nobody', async (reason, status) => {
    const world = newWorld();
    expect(await enter(world, { found: false, reason })).toMatchObject({ admitted: false, status });
    expectRefused(world, reason, status);
    expect(world.tap.calls).toEqual([]);
  });

  it.each([
    { what: 'an hour instead of four', differMs: -10_800_000 },
    { what: 'a minute and a second less', differMs: -61_000 },
    { what: 'a minute and a second more', differMs: 61_000 },
  ])(
    "F1: a token that lives $what than the policy's is said so, with both numbers, and let in",
    async ({ differMs }) => {
      const world = newWorld();
      const policyMs = world.policy.tokenMs;
      expect(await enterAs(world, rover1, policyMs + differMs)).toEqual({ admitted: true });
      expect(world.noted('token_lifetime_mismatch')).toEqual([
        { type: 'token_lifetime_mismatch', connectionId: 'A', lifetimeMs: policyMs + differMs, policyMs },
      ]);
    },
  );

  it('F1: one that lives as the policy has it, to the minute, is not', async () => {
    for (const differMs of [0, -60_000, 60_000]) {
      const world = newWorld();
      await enterAs(world, rover1, world.policy.tokenMs + differMs);
      expect(world.noted('token_lifetime_mismatch')).toEqual([]);
    }
  });

  it('refuses a token that is not valid with 401', async () => {
    const world = newWorld();
    const admission = await enter(world, { found: true, token: 'forged', carrier: 'query' });
    expect(admission).toMatchObject({ admitted: false, status: 401 });
    expectRefused(world, 'token_invalid', 401);
    expect(JSON.stringify(admission)).not.toContain('forged');
  });

  it('F7: refuses a token at the very moment of its end with 401, and not a millisecond before', async () => {
    const world = newWorld();
    const token = world.tokens.issue(rover1, { lifeMs: 10_000 });
    world.pass(10_000);
    expect(await enter(world, { found: true, token, carrier: 'header' })).toMatchObject({ status: 401 });
    expectRefused(world, 'token_expired', 401);
    world.clock.at -= 1;
    expect(await enter(world, { found: true, token, carrier: 'header' })).toEqual({ admitted: true });
  });

  it('I10: answers 503 when the token cannot be checked', async () => {
    const world = newWorld();
    world.tokens.loseKeys();
    expect(await enterAs(world, rover1)).toMatchObject({ admitted: false, status: 503 });
    expectRefused(world, 'token_unavailable', 503);
  });

  it('I10: throws when the socket cannot be recorded, and is not counted as connected', async () => {
    const world = newWorld();
    world.tap.fail('connections.create');
    await expect(enterAs(world, rover1)).rejects.toThrow('connections.create is unavailable');
    expect(world.events).toEqual([]);
  });

  it.each([
    ['no_group', user('nobody')],
    ['no_group', user('stray', 'fleet:demo', 'Robots', 'operator')],
    ['ambiguous_groups', user('both', 'robots', 'operators')],
    ['ambiguous_groups', user('both', 'viewers', 'fleet:demo', 'robots')],
    ['ambiguous_groups', user('both', 'admins', 'robots')],
  ])('refuses %s with 403: %o', async (reason, who) => {
    const world = newWorld();
    expect(await enterAs(world, who)).toMatchObject({ admitted: false, status: 403 });
    expectRefused(world, reason, 403);
  });

  it('does not undo what came after the first when it is repeated', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    await hello(world, socket);
    const before = world.connection(socket);
    await connected(world, operator1, { name: 'A' });
    expect(world.connection(socket)).toEqual(before);
  });
});
