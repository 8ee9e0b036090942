import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { password, refresh, refusal, sdkFor, signIn, startTestIdentity } from './support/identity-fixture.ts';
import { post } from './support/identity-http.ts';
import { fetchJwks } from './support/identity-tokens.ts';

describe('faults', () => {
  const list = { UserPoolId: 'us-east-1_Heliograph' };

  it('fail every request for a time with 503, the JWKS included', async () => {
    const { identity, sdk, clock } = await startTestIdentity();
    identity.faults.failFor(5000);
    await expect(sdk.send(new ListUsersCommand(list))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
    expect((await fetch(identity.jwksUri)).status).toBe(503);
    clock.advance(4999);
    expect((await fetch(identity.jwksUri)).status).toBe(503);
    clock.advance(1);
    expect((await fetch(identity.jwksUri)).status).toBe(200);
    await expect(sdk.send(new ListUsersCommand(list))).resolves.toBeDefined();
  });

  it('reset the connection', async () => {
    const { identity, sdk } = await startTestIdentity();
    identity.faults.failFor(5000, 'reset');
    await expect(sdk.send(new ListUsersCommand(list))).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(fetch(identity.jwksUri)).rejects.toThrow();
    identity.faults.clear();
    await expect(sdk.send(new ListUsersCommand(list))).resolves.toBeDefined();
  });

  it('refuse the next operations by name, and then no more', async () => {
    const service = await startTestIdentity();
    const { faults } = service.identity;
    faults.failNext(2, 'TooManyRequestsException');
    await expect(signIn(service)).rejects.toMatchObject(refusal('TooManyRequestsException'));
    await expect(signIn(service)).rejects.toMatchObject(refusal('TooManyRequestsException'));
    const tokens = await signIn(service);
    faults.failNext(1, 'InternalErrorException', 'GetUser');
    await expect(refresh(service, tokens.refresh)).resolves.toBeDefined();
    expect(faults.stats().faulted).toBe(2);
  });

  it('fail a part of the requests, the JWKS included, as chance has it', async () => {
    const { identity } = await startTestIdentity();
    // Each request draws whether it fails, and one that does draws how.
    const draws = [0.9, 0.1, 0.2, 0.5, 0.3, 0.9];
    identity.faults.failSome(1 / 3, () => draws.shift() ?? 0.9);
    const ask = () =>
      fetch(identity.jwksUri).then(
        ({ status }) => status,
        () => 'reset',
      );
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 503, 200, 'reset']);
    expect(identity.faults.stats().faulted).toBe(2);
    identity.faults.failSome(1, () => 0);
    identity.faults.clear();
    expect(await ask()).toBe(200);
  });

  it('let the SDK retry its way through', async () => {
    const service = await startTestIdentity();
    const sdk = sdkFor(service.identity, 3);
    service.identity.faults.failNext(1, 'InternalErrorException');
    await expect(sdk.send(new ListUsersCommand(list))).resolves.toBeDefined();
    sdk.destroy();
    expect(service.identity.faults.stats().operations.ListUsers).toBe(2);
  });

  it('count what arrives', async () => {
    const service = await startTestIdentity();
    const { faults, url } = service.identity;
    expect(faults.stats()).toEqual({ requests: 0, operations: {}, jwksFetches: 0, faulted: 0 });
    const { refresh: token } = await signIn(service);
    await refresh(service, token);
    await fetchJwks(service.identity);
    await post(url, 'Anything', { body: '{}' });
    faults.failFor(1000);
    await signIn(service).catch(() => undefined);
    await fetch(service.identity.jwksUri);
    expect(faults.stats()).toEqual({
      requests: 6,
      operations: { InitiateAuth: 3, unknown: 1 },
      jwksFetches: 2,
      faulted: 2,
    });
  });
});

describe('events', () => {
  it('tell what happened, and no password or token', async () => {
    const service = await startTestIdentity();
    const tokens = await signIn(service);
    const renewed = await refresh(service, tokens.refresh);
    await signIn(service, { password: 'Wrong-1!x' }).catch(() => undefined);
    await signIn(service, { userName: 'Oops-typed-1!' }).catch(() => undefined);
    await post(service.identity.url, `Odd${password}`, { body: '{}' });
    const signedIn = {
      userName: 'operator-1',
      clientId: 'peopleclient',
      groups: ['operators', 'fleet:demo'],
    };
    expect(service.events).toEqual([
      { at: service.clock(), kind: 'listening', url: service.identity.url },
      { at: service.clock(), kind: 'signedIn', ...signedIn },
      expect.objectContaining({ kind: 'request', operation: 'InitiateAuth', status: 200 }),
      { at: service.clock(), kind: 'refreshed', ...signedIn },
      expect.objectContaining({ kind: 'request', operation: 'InitiateAuth', status: 200 }),
      expect.objectContaining({ kind: 'request', status: 400, error: 'NotAuthorizedException' }),
      expect.objectContaining({ kind: 'request', status: 400, error: 'NotAuthorizedException' }),
      expect.objectContaining({ kind: 'request', operation: 'unknown', error: 'UnknownOperationException' }),
    ]);
    const written = JSON.stringify(service.events);
    const secrets = [
      password,
      'Wrong-1!x',
      'Oops-typed-1!',
      ...Object.values(tokens),
      renewed.access,
      renewed.id,
    ];
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});
