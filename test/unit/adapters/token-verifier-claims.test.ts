import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessClaims, clientId, idClaims, sign, sub, userPoolId } from './support/token-issuer.ts';
import {
  access,
  current,
  expired,
  invalid,
  leewayMs,
  start,
  stranger,
  times,
  type VerifierWorld,
  verifierWorld,
} from './support/verifier-world.ts';

let world: VerifierWorld;
beforeEach(async () => {
  world = await verifierWorld();
});
afterEach(() => world.jwks.close());

describe('a good token', () => {
  it('of the access kind is read', async () => {
    await expect(world.verifyClaims(access())).resolves.toEqual({
      ok: true,
      token: {
        principalId: sub,
        userName: 'operator-1',
        groups: ['operators', 'fleet:demo'],
        life: {
          issuedAt: start * 1000,
          expiresAt: (start + 3600) * 1000,
          signedInAt: start * 1000,
          originJti: 'origin-1',
        },
      },
    });
  });

  it('of the ID kind is read', async () => {
    const verifier = world.verifierWith({ tokenUse: 'id' });
    const verification = await verifier.verify(await sign(idClaims(times), current));
    expect(verification).toMatchObject({ ok: true, token: { userName: 'operator-1', principalId: sub } });
  });

  it('needs neither groups nor origin_jti', async () => {
    const { 'cognito:groups': _groups, origin_jti: _jti, ...claims } = access();
    const verification = await world.verifyClaims(claims);
    expect(verification).toMatchObject({ ok: true, token: { groups: [] } });
    expect(verification.ok && 'originJti' in verification.token.life).toBe(false);
  });

  it.each(['access', 'id'] as const)(
    'F13: of the %s kind says when its user signed in, which was before it was issued when it was refreshed',
    async (tokenUse) => {
      const claims = { ...(tokenUse === 'access' ? access() : idClaims(times)), auth_time: start - 86_400 };
      const verification = await world.verifierWith({ tokenUse }).verify(await sign(claims, current));
      expect(verification).toMatchObject({
        ok: true,
        token: { life: { issuedAt: start * 1000, signedInAt: (start - 86_400) * 1000 } },
      });
    },
  );

  it('F13: that does not say so counts as of the moment at which it was issued', async () => {
    const { auth_time: _signedIn, ...claims } = access({ iat: start + 7 });
    await expect(world.verifyClaims(claims)).resolves.toMatchObject({
      ok: true,
      token: { life: { signedInAt: (start + 7) * 1000 } },
    });
  });

  it('may come from the issuer in its newer form', async () => {
    const newer = `https://issuer-cognito-idp.eu-central-1.amazonaws.com/${userPoolId}`;
    await expect(world.verifyClaims(access({ iss: newer }))).resolves.toMatchObject({ ok: true });
  });

  it('has its keys fetched once', async () => {
    const verifier = world.verifierWith();
    for (let i = 0; i < 5; i++) await verifier.verify(await sign(access(), current));
    expect(world.jwks.seen).toHaveLength(1);
  });
});

describe('which use is accepted', () => {
  it.each([
    ['access', 'id', false],
    ['id', 'access', false],
    ['either', 'access', true],
    ['either', 'id', true],
  ] as const)('configured %s, given %s: %s', async (tokenUse, use, ok) => {
    const claims = use === 'access' ? access() : idClaims(times);
    const verification = await world.verifierWith({ tokenUse }).verify(await sign(claims, current));
    expect(verification).toMatchObject(ok ? { ok: true } : { ok: false, reason: 'other_use' });
  });

  it.each(['access', 'id', 'either'] as const)(
    'configured %s: an unknown use is invalid',
    async (tokenUse) => {
      const token = await sign(access({ token_use: 'refresh', aud: clientId }), current);
      await expect(world.verifierWith({ tokenUse }).verify(token)).resolves.toEqual(invalid);
    },
  );
});

describe('who it is for', () => {
  const otherClient = { ok: false, reason: 'other_client' };

  it('another app client: said so, once the signature is good', async () => {
    await expect(world.verifyClaims(access({ client_id: 'somebody-else' }))).resolves.toEqual(otherClient);
    const forged = await sign(access({ client_id: 'somebody-else' }), stranger);
    await expect(world.verify(forged)).resolves.toEqual(invalid);
  });

  it('no app client: invalid', async () => {
    const { client_id: _client, ...claims } = access();
    await expect(world.verifyClaims(claims)).resolves.toEqual(invalid);
  });

  it('an ID token for another audience: the same, also when it names our client otherwise', async () => {
    const claims = { ...idClaims(times), aud: 'somebody-else', client_id: clientId };
    const token = await sign(claims, current);
    await expect(world.verifierWith({ tokenUse: 'either' }).verify(token)).resolves.toEqual(otherClient);
  });

  it('no configured client accepts nothing', async () => {
    const verifier = world.verifierWith({ clientIds: [] });
    await expect(verifier.verify(await sign(access(), current))).resolves.toEqual(otherClient);
  });

  it('another pool: invalid, without asking for keys', async () => {
    const other = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Another';
    await expect(world.verifyClaims(access({ iss: other }))).resolves.toEqual(invalid);
    expect(world.jwks.seen).toHaveLength(0);
  });
});

describe('F7: expiry is exact, by the given clock', () => {
  it('good in the last millisecond, expired at exp, leeway or not', async () => {
    const token = await sign(access(), current);
    const verifier = world.verifierWith();
    world.time.now = times.expires * 1000 - 1;
    await expect(verifier.verify(token)).resolves.toMatchObject({ ok: true });
    world.time.now = times.expires * 1000;
    await expect(verifier.verify(token)).resolves.toEqual(expired);
    world.time.now = times.expires * 1000 + 1;
    await expect(verifier.verify(token)).resolves.toEqual(expired);
    world.time.now += 10 * 365 * 86_400_000;
    await expect(verifier.verify(token)).resolves.toEqual(expired);
  });

  it('expired by the given clock, though not by the machine', async () => {
    world.time.now = Date.UTC(2090, 0, 1);
    const issued = Math.floor(Date.now() / 1000);
    const claims = accessClaims({ issued, expires: issued + 3600 });
    await expect(world.verifyClaims(claims)).resolves.toEqual(expired);
  });

  it('with the machine as the clock too', async () => {
    const verifier = world.verifierWith({ clock: { now: Date.now } });
    const issued = Math.floor(Date.now() / 1000) - 100;
    const ended = await sign(accessClaims({ issued, expires: issued + 99 }), current);
    const running = await sign(accessClaims({ issued, expires: issued + 300 }), current);
    await expect(verifier.verify(ended)).resolves.toEqual(expired);
    await expect(verifier.verify(running)).resolves.toMatchObject({ ok: true });
  });

  it('a stranger with an expired token is told invalid, not expired', async () => {
    world.time.now = times.expires * 1000 + 1;
    const forged = await sign(access(), { ...stranger, keyId: current.keyId });
    await expect(world.verify(forged)).resolves.toEqual(invalid);
  });
});

describe('times that cannot be', () => {
  it.each([
    ['no exp', { exp: undefined }],
    ['no iat', { iat: undefined }],
    ['exp is text', { exp: '4102444800' }],
    ['exp is null', { exp: null }],
    ['iat is text', { iat: '1577836800' }],
    ['nbf is text', { nbf: 'now' }],
    ['exp is negative', { exp: -1 }],
    ['auth_time is text', { auth_time: '1577836800' }],
    ['auth_time is null', { auth_time: null }],
    ['auth_time is negative', { auth_time: -1 }],
    ['exp has no exact milliseconds', { exp: 1e300 }],
  ])('%s: invalid', async (_what, change) => {
    const token = await sign(JSON.parse(JSON.stringify({ ...access(), ...change })), current);
    await expect(world.verify(token)).resolves.toEqual(invalid);
  });

  it.each(['iat', 'nbf'])('%s in the future: good within the leeway, invalid beyond', async (claim) => {
    const atLeeway = world.time.now / 1000 + leewayMs / 1000;
    await expect(world.verifyClaims(access({ [claim]: atLeeway }))).resolves.toMatchObject({ ok: true });
    await expect(world.verifyClaims(access({ [claim]: atLeeway + 1 }))).resolves.toEqual(invalid);
  });

  it('without leeway the future begins at once', async () => {
    const token = await sign(access({ iat: world.time.now / 1000 + 1 }), current);
    await expect(world.verifierWith({ leewayMs: 0 }).verify(token)).resolves.toEqual(invalid);
  });
});

describe('claims that cannot be', () => {
  it.each([
    ['no sub', { sub: undefined }],
    ['an empty sub', { sub: '' }],
    ['no user name', { username: undefined }],
    ['an empty user name', { username: '' }],
    ['a user name that is too long', { username: 'x'.repeat(129) }],
    ['a user name that is none', { username: { name: 'operator-1' } }],
    ['groups as text', { 'cognito:groups': 'admins' }],
    ['groups that are no texts', { 'cognito:groups': ['operators', 1] }],
    ['groups as object', { 'cognito:groups': { 0: 'admins' } }],
    ['origin_jti as number', { origin_jti: 7 }],
  ])('%s: invalid', async (_what, change) => {
    const token = await sign(JSON.parse(JSON.stringify({ ...access(), ...change })), current);
    await expect(world.verify(token)).resolves.toEqual(invalid);
  });

  it('the user name of the other kind is not taken', async () => {
    const { username: _name, ...claims } = access();
    await expect(world.verifyClaims({ ...claims, 'cognito:username': 'admin-1' })).resolves.toEqual(invalid);
  });
});
