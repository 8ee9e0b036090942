import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cognitoSignInAuthority } from '../../../functions/adapters/cognito/sign-in-authority.ts';
import { settingVariables } from '../../../functions/environment-names.ts';
import { cognitoClient } from '../../../functions/runtime/cognito-client.ts';
import { type Answer, answering, type LoopbackServer, loopbackServer } from './support/loopback-server.ts';
import { isSignedBy } from './support/verify-signature.ts';

const json = { 'content-type': 'application/x-amz-json-1.1' };
const userPoolId = 'eu-west-1_Pool';
const now = 1_700_000_000_123;

let answers: Record<string, Answer>;
let server: LoopbackServer;
beforeEach(async () => {
  answers = {
    AdminGetUser: answering(
      200,
      json,
      '{"Username":"rover-1","UserAttributes":[{"Name":"email","Value":"x"},{"Name":"sub","Value":"user-1"}]}',
    ),
    AdminUserGlobalSignOut: answering(200, { ...json, date: 'Sat, 21 Nov 2026 18:00:07 GMT' }, '{}'),
  };
  server = await loopbackServer(() => (response, request) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    answers[operation]?.(response, request);
  });
});
afterEach(() => server.close());

const signOut = () => {
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_ENDPOINT_URL: server.url,
    [settingVariables.userPoolId]: userPoolId,
  };
  const authority = cognitoSignInAuthority({
    client: cognitoClient(environment),
    userPoolId,
    clock: { now: () => now },
  });
  return authority.signOutEverywhere('rover-1');
};

describe('the sign-ins of a user of Cognito', () => {
  it('are ended by its name, in the region of the pool, at the second that Cognito says', async () => {
    expect(await signOut()).toEqual({ principalId: 'user-1', at: Date.UTC(2026, 10, 21, 18, 0, 7) });
    expect(server.seen.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'AWSCognitoIdentityProviderService.AdminGetUser',
      'AWSCognitoIdentityProviderService.AdminUserGlobalSignOut',
    ]);
    for (const seen of server.seen) {
      expect(JSON.parse(seen.body)).toEqual({ UserPoolId: userPoolId, Username: 'rover-1' });
      expect(seen.headers.authorization).toContain('/eu-west-1/cognito-idp/aws4_request');
      expect(isSignedBy('key', seen)).toBe(true);
    }
  });

  it('are ended at our own whole second where the answer has no date', async () => {
    answers.AdminUserGlobalSignOut = (response) => {
      response.sendDate = false;
      response.writeHead(200, json).end('{}');
    };
    expect(await signOut()).toMatchObject({ at: 1_700_000_000_000 });
  });

  it('cannot be ended of a user that is not there', async () => {
    answers.AdminGetUser = answering(400, json, '{"__type":"UserNotFoundException"}');
    expect(await signOut()).toBeUndefined();
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    [
      'a throttled pool',
      answering(400, json, '{"__type":"TooManyRequestsException"}'),
      'TooManyRequestsException',
      3,
    ],
    [
      'a pool out of order',
      answering(500, json, '{"__type":"InternalErrorException"}'),
      'InternalErrorException',
      3,
    ],
    [
      'a missing permission',
      answering(400, json, '{"__type":"AccessDeniedException"}'),
      'AccessDeniedException',
      1,
    ],
  ])('%s is unavailable, by the name of the failure', async (_what, answer, code, attempts) => {
    answers.AdminUserGlobalSignOut = answer;
    await expect(signOut()).rejects.toMatchObject({
      name: 'DependencyUnavailable',
      code,
      message: `Cognito is unavailable (${code})`,
      cause: undefined,
    });
    expect(server.seen).toHaveLength(1 + attempts);
  });

  it('a user without an id is unavailable too', async () => {
    answers.AdminGetUser = answering(200, json, '{"UserAttributes":[]}');
    await expect(signOut()).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(server.seen).toHaveLength(2);
  });
});
