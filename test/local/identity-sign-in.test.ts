import {
  AdminDisableUserCommand,
  AdminInitiateAuthCommand,
  type AuthFlowType,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  password,
  refusal,
  signIn,
  startTestIdentity,
  type TestIdentity,
  tokensOf,
} from './support/identity-fixture.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const wrongPassword = refusal('NotAuthorizedException', 'Incorrect username or password.');

describe('signing in with a password', () => {
  it('answers tokens and their life', async () => {
    const { sdk, identity } = await startTestIdentity();
    const reply = await sdk.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: identity.clientIds.robots,
        AuthParameters: { USERNAME: 'rover-1', PASSWORD: password },
      }),
    );
    expect(reply.AuthenticationResult).toMatchObject({ ExpiresIn: 14_400, TokenType: 'Bearer' });
    expect(reply.AuthenticationResult?.RefreshToken).toMatch(/^[A-Za-z0-9-_]{100,}$/);
    expect(reply.ChallengeName).toBeUndefined();
  });

  it('gives the access token the claims of Cognito, and no others', async () => {
    const service = await startTestIdentity();
    const nowS = service.clock() / 1000;
    const claims = claimsOf((await signIn(service)).access);
    expect(claims).toEqual({
      sub: expect.stringMatching(uuid),
      'cognito:groups': ['operators', 'fleet:demo'],
      iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Heliograph',
      client_id: 'peopleclient',
      origin_jti: expect.stringMatching(uuid),
      event_id: expect.stringMatching(uuid),
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      auth_time: nowS,
      exp: nowS + 14_400,
      iat: nowS,
      jti: expect.stringMatching(uuid),
      username: 'operator-1',
    });
  });

  it('gives the ID token the claims of Cognito, with the e-mail where there is one', async () => {
    const service = await startTestIdentity();
    const nowS = service.clock() / 1000;
    const { access, id } = await signIn(service);
    expect(claimsOf(id)).toEqual({
      sub: claimsOf(access).sub,
      'cognito:groups': ['operators', 'fleet:demo'],
      iss: service.identity.issuer,
      aud: 'peopleclient',
      origin_jti: claimsOf(access).origin_jti,
      event_id: claimsOf(access).event_id,
      token_use: 'id',
      auth_time: nowS,
      exp: nowS + 14_400,
      iat: nowS,
      jti: expect.stringMatching(uuid),
      'cognito:username': 'operator-1',
      email: 'op@example.com',
      email_verified: true,
    });
    const rover = await signIn(service, { userName: 'rover-1' });
    expect(claimsOf(rover.id)).not.toHaveProperty('email');
  });

  it('signs RS256 and names the key, another one for ID tokens', async () => {
    const { access, id } = await signIn(await startTestIdentity());
    const [ofAccess, ofId] = [decodeProtectedHeader(access), decodeProtectedHeader(id)];
    expect(ofAccess).toEqual({ alg: 'RS256', kid: expect.any(String) });
    expect(ofId).toEqual({ alg: 'RS256', kid: expect.any(String) });
    expect(ofId.kid).not.toBe(ofAccess.kid);
  });

  it.each([2, 6])('gives a token of %i s exactly that life, in whole seconds', async (lifeS) => {
    const lifetimes = {
      accessTokenMs: lifeS * 1000,
      idTokenMs: lifeS * 1000,
      refreshTokenMs: { robots: 10_000, people: 10_000 },
    };
    const service = await startTestIdentity({ lifetimes });
    service.clock.advance(789);
    const { access, id } = await signIn(service);
    for (const { iat = 0, exp = 0 } of [claimsOf(access), claimsOf(id)]) {
      expect(iat).toBe(Math.floor(service.clock() / 1000));
      expect(exp - iat).toBe(lifeS);
    }
  });

  it('leaves out the groups of a user who has none', async () => {
    const service = await startTestIdentity({ users: [{ userName: 'lone', password, groups: [] }] });
    expect(claimsOf((await signIn(service, { userName: 'lone' })).access)).not.toHaveProperty(
      'cognito:groups',
    );
  });

  it('keeps the sub of a seeded user over sign-ins and restarts, apart from that of others', async () => {
    const [first, second] = [await startTestIdentity(), await startTestIdentity()];
    const sub = claimsOf((await signIn(first)).access).sub;
    expect(claimsOf((await signIn(first)).access).sub).toBe(sub);
    expect(claimsOf((await signIn(second)).access).sub).toBe(sub);
    expect(claimsOf((await signIn(first, { userName: 'rover-1' })).access).sub).not.toBe(sub);
  });

  it('starts a sign-in of its own each time', async () => {
    const service = await startTestIdentity();
    const [first, second] = [
      claimsOf((await signIn(service)).access),
      claimsOf((await signIn(service)).access),
    ];
    for (const claim of ['origin_jti', 'event_id', 'jti']) expect(first[claim]).not.toBe(second[claim]);
  });
});

describe('what is refused at sign-in', () => {
  it('a wrong password and an unknown user, in the same words', async () => {
    const service = await startTestIdentity();
    await expect(signIn(service, { password: 'Wrong-1!x' })).rejects.toMatchObject(wrongPassword);
    await expect(signIn(service, { userName: 'nobody' })).rejects.toMatchObject(wrongPassword);
  });

  it('a disabled user', async () => {
    const service = await startTestIdentity();
    await service.sdk.send(new AdminDisableUserCommand({ ...service.pool, Username: 'operator-1' }));
    await expect(signIn(service)).rejects.toMatchObject(
      refusal('NotAuthorizedException', 'User is disabled.'),
    );
    await expect(signIn(service, { userName: 'rover-1' })).resolves.toBeDefined();
  });

  it('an unknown client', async () => {
    const service = await startTestIdentity();
    await expect(signIn(service, { clientId: 'nosuch' })).rejects.toMatchObject(
      refusal('ResourceNotFoundException', 'User pool client nosuch does not exist.'),
    );
  });

  it('a request without user name or password', async () => {
    const { sdk, identity } = await startTestIdentity();
    const attempt = (AuthParameters: Record<string, string>) =>
      sdk.send(
        new InitiateAuthCommand({
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: identity.clientIds.people,
          AuthParameters,
        }),
      );
    await expect(attempt({ PASSWORD: password })).rejects.toMatchObject(
      refusal('InvalidParameterException', 'Missing required parameter USERNAME'),
    );
    await expect(attempt({ USERNAME: 'rover-1' })).rejects.toMatchObject(
      refusal('InvalidParameterException', 'Missing required parameter PASSWORD'),
    );
  });

  it('a flow that the client does not allow', async () => {
    const service = await startTestIdentity({
      allowedFlows: { people: ['ALLOW_REFRESH_TOKEN_AUTH'], robots: ['ALLOW_USER_PASSWORD_AUTH'] },
    });
    await expect(signIn(service)).rejects.toMatchObject(
      refusal('InvalidParameterException', 'USER_PASSWORD_AUTH flow not enabled for this client'),
    );
    await expect(signIn(service, { clientId: service.identity.clientIds.robots })).resolves.toBeDefined();
    await expect(adminSignIn(service, service.identity.clientIds.people)).rejects.toMatchObject(
      refusal('InvalidParameterException', 'Auth flow not enabled for this client'),
    );
  });

  it.each<[AuthFlowType, string]>([
    ['USER_SRP_AUTH', 'USER_SRP_AUTH flow not enabled for this client'],
    ['ADMIN_USER_PASSWORD_AUTH', 'Initiate Auth method not supported.'],
  ])('the flow %s, which InitiateAuth does not have here', async (AuthFlow, message) => {
    const { sdk, identity } = await startTestIdentity();
    const AuthParameters = { USERNAME: 'rover-1', PASSWORD: password };
    await expect(
      sdk.send(new InitiateAuthCommand({ AuthFlow, ClientId: identity.clientIds.people, AuthParameters })),
    ).rejects.toMatchObject(refusal('InvalidParameterException', message));
  });
});

describe('wrong passwords in a row', () => {
  const exceeded = refusal('NotAuthorizedException', 'Password attempts exceeded');
  const wrong = { password: 'Wrong-1!x' };

  async function fail(service: TestIdentity, times: number): Promise<void> {
    for (let n = 0; n < times; n += 1)
      await expect(signIn(service, wrong)).rejects.toMatchObject(wrongPassword);
  }

  it('lock after the fifth for a second, even for the right password', async () => {
    const service = await startTestIdentity();
    await fail(service, 5);
    await expect(signIn(service)).rejects.toMatchObject(exceeded);
    service.clock.advance(999);
    await expect(signIn(service)).rejects.toMatchObject(exceeded);
    service.clock.advance(1);
    await expect(signIn(service)).resolves.toBeDefined();
  });

  it('do not lock after four', async () => {
    const service = await startTestIdentity();
    await fail(service, 4);
    await expect(signIn(service)).resolves.toBeDefined();
  });

  it('lock twice as long after each further one, and not for attempts while locked', async () => {
    const service = await startTestIdentity();
    await fail(service, 5);
    for (const lockMs of [1000, 2000, 4000]) {
      await expect(signIn(service, wrong)).rejects.toMatchObject(exceeded);
      service.clock.advance(lockMs - 1);
      await expect(signIn(service, wrong)).rejects.toMatchObject(exceeded);
      service.clock.advance(1);
      await fail(service, 1);
    }
  });

  it('lock for 15 minutes at most', async () => {
    const service = await startTestIdentity();
    await fail(service, 5);
    for (let lockMs = 1000; lockMs <= 512_000; lockMs *= 2) {
      service.clock.advance(lockMs);
      await fail(service, 1);
    }
    // Unlimited, the next lock would be 1,024 s. The attempt in between keeps the quiet minutes from ending it.
    service.clock.advance(899_999);
    await expect(signIn(service)).rejects.toMatchObject(exceeded);
    service.clock.advance(1);
    await fail(service, 1);
    await expect(signIn(service)).rejects.toMatchObject(exceeded);
    service.clock.advance(900_000);
    await expect(signIn(service)).resolves.toBeDefined();
  });

  it('are forgotten after a success and after 15 quiet minutes', async () => {
    const service = await startTestIdentity();
    await fail(service, 4);
    await signIn(service);
    await fail(service, 5);
    service.clock.advance(15 * 60_000);
    await fail(service, 4);
    await expect(signIn(service)).resolves.toBeDefined();
  });

  it('count per user, and for unknown names too', async () => {
    const service = await startTestIdentity();
    await fail(service, 5);
    await expect(signIn(service, { userName: 'rover-1' })).resolves.toBeDefined();
    for (let n = 0; n < 5; n += 1) {
      await expect(signIn(service, { userName: 'nobody' })).rejects.toMatchObject(wrongPassword);
    }
    await expect(signIn(service, { userName: 'nobody' })).rejects.toMatchObject(exceeded);
  });
});

describe('AdminInitiateAuth', () => {
  it('signs in with ADMIN_USER_PASSWORD_AUTH', async () => {
    const service = await startTestIdentity();
    const { access } = await adminSignIn(service, service.identity.clientIds.robots);
    expect(claimsOf(access)).toMatchObject({ username: 'rover-1', client_id: 'robotsclient' });
  });

  it('refuses a wrong password, another pool, and the flow of InitiateAuth', async () => {
    const service = await startTestIdentity();
    const attempt = (input: { AuthFlow?: AuthFlowType; UserPoolId?: string; PASSWORD?: string }) =>
      service.sdk.send(
        new AdminInitiateAuthCommand({
          UserPoolId: input.UserPoolId ?? service.identity.userPoolId,
          ClientId: service.identity.clientIds.robots,
          AuthFlow: input.AuthFlow ?? 'ADMIN_USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: 'rover-1', PASSWORD: input.PASSWORD ?? password },
        }),
      );
    await expect(attempt({ PASSWORD: 'Wrong-1!x' })).rejects.toMatchObject(wrongPassword);
    await expect(attempt({ UserPoolId: 'us-east-1_Other' })).rejects.toMatchObject(
      refusal('ResourceNotFoundException', 'User pool us-east-1_Other does not exist.'),
    );
    await expect(attempt({ AuthFlow: 'USER_PASSWORD_AUTH' })).rejects.toMatchObject(
      refusal('InvalidParameterException'),
    );
  });
});

async function adminSignIn(service: TestIdentity, clientId: string) {
  return tokensOf(
    await service.sdk.send(
      new AdminInitiateAuthCommand({
        ...service.pool,
        ClientId: clientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'rover-1', PASSWORD: password },
      }),
    ),
  );
}
