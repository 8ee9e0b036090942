import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answering } from './support/loopback-server.ts';
import { jwksServer, sign } from './support/token-issuer.ts';
import {
  access,
  current,
  invalid,
  rotated,
  stranger,
  unavailable,
  type VerifierWorld,
  verifierWorld,
} from './support/verifier-world.ts';

let world: VerifierWorld;
beforeEach(async () => {
  world = await verifierWorld();
});
afterEach(() => world.jwks.close());

describe('rotated and unknown keys', () => {
  it('a rotated key works without restart, and the old one still does', async () => {
    const verifier = world.verifierWith();
    await verifier.verify(await sign(access(), current));
    world.jwks.publish(current, rotated);
    await expect(verifier.verify(await sign(access(), rotated))).resolves.toMatchObject({ ok: true });
    await expect(verifier.verify(await sign(access(), current))).resolves.toMatchObject({ ok: true });
    expect(world.jwks.seen).toHaveLength(2);
  });

  it('an unknown key after a successful fetch is invalid', async () => {
    await expect(world.verify(await sign(access(), stranger))).resolves.toEqual(invalid);
    expect(world.jwks.seen).toHaveLength(1);
  });

  it('a burst of 20 tokens of one unknown key costs one fetch, at once or one by one', async () => {
    const verifier = world.verifierWith();
    await verifier.warm();
    const before = world.jwks.seen.length;
    const token = await sign(access(), stranger);
    const together = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    expect(together).toEqual(Array.from({ length: 20 }, () => invalid));
    for (let i = 0; i < 20; i++) await expect(verifier.verify(token)).resolves.toEqual(invalid);
    expect(world.jwks.seen).toHaveLength(before + 1);
  });

  it('a burst of 20 unknown keys costs one fetch; none is let in', async () => {
    const verifier = world.verifierWith();
    await verifier.verify(await sign(access(), current));
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, i) => sign(access(), { ...stranger, keyId: `stranger-${i}` })),
    );
    const together = await Promise.all(tokens.map((token) => verifier.verify(token)));
    expect(together).toEqual(tokens.map(() => invalid));
    expect(world.jwks.seen).toHaveLength(2);
  });

  it('a key that was not looked for during the wait is unavailable, and found after it', async () => {
    const verifier = world.verifierWith();
    await verifier.verify(await sign(access(), stranger));
    world.jwks.publish(current, rotated);
    const genuine = await sign(access(), rotated);
    await expect(verifier.verify(genuine)).resolves.toEqual(unavailable);
    await expect(verifier.verify(await sign(access(), current))).resolves.toMatchObject({ ok: true });
    expect(world.jwks.seen).toHaveLength(1);
    world.time.now += 10_000;
    await expect(verifier.verify(genuine)).resolves.toMatchObject({ ok: true });
  });

  it('a stranger who never stops cannot keep a rotated key out', async () => {
    const verifier = world.verifierWith();
    const bursts = async (from: number) => {
      for (let i = from; i < from + 5; i++) {
        await verifier.verify(await sign(access(), { ...stranger, keyId: `stranger-${i}` }));
      }
    };
    await bursts(0);
    world.jwks.publish(current, rotated);
    world.time.now += 10_000;
    // It is the stranger's own token that brings the new key.
    await bursts(5);
    await expect(verifier.verify(await sign(access(), rotated))).resolves.toMatchObject({ ok: true });
  });

  it('a clock that is set back does not prolong the wait', async () => {
    const verifier = world.verifierWith();
    await verifier.verify(await sign(access(), stranger));
    world.jwks.publish(current, rotated);
    world.time.now -= 20_000;
    await expect(verifier.verify(await sign(access(), rotated))).resolves.toMatchObject({ ok: true });
  });
});

describe('I10: when the keys cannot be had', () => {
  const broken = {
    'status 500': answering(500),
    'status 404': answering(404),
    'no JSON': answering(200, {}, '<html>'),
    'no JWKS': answering(200, {}, '{"message":"busy"}'),
    'a JWK that is none': answering(200, {}, '{"keys":[{"kid":"current"}]}'),
    'a JWK without a modulus': answering(200, {}, '{"keys":[{"kid":"current","kty":"RSA","e":"AQAB"}]}'),
    'a JWK that Node refuses': answering(
      200,
      {},
      '{"keys":[{"kid":"current","kty":"EC","use":"sig","crv":"P-999","x":"AAAA","y":"AAAA"}]}',
    ),
    'far too much': answering(200, {}, `{"keys":[],"padding":"${'x'.repeat(70_000)}"}`),
  };

  it.each(Object.entries(broken))('%s: unavailable', async (_how, answer) => {
    world.jwks.answer(answer);
    await expect(world.verifyClaims(access())).resolves.toEqual(unavailable);
  });

  it('a redirect: unavailable, even to where the keys are', async () => {
    const elsewhere = await jwksServer(current);
    world.jwks.answer(answering(302, { location: elsewhere.jwksUri }));
    await expect(world.verifyClaims(access())).resolves.toEqual(unavailable);
    expect(elsewhere.seen).toHaveLength(0);
    await elsewhere.close();
  });

  it('nobody there: unavailable; recovers without restart as soon as somebody is', async () => {
    const verifier = world.verifierWith();
    const token = await sign(access(), current);
    world.jwks.answer(answering(503));
    for (let i = 0; i < 3; i++) await expect(verifier.verify(token)).resolves.toEqual(unavailable);
    world.jwks.publish(current);
    await expect(verifier.verify(token)).resolves.toMatchObject({ ok: true });
  });

  it('the server is gone: unavailable', async () => {
    await world.jwks.close();
    await expect(world.verifyClaims(access())).resolves.toEqual(unavailable);
  });

  it('a server that never answers: unavailable within seconds, a burst costs one fetch', async () => {
    world.jwks.answer(() => undefined);
    const verifier = world.verifierWith();
    const token = await sign(access(), current);
    const startedAt = performance.now();
    const burst = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(burst).toEqual(Array.from({ length: 20 }, () => unavailable));
    expect(world.jwks.seen).toHaveLength(1);
  });

  it('known keys go on working while the JWKS is down; unknown ones are unavailable, not invalid', async () => {
    const verifier = world.verifierWith();
    await verifier.verify(await sign(access(), current));
    world.jwks.answer(answering(500));
    await expect(verifier.verify(await sign(access(), current))).resolves.toMatchObject({ ok: true });
    await expect(verifier.verify(await sign(access(), rotated))).resolves.toEqual(unavailable);
    world.jwks.publish(current, rotated);
    await expect(verifier.verify(await sign(access(), rotated))).resolves.toMatchObject({ ok: true });
  });
});

describe('warm', () => {
  it('fetches the keys ahead, so that the first token needs no fetch', async () => {
    const verifier = world.verifierWith();
    await expect(verifier.warm()).resolves.toBe(true);
    const before = world.jwks.seen.length;
    await expect(verifier.verify(await sign(access(), current))).resolves.toMatchObject({ ok: true });
    expect(world.jwks.seen).toHaveLength(before);
  });

  it('does not mind a failure', async () => {
    world.jwks.answer(answering(500));
    const verifier = world.verifierWith();
    await expect(verifier.warm()).resolves.toBe(false);
    world.jwks.publish(current);
    await expect(verifier.verify(await sign(access(), current))).resolves.toMatchObject({ ok: true });
  });
});
