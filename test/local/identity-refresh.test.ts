import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminInitiateAuthCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUserGlobalSignOutCommand,
  DeleteUserCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  getTokens,
  hourMs,
  refresh,
  refusal,
  signIn,
  startTestIdentity,
  type TestIdentity,
  tokensOf,
} from './support/identity-fixture.ts';

const user = { Username: 'operator-1' };
const invalid = refusal('NotAuthorizedException', 'Invalid Refresh Token.');
const revoked = refusal('NotAuthorizedException', 'Refresh Token has been revoked');
const disabled = refusal('NotAuthorizedException', 'User is disabled.');
const expired = refusal('NotAuthorizedException', 'Refresh Token has expired');

const ways = [
  ['REFRESH_TOKEN_AUTH', refresh],
  ['GetTokensFromRefreshToken', getTokens],
] as const;

describe.each(ways)('refreshing with %s', (_name, renew) => {
  it('keeps who and when, and renews the rest', async () => {
    const service = await startTestIdentity();
    const first = await signIn(service);
    service.clock.advance(2 * hourMs);
    const second = await renew(service, first.refresh);
    const [before, after] = [claimsOf(first.access), claimsOf(second.access)];
    for (const claim of ['sub', 'origin_jti', 'auth_time', 'client_id', 'username', 'cognito:groups']) {
      expect(after[claim]).toEqual(before[claim]);
    }
    expect(after.jti).not.toBe(before.jti);
    expect(after.iat).toBe((before.iat ?? 0) + 7200);
    expect(after.exp).toBe((before.exp ?? 0) + 7200);
    expect(claimsOf(second.id)).toMatchObject({ token_use: 'id', origin_jti: before.origin_jti });
  });

  it('hands out no refresh token, and the old one stays good', async () => {
    const service = await startTestIdentity();
    const { refresh: token } = await signIn(service);
    for (let n = 0; n < 3; n += 1) expect((await renew(service, token)).refresh).toBe('');
  });

  it('reads the groups again', async () => {
    const service = await startTestIdentity();
    const { refresh: token } = await signIn(service);
    const change = { ...service.pool, ...user };
    await service.sdk.send(new AdminRemoveUserFromGroupCommand({ ...change, GroupName: 'operators' }));
    await service.sdk.send(new AdminAddUserToGroupCommand({ ...change, GroupName: 'viewers' }));
    const { access, id } = await renew(service, token);
    for (const renewed of [access, id]) {
      expect(claimsOf(renewed)['cognito:groups']).toEqual(['fleet:demo', 'viewers']);
    }
  });

  it('refuses a token that was never issued, or to another client', async () => {
    const service = await startTestIdentity();
    const { refresh: token, access } = await signIn(service);
    await expect(renew(service, 'made-up')).rejects.toMatchObject(invalid);
    await expect(renew(service, access)).rejects.toMatchObject(invalid);
    await expect(renew(service, token, service.identity.clientIds.robots)).rejects.toMatchObject(invalid);
    await expect(renew(service, token, 'nosuch')).rejects.toMatchObject(refusal('ResourceNotFoundException'));
    await expect(renew(service, token)).resolves.toBeDefined();
  });

  it('refuses a token whose life is over, counted from the sign-in and by client', async () => {
    const lifetimes = {
      accessTokenMs: 2000,
      idTokenMs: 2000,
      refreshTokenMs: { robots: 60_000, people: 6000 },
    };
    const service = await startTestIdentity({ lifetimes });
    const { robots } = service.identity.clientIds;
    const person = await signIn(service);
    const robot = await signIn(service, { userName: 'rover-1', clientId: robots });
    service.clock.advance(5999);
    await renew(service, person.refresh);
    service.clock.advance(1);
    await expect(renew(service, person.refresh)).rejects.toMatchObject(expired);
    await expect(renew(service, robot.refresh, robots)).resolves.toBeDefined();
  });

  it('refuses a disabled user, and after they are enabled again asks for a new sign-in', async () => {
    const service = await startTestIdentity();
    const { refresh: token } = await signIn(service);
    await service.sdk.send(new AdminDisableUserCommand({ ...service.pool, ...user }));
    await expect(renew(service, token)).rejects.toMatchObject(disabled);
    await service.sdk.send(new AdminEnableUserCommand({ ...service.pool, ...user }));
    await expect(renew(service, token)).rejects.toMatchObject(revoked);
    await expect(renew(service, (await signIn(service)).refresh)).resolves.toBeDefined();
  });

  it('refuses a deleted user', async () => {
    const service = await startTestIdentity();
    const { refresh: token } = await signIn(service);
    await service.sdk.send(new AdminDeleteUserCommand({ ...service.pool, ...user }));
    await expect(renew(service, token)).rejects.toMatchObject(revoked);
  });

  it.each<[string, (service: TestIdentity, access: string) => Promise<unknown>]>([
    ['GlobalSignOut', ({ sdk }, AccessToken) => sdk.send(new GlobalSignOutCommand({ AccessToken }))],
    [
      'AdminUserGlobalSignOut',
      ({ sdk, pool }) => sdk.send(new AdminUserGlobalSignOutCommand({ ...pool, ...user })),
    ],
  ])('refuses every sign-in from before %s, and none from after it', async (_cause, signOut) => {
    const service = await startTestIdentity();
    const [one, two] = [await signIn(service), await signIn(service)];
    const someoneElse = await signIn(service, { userName: 'rover-1' });
    await signOut(service, one.access);
    await expect(renew(service, one.refresh)).rejects.toMatchObject(revoked);
    await expect(renew(service, two.refresh)).rejects.toMatchObject(revoked);
    await expect(renew(service, someoneElse.refresh)).resolves.toBeDefined();
    await expect(renew(service, (await signIn(service)).refresh)).resolves.toBeDefined();
  });

  it('refuses the sign-in of a revoked token, and no other', async () => {
    const service = await startTestIdentity();
    const [one, two] = [await signIn(service), await signIn(service)];
    const ClientId = service.identity.clientIds.people;
    await service.sdk.send(new RevokeTokenCommand({ ClientId, Token: one.refresh }));
    await expect(renew(service, one.refresh)).rejects.toMatchObject(revoked);
    await expect(renew(service, two.refresh)).resolves.toBeDefined();
  });
});

describe('refreshing by other names', () => {
  it('works with REFRESH_TOKEN and over AdminInitiateAuth', async () => {
    const service = await startTestIdentity();
    const { refresh: token, access } = await signIn(service);
    const reply = await service.sdk.send(
      new AdminInitiateAuthCommand({
        ...service.pool,
        ClientId: service.identity.clientIds.people,
        AuthFlow: 'REFRESH_TOKEN',
        AuthParameters: { REFRESH_TOKEN: token },
      }),
    );
    expect(claimsOf(tokensOf(reply).access).origin_jti).toBe(claimsOf(access).origin_jti);
  });

  it('is refused where the client does not allow it', async () => {
    const service = await startTestIdentity({ allowedFlows: { people: ['ALLOW_USER_PASSWORD_AUTH'] } });
    const { refresh: token } = await signIn(service);
    await expect(refresh(service, token)).rejects.toMatchObject(
      refusal('InvalidParameterException', 'REFRESH_TOKEN_AUTH flow not enabled for this client'),
    );
  });
});

describe('with rotation of refresh tokens', () => {
  const rotating = (retryGraceMs: number) =>
    startTestIdentity({ refreshTokenRotation: { people: { retryGraceMs } } });
  const reused = refusal('RefreshTokenReuseException');

  it('hands out a new refresh token each time and refuses the old one', async () => {
    const service = await rotating(0);
    const first = await signIn(service);
    const second = await getTokens(service, first.refresh);
    expect(second.refresh).toMatch(/^[A-Za-z0-9-_]{100,}$/);
    expect(second.refresh).not.toBe(first.refresh);
    await expect(getTokens(service, first.refresh)).rejects.toMatchObject(reused);
    const third = await getTokens(service, second.refresh);
    expect(claimsOf(third.access).origin_jti).toBe(claimsOf(first.access).origin_jti);
  });

  it('lets the old one be used again within the grace, which its first use starts', async () => {
    const service = await rotating(10_000);
    const { refresh: token } = await signIn(service);
    await getTokens(service, token);
    service.clock.advance(9_999);
    await expect(getTokens(service, token)).resolves.toBeDefined();
    service.clock.advance(1);
    await expect(getTokens(service, token)).rejects.toMatchObject(reused);
  });

  it('does not lengthen the life', async () => {
    const service = await rotating(0);
    const { refresh: token } = await signIn(service);
    service.clock.advance(29 * 24 * hourMs);
    const second = await getTokens(service, token);
    service.clock.advance(24 * hourMs);
    await expect(getTokens(service, second.refresh)).rejects.toMatchObject(expired);
  });

  it('ends new and old with one revocation', async () => {
    const service = await rotating(10_000);
    const { refresh: token } = await signIn(service);
    const second = await getTokens(service, token);
    const ClientId = service.identity.clientIds.people;
    await service.sdk.send(new RevokeTokenCommand({ ClientId, Token: token }));
    await expect(getTokens(service, token)).rejects.toMatchObject(revoked);
    await expect(getTokens(service, second.refresh)).rejects.toMatchObject(revoked);
  });

  it('refuses REFRESH_TOKEN_AUTH', async () => {
    const service = await rotating(0);
    const { refresh: token } = await signIn(service);
    await expect(refresh(service, token)).rejects.toMatchObject(refusal('InvalidParameterException'));
  });

  it('is per client', async () => {
    const service = await rotating(0);
    const { robots } = service.identity.clientIds;
    const robot = await signIn(service, { userName: 'rover-1', clientId: robots });
    expect((await getTokens(service, robot.refresh, robots)).refresh).toBe('');
    await expect(getTokens(service, robot.refresh, robots)).resolves.toBeDefined();
  });
});

describe('RevokeToken', () => {
  it('refuses an access token and the token of another client, and forgives an unknown one', async () => {
    const service = await startTestIdentity();
    const tokens = await signIn(service);
    const { people, robots } = service.identity.clientIds;
    const revoke = (ClientId: string, Token: string) =>
      service.sdk.send(new RevokeTokenCommand({ ClientId, Token }));
    await expect(revoke(people, tokens.access)).rejects.toMatchObject(
      refusal('UnsupportedTokenTypeException'),
    );
    await expect(revoke(robots, tokens.refresh)).rejects.toMatchObject(refusal('UnauthorizedException'));
    await expect(revoke(people, 'unknown')).resolves.toBeDefined();
    await expect(refresh(service, tokens.refresh)).resolves.toBeDefined();
  });
});

describe('DeleteUser', () => {
  it('deletes whoever holds the access token, with all their sign-ins, and nobody else', async () => {
    const service = await startTestIdentity();
    const [one, two] = [await signIn(service), await signIn(service)];
    const someoneElse = await signIn(service, { userName: 'rover-1' });
    const deleteUser = () => service.sdk.send(new DeleteUserCommand({ AccessToken: one.access }));
    await deleteUser();
    await expect(deleteUser()).rejects.toMatchObject(refusal('UserNotFoundException'));
    await expect(refresh(service, one.refresh)).rejects.toMatchObject(revoked);
    await expect(refresh(service, two.refresh)).rejects.toMatchObject(revoked);
    await expect(signIn(service)).rejects.toMatchObject(refusal('NotAuthorizedException'));
    await expect(refresh(service, someoneElse.refresh)).resolves.toBeDefined();
    expect(service.events).toContainEqual(
      expect.objectContaining({ kind: 'revoked', userName: 'operator-1', cause: 'DeleteUser' }),
    );
  });
});

describe('GetUser', () => {
  const getUser = (service: TestIdentity, AccessToken: string) =>
    service.sdk.send(new GetUserCommand({ AccessToken }));

  it('tells the holder of an access token who they are', async () => {
    const service = await startTestIdentity();
    const { access } = await signIn(service);
    const reply = await getUser(service, access);
    expect(reply.Username).toBe('operator-1');
    expect(reply.UserAttributes).toContainEqual({ Name: 'sub', Value: claimsOf(access).sub });
    expect(reply.UserAttributes).toContainEqual({ Name: 'email', Value: 'op@example.com' });
  });

  it('refuses an ID token, a stranger, an expired and a revoked token', async () => {
    const service = await startTestIdentity();
    const { access, id, refresh: token } = await signIn(service);
    const refused = (message: string) => refusal('NotAuthorizedException', message);
    await expect(getUser(service, id)).rejects.toMatchObject(refused('Invalid Access Token'));
    await expect(getUser(service, 'a.b.c')).rejects.toMatchObject(refused('Invalid Access Token'));
    const tampered = `${access.slice(0, -8)}AAAAAAAA`;
    await expect(getUser(service, tampered)).rejects.toMatchObject(refused('Invalid Access Token'));

    service.clock.advance(4 * hourMs);
    await expect(getUser(service, access)).rejects.toMatchObject(refused('Access Token has expired'));
    const renewed = await refresh(service, token);
    await service.sdk.send(new GlobalSignOutCommand({ AccessToken: renewed.access }));
    await expect(getUser(service, renewed.access)).rejects.toMatchObject(
      refused('Access Token has been revoked'),
    );
  });

  it('survives a rotation of the keys', async () => {
    const service = await startTestIdentity();
    const { access } = await signIn(service);
    await service.identity.rotateKey();
    await expect(getUser(service, access)).resolves.toBeDefined();
  });
});
