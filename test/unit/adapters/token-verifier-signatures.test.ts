import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cognitoTokenVerifier } from '../../../functions/adapters/cognito/token-verifier.ts';
import { systemClock } from '../../../functions/adapters/runtime/system-clock.ts';
import { clientId, forge, sign, userPoolId } from './support/token-issuer.ts';
import {
  access,
  current,
  invalid,
  leewayMs,
  stranger,
  type VerifierWorld,
  verifierWorld,
} from './support/verifier-world.ts';

let world: VerifierWorld;
beforeEach(async () => {
  world = await verifierWorld();
});
afterEach(() => world.jwks.close());

describe('signatures', () => {
  it('of a stranger under our key id: invalid', async () => {
    await expect(world.verify(await sign(access(), { ...stranger, keyId: 'current' }))).resolves.toEqual(
      invalid,
    );
  });

  it('taken from another token: invalid', async () => {
    const [header, , signature] = (await sign(access(), current)).split('.');
    const claims = Buffer.from(JSON.stringify(access({ username: 'admin-1' }))).toString('base64url');
    await expect(world.verify(`${header}.${claims}.${signature}`)).resolves.toEqual(invalid);
  });

  it.each(['none', 'None', 'NONE'])('alg %s: invalid, without asking for keys', async (alg) => {
    for (const signature of ['', 'AA']) {
      await expect(world.verify(forge({ alg, kid: 'current' }, access(), signature))).resolves.toEqual(
        invalid,
      );
    }
    expect(world.jwks.seen).toHaveLength(0);
  });

  it.each(['spki', 'pkcs1'] as const)('alg HS256 keyed with the public key (%s): invalid', async (type) => {
    const pem = current.publicKey.export({ type, format: 'pem' });
    const unsigned = forge({ alg: 'HS256', kid: 'current' }, access(), '').slice(0, -1);
    const mac = createHmac('sha256', pem).update(unsigned).digest('base64url');
    await expect(world.verify(`${unsigned}.${mac}`)).resolves.toEqual(invalid);
    expect(world.jwks.seen).toHaveLength(0);
  });

  it.each(['RS384', 'RS512'])(
    'alg %s with our own key: invalid, for Cognito does not use it',
    async (alg) => {
      await expect(world.verify(await sign(access(), current, { alg }))).resolves.toEqual(invalid);
    },
  );

  it('no alg, no kid, a kid that is no text: invalid', async () => {
    const [, , signature = ''] = (await sign(access(), current)).split('.');
    for (const header of [
      { kid: 'current' },
      { alg: 'RS256' },
      { alg: 'RS256', kid: 7 },
      [],
      null,
      'RS256',
    ]) {
      await expect(world.verify(forge(header, access(), signature))).resolves.toEqual(invalid);
    }
  });

  it('keys that the token brings along are not looked at', async () => {
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    const token = await sign(access(), { ...stranger, keyId: 'current' }, { jwk, jku: world.jwks.jwksUri });
    await expect(world.verify(token)).resolves.toEqual(invalid);
  });
});

describe('what is no token', () => {
  it.each([
    ['nothing', ''],
    ['a word', 'token'],
    ['dots', '..'],
    ['two parts', 'eyJhbGciOiJSUzI1NiJ9.e30'],
    ['five parts', 'a.b.c.d.e'],
    ['no JSON', 'AAAA.BBBB.CCCC'],
    ['JSON, but no objects', `${btoa('[]')}.${btoa('7')}.AAAA`],
    ['white space around it', ' a.b.c '],
  ])('%s: invalid', async (_what, token) => {
    await expect(world.verify(token)).resolves.toEqual(invalid);
    expect(world.jwks.seen).toHaveLength(0);
  });

  it('JSON nested so deep that a parser gives up: invalid', async () => {
    const header = Buffer.from('{"alg":"RS256","kid":"current"}').toString('base64url');
    const nested = Buffer.from('['.repeat(11_000)).toString('base64url');
    await expect(world.verify(`${header}.${nested}.AAAA`)).resolves.toEqual(invalid);
  });

  it('more than 16 KB: invalid before it is parsed, though it is genuine', async () => {
    const fits = await sign(access({ note: 'x'.repeat(11_000) }), current);
    const tooLong = await sign(access({ note: 'x'.repeat(12_000) }), current);
    const of20Kb = await sign(access({ note: 'x'.repeat(14_900) }), current);
    expect(of20Kb.length).toBeGreaterThan(20_000);
    expect(fits.length).toBeLessThanOrEqual(16 * 1024);
    expect(tooLong.length).toBeGreaterThan(16 * 1024);
    const verifier = world.verifierWith();
    await expect(verifier.verify(tooLong)).resolves.toEqual(invalid);
    await expect(verifier.verify(of20Kb)).resolves.toEqual(invalid);
    expect(world.jwks.seen).toHaveLength(0);
    await expect(verifier.verify(fits)).resolves.toMatchObject({ ok: true });
  });
});

describe('configuration', () => {
  it.each([
    'http://example.com/world.jwks.json',
    'http://127.0.0.1.example.com/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'jwks',
  ])('refuses the JWKS URI %s', (jwksUri) => {
    expect(() => world.verifierWith({ jwksUri })).toThrow(RangeError);
  });

  it.each(['http://localhost:4511/jwks', 'http://[::1]:4511/jwks', 'https://example.com/jwks'])(
    'accepts the JWKS URI %s',
    (jwksUri) => {
      expect(() => world.verifierWith({ jwksUri })).not.toThrow();
    },
  );

  it('refuses what cannot be a pool id', () => {
    expect(() => world.verifierWith({ userPoolId: 'local_pool' })).toThrow();
  });

  it('needs no JWKS URI: Cognito has its own', () => {
    const options = {
      userPoolId,
      clientIds: [clientId],
      tokenUse: 'access',
      leewayMs,
      clock: systemClock,
    } as const;
    expect(() => cognitoTokenVerifier(options)).not.toThrow();
  });
});
