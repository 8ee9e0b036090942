import {
  AdminDisableUserCommand,
  AdminRespondToAuthChallengeCommand,
  AdminSetUserPasswordCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
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

const wrongPassword = refusal('NotAuthorizedException', 'Incorrect username or password.');

describe('the challenge NEW_PASSWORD_REQUIRED', () => {
  const newPassword = 'Another-2@pass';

  async function askedFor(service: TestIdentity) {
    return service.sdk.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: service.identity.clientIds.people,
        AuthParameters: { USERNAME: 'new-1', PASSWORD: password },
      }),
    );
  }

  function answer(
    service: TestIdentity,
    input: { session: string; userName?: string; newPassword?: string; clientId?: string },
  ) {
    return service.sdk.send(
      new RespondToAuthChallengeCommand({
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        ClientId: input.clientId ?? service.identity.clientIds.people,
        Session: input.session,
        ChallengeResponses: {
          USERNAME: input.userName ?? 'new-1',
          NEW_PASSWORD: input.newPassword ?? newPassword,
          'userAttributes.email': 'new@example.com',
        },
      }),
    );
  }

  it('comes instead of tokens, and its answer signs in for good', async () => {
    const service = await startTestIdentity();
    const asked = await askedFor(service);
    expect(asked.AuthenticationResult).toBeUndefined();
    expect(asked).toMatchObject({
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      ChallengeParameters: { USER_ID_FOR_SRP: 'new-1', requiredAttributes: '[]', userAttributes: '{}' },
    });
    const tokens = tokensOf(await answer(service, { session: asked.Session ?? '' }));
    expect(claimsOf(tokens.id)).toMatchObject({ 'cognito:username': 'new-1', email: 'new@example.com' });

    await expect(signIn(service, { userName: 'new-1', password: newPassword })).resolves.toBeDefined();
    await expect(signIn(service, { userName: 'new-1' })).rejects.toMatchObject(wrongPassword);
  });

  it('does not come for a wrong password', async () => {
    const service = await startTestIdentity();
    await expect(signIn(service, { userName: 'new-1', password: 'Wrong-1!x' })).rejects.toMatchObject(
      wrongPassword,
    );
  });

  it('can be answered once', async () => {
    const service = await startTestIdentity();
    const session = (await askedFor(service)).Session ?? '';
    await answer(service, { session });
    await expect(answer(service, { session })).rejects.toMatchObject(
      refusal('NotAuthorizedException', 'Invalid session for the user.'),
    );
  });

  it('refuses another session, user or client, and a session of more than three minutes', async () => {
    const service = await startTestIdentity();
    const session = (await askedFor(service)).Session ?? '';
    const invalid = refusal('NotAuthorizedException', 'Invalid session for the user.');
    const other = service.identity.clientIds.robots;
    await expect(answer(service, { session: 'x'.repeat(64) })).rejects.toMatchObject(invalid);
    await expect(answer(service, { session, userName: 'rover-1' })).rejects.toMatchObject(invalid);
    await expect(answer(service, { session, clientId: other })).rejects.toMatchObject(invalid);
    service.clock.advance(180_000);
    await expect(answer(service, { session })).rejects.toMatchObject(
      refusal('NotAuthorizedException', 'Invalid session for the user, session is expired.'),
    );
  });

  it('refuses a weak password and stays open for a better one', async () => {
    const service = await startTestIdentity();
    const session = (await askedFor(service)).Session ?? '';
    for (const weak of ['Aa1!', 'another-2@pass', 'ANOTHER-2@PASS', 'Another-@pass', 'Another2pass']) {
      await expect(answer(service, { session, newPassword: weak })).rejects.toMatchObject(
        refusal('InvalidPasswordException'),
      );
    }
    await expect(answer(service, { session })).resolves.toBeDefined();
  });

  it('refuses a user who was disabled meanwhile', async () => {
    const service = await startTestIdentity();
    const session = (await askedFor(service)).Session ?? '';
    await service.sdk.send(new AdminDisableUserCommand({ ...service.pool, Username: 'new-1' }));
    await expect(answer(service, { session })).rejects.toMatchObject(
      refusal('NotAuthorizedException', 'User is disabled.'),
    );
  });

  it('can be answered by an admin', async () => {
    const service = await startTestIdentity();
    const reply = await service.sdk.send(
      new AdminRespondToAuthChallengeCommand({
        ...service.pool,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        ClientId: service.identity.clientIds.people,
        Session: (await askedFor(service)).Session,
        ChallengeResponses: { USERNAME: 'new-1', NEW_PASSWORD: newPassword },
      }),
    );
    expect(claimsOf(tokensOf(reply).access)).toMatchObject({ username: 'new-1' });
  });

  it('comes after an admin has set a password that is not to last', async () => {
    const service = await startTestIdentity();
    const Username = 'operator-1';
    await service.sdk.send(
      new AdminSetUserPasswordCommand({ ...service.pool, Username, Password: newPassword, Permanent: false }),
    );
    await expect(signIn(service)).rejects.toMatchObject(wrongPassword);
    expect((await signIn(service, { password: newPassword })).access).toBe('');
  });

  it('is the only one that is asked', async () => {
    const service = await startTestIdentity();
    await expect(
      service.sdk.send(
        new RespondToAuthChallengeCommand({
          ChallengeName: 'SMS_MFA',
          ClientId: service.identity.clientIds.people,
          Session: (await askedFor(service)).Session,
          ChallengeResponses: { USERNAME: 'new-1', SMS_MFA_CODE: '123456' },
        }),
      ),
    ).rejects.toMatchObject(refusal('InvalidParameterException'));
  });
});
