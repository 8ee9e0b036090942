import { AdminDisableUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { type CognitoOptions, cognitoTokens, TokenUnavailable } from '../../client/src/index.ts';
import { memoryStore } from '../../client/src/tokens/cognito/kept-sign-in.ts';
import {
  claimsOf,
  hourMs,
  password,
  startTestIdentity,
  type TestIdentity,
} from './support/identity-fixture.ts';

/** The client's token source on an identity that answers as Cognito does. */
function source({ identity }: TestIdentity, userName = 'rover-1', newPassword?: string) {
  const store = memoryStore();
  const options: CognitoOptions = {
    endpoint: identity.url,
    clientId: userName.startsWith('rover') ? identity.clientIds.robots : identity.clientIds.people,
    store,
    signIn: { userName, password, ...(newPassword === undefined ? {} : { newPassword: () => newPassword }) },
  };
  const { token, renew } = cognitoTokens(options);
  if (renew === undefined) throw new Error('It can renew.');
  return { store, token, renew };
}

describe('the client’s tokens, on the local identity', () => {
  it('are refreshed by the refresh token', async () => {
    const service = await startTestIdentity();
    const { token, renew } = source(service);
    const first = claimsOf((await token()).token);
    service.clock.advance(3 * hourMs);
    const second = claimsOf((await renew()).token);
    expect(second.origin_jti).toBe(first.origin_jti);
    expect(second.exp).toBe((first.exp ?? 0) + 3 * 3600);
  });

  it('with rotation, through many renewals, each with the refresh token of the one before', async () => {
    const service = await startTestIdentity({ refreshTokenRotation: { robots: { retryGraceMs: 0 } } });
    const { store, token, renew } = source(service);
    const first = claimsOf((await token()).token);
    const seen = new Set<unknown>();
    for (let round = 0; round < 5; round += 1) {
      service.clock.advance(3 * hourMs);
      expect(claimsOf((await renew()).token).origin_jti).toBe(first.origin_jti);
      seen.add((await store.load())?.refreshToken);
    }
    expect(seen.size).toBe(5);
  });

  it('NEW_PASSWORD_REQUIRED is answered', async () => {
    const service = await startTestIdentity();
    const { token } = source(service, 'new-1', 'Another-2!');
    expect(claimsOf((await token()).token)).toMatchObject({ username: 'new-1' });
  });

  it('of a user that was disabled: final', async () => {
    const service = await startTestIdentity();
    const { token, renew } = source(service);
    await token();
    await service.sdk.send(new AdminDisableUserCommand({ ...service.pool, Username: 'rover-1' }));
    const failure = await renew().catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(TokenUnavailable);
    expect(failure).toMatchObject({ retryable: false, code: 'NotAuthorizedException' });
  });

  it('after the refresh token has ended: by password', async () => {
    const service = await startTestIdentity();
    const { token, renew } = source(service);
    const first = claimsOf((await token()).token);
    service.clock.advance(366 * 24 * hourMs);
    expect(claimsOf((await renew()).token).origin_jti).not.toBe(first.origin_jti);
  });
});
