import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { hourMs, refresh, signIn, startTestIdentity } from './support/identity-fixture.ts';
import {
  accessTokenClaims,
  fetchJwks,
  publicKeyPem,
  signWith,
  strangerKey,
  verifierFor,
} from './support/identity-tokens.ts';

const people = { clientId: 'peopleclient', tokenUse: 'access' } as const;

describe("aws-jwt-verify's Cognito verifier", () => {
  it('accepts access and ID tokens, each for its own use and client', async () => {
    const service = await startTestIdentity();
    const { access, id } = await signIn(service);
    const asId = { clientId: 'peopleclient', tokenUse: 'id' } as const;
    await expect(verifierFor(service.identity, people).verify(access)).resolves.toMatchObject({
      username: 'operator-1',
    });
    await expect(verifierFor(service.identity, asId).verify(id)).resolves.toMatchObject({
      'cognito:username': 'operator-1',
    });
    await expect(verifierFor(service.identity, people).verify(id)).rejects.toThrow(/Token use/);
    await expect(verifierFor(service.identity, asId).verify(access)).rejects.toThrow(/Token use/);
    const robots = { ...people, clientId: 'robotsclient' };
    await expect(verifierFor(service.identity, robots).verify(access)).rejects.toThrow(/Client ID/);
  });

  it('refuses a token whose life is over', async () => {
    const service = await startTestIdentity();
    service.clock.advance(-4 * hourMs);
    const { access, refresh: token } = await signIn(service);
    await expect(verifierFor(service.identity, people).verify(access)).rejects.toThrow(/expired/);
    service.clock.advance(4 * hourMs);
    const renewed = await refresh(service, token);
    await expect(verifierFor(service.identity, people).verify(renewed.access)).resolves.toBeDefined();
  });

  it('goes on accepting old tokens after a rotation of the keys, and finds the new key', async () => {
    const service = await startTestIdentity();
    const verifier = verifierFor(service.identity, people);
    const before = await signIn(service);
    await verifier.verify(before.access);
    await service.identity.rotateKey();
    const after = await signIn(service);
    expect(decodeProtectedHeader(after.access).kid).not.toBe(decodeProtectedHeader(before.access).kid);
    await expect(verifier.verify(after.access)).resolves.toBeDefined();
    await expect(verifier.verify(before.access)).resolves.toBeDefined();
    expect((await fetchJwks(service.identity)).keys).toHaveLength(4);
    expect(service.events).toContainEqual(expect.objectContaining({ kind: 'keyRotated' }));
  });

  it('refuses the tokens of another pool', async () => {
    const [ours, theirs] = [
      await startTestIdentity(),
      await startTestIdentity({ userPoolId: 'us-east-1_Another' }),
    ];
    const { access } = await signIn(theirs);
    await expect(verifierFor(ours.identity, people).verify(access)).rejects.toThrow(/issuer/i);
  });
});

describe('tokens made for tests', () => {
  const asked = { userName: 'operator-1', groups: ['operators'] };

  it('pass when the claims are right and the identity signs', async () => {
    const { identity } = await startTestIdentity();
    const token = signWith({ identity, claims: accessTokenClaims(identity, asked) });
    await expect(verifierFor(identity, people).verify(token)).resolves.toMatchObject({
      username: 'operator-1',
      'cognito:groups': ['operators'],
    });
  });

  it.each([
    ['a wrong issuer', { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other' }],
    ['a wrong client', { client_id: 'another' }],
    ['a wrong use', { token_use: 'id', aud: 'peopleclient' }],
    ['an end in the past', { exp: 1 }],
    ['a beginning in the future', { nbf: Math.floor(Date.now() / 1000) + 600 }],
  ])('are refused for %s, though the key is right', async (_what, overrides) => {
    const { identity } = await startTestIdentity();
    const token = signWith({ identity, claims: accessTokenClaims(identity, { ...asked, overrides }) });
    await expect(verifierFor(identity, people).verify(token)).rejects.toThrow();
  });

  // The library is silent on both; Heliograph's own verifier has to look.
  it.each([
    ['no end', { exp: undefined }],
    ['an issue time in the future', { iat: Math.floor(Date.now() / 1000) + 600 }],
  ])('can be made with %s', async (_what, overrides) => {
    const { identity } = await startTestIdentity();
    const token = signWith({ identity, claims: accessTokenClaims(identity, { ...asked, overrides }) });
    await expect(verifierFor(identity, people).verify(token)).resolves.toBeDefined();
  });

  it('are refused without a signature, with another key, and with the public key as a secret', async () => {
    const { identity } = await startTestIdentity();
    const claims = accessTokenClaims(identity, asked);
    const kid = decodeProtectedHeader(identity.sign(claims)).kid ?? '';
    const verifier = verifierFor(identity, people);
    const secret = await publicKeyPem(identity, kid);
    const forged = [
      signWith({ unsigned: true, claims, header: { kid } }),
      signWith({ privateKey: strangerKey(), claims, header: { kid } }),
      signWith({ secret, claims, header: { kid } }),
      signWith({ identity, claims, header: { alg: 'none' } }),
    ];
    for (const token of forged) await expect(verifier.verify(token)).rejects.toThrow();
    await expect(verifier.verify(signWith({ privateKey: strangerKey(), claims }))).rejects.toThrow(/kid/i);
  });
});
