import { describe, expect, it } from 'vitest';
import {
  type RevokeDeps,
  revokeSignIn,
  revokeSignIns,
  revokeTokens,
  signOutEverywhere,
} from '../../../functions/core/use-cases/revoke.ts';
import {
  codeOf,
  connected,
  granted,
  hello,
  inSession,
  refresh,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1, rover1, roverId } from './support/people.ts';
import { a, b, goAwayRevoked, principalId } from './support/revoking.ts';
import { newWorld, t0 } from './support/world.ts';

describe('F13: of a robot', () => {
  it('makes it away, and its sessions wait for one who signs in again', async () => {
    const world = newWorld();
    const { robotSocket, sessionId } = await inSession(world, rover1, operator1);
    world.pass(5_000);
    await revokeSignIns(world.deps, { principalId: rover1.principalId, at: world.clock.at - 1_000 });
    expect(world.gateway.to(robotSocket).at(-1)).toEqual(goAwayRevoked);
    expect(world.robot()).toMatchObject({ state: 'away' });
    expect(world.session(sessionId)).toBeDefined();
    await welcomed(world, rover1, { name: 'B', signedIn: world.tokens.signIn() });
    expect(world.robot(roverId)).toMatchObject({ state: 'online', socket: b });
  });
});

describe('F13: one sign-in revoked', () => {
  it('leaves the other sign-ins of the user alone: what they have open, and what they bring', async () => {
    const world = newWorld();
    const [lost, kept] = [world.tokens.signIn(), world.tokens.signIn()];
    await welcomed(world, operator1, { name: 'A', signedIn: lost });
    await welcomed(world, operator1, { name: 'B', signedIn: kept });
    const before = world.connection(b);
    expect(await revokeSignIn(world.deps, { principalId, originJti: lost.originJti ?? '' })).toBe(1);
    expect(world.gateway.closed).toEqual(['A']);
    expect(world.connection(b)).toEqual(before);
    await welcomed(world, operator1, { name: 'C', signedIn: kept });
    granted(await refresh(world, b, world.tokens.issue(operator1, { signedIn: kept })));
    expect(codeOf(await refresh(world, b, world.tokens.issue(operator1, { signedIn: lost })))).toBe(
      'token_invalid',
    );
  });

  it('follows a connection that was refreshed from another: what counts is the token in use', async () => {
    const world = newWorld();
    const [lost, kept] = [world.tokens.signIn(), world.tokens.signIn()];
    await welcomed(world, operator1, { name: 'A', signedIn: lost });
    granted(await refresh(world, a, world.tokens.issue(operator1, { signedIn: kept })));
    expect(await revokeSignIn(world.deps, { principalId, originJti: lost.originJti ?? '' })).toBe(0);
    expect(world.gateway.closed).toEqual([]);
  });
});

describe('F13: a honest sign-in after the revocation', () => {
  it('is not closed by the operation that is still under way', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    const deps: RevokeDeps = {
      ...world.deps,
      pause: async (ms) => {
        world.pass(ms);
        await welcomed(world, operator1, { name: 'B', signedIn: world.tokens.signIn() });
      },
    };
    expect(await revokeSignIns(deps, { principalId, at: t0 })).toBe(1);
    expect(world.gateway.closed).toEqual(['A']);
    expect(world.connection(b)).toMatchObject({ state: 'ready' });
  });

  it('in the same second counts as before it', async () => {
    const world = newWorld();
    world.pass(999);
    await welcomed(world, operator1, { name: 'A', signedIn: world.tokens.signIn() });
    expect(await revokeSignIns(world.deps, { principalId, at: t0 })).toBe(1);
    expect(world.gateway.closed).toEqual(['A']);
  });
});

describe('F13: a user who was taken out of a group', () => {
  it('may come back with a token that was issued later from the same sign-in, and not with an older one', async () => {
    const world = newWorld();
    const old = world.tokens.issue(operator1);
    await welcomed(world, operator1, { name: 'A' });
    world.pass(5_000);
    await revokeTokens(world.deps, { principalId, at: t0 + 3_000 });
    const renewed = { ...operator1, groups: ['viewers', 'fleet:demo'] };
    await welcomed(world, renewed, { name: 'B' });
    expect(codeOf(await refresh(world, b, old))).toBe('token_not_newer');
    await connected(world, renewed, { name: 'C' });
    granted(await hello(world, socketNamed('C')));
  });

  it('keeps a connection that has a renewed token already', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    world.pass(5_000);
    granted(await refresh(world, a, world.tokens.issue(operator1)));
    expect(await revokeTokens(world.deps, { principalId, at: t0 + 3_000 })).toBe(0);
    expect(world.gateway.closed).toEqual([]);
  });
});

describe('signOutEverywhere', () => {
  it('asks the authority first, and records the moment of its clock', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    world.pass(1_500);
    world.tap.forget();
    expect(await signOutEverywhere(world.deps, operator1.userName)).toBe(1);
    expect(world.tap.calls.slice(0, 3)).toEqual([
      'authority.signOutEverywhere',
      'revocations.revokeSignInsUntil',
      'connections.listByPrincipal',
    ]);
    expect(world.state.revoked.get(principalId)).toEqual({ signInsUntil: t0 + 1_000 });
    expect(world.gateway.to(a).at(-1)).toEqual(goAwayRevoked);
  });

  it('of a user who is not known is undefined, and nothing is written or closed', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    const before = structuredClone(world.state);
    expect(await signOutEverywhere(world.deps, 'nobody')).toBeUndefined();
    expect(world.state).toEqual(before);
    expect(world.noted('revoked')).toEqual([]);
  });

  it('that the authority cannot do now records nothing: the refresh token would go on bringing tokens', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    world.tap.fail('authority.signOutEverywhere');
    await expect(signOutEverywhere(world.deps, operator1.userName)).rejects.toThrow('unavailable');
    expect(world.state.revoked.size).toBe(0);
    expect(world.gateway.closed).toEqual([]);
  });
});
