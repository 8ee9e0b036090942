import * as z from 'zod';
import { CognitoError, refusals } from '../cognito-error.ts';
import type { ExplicitAuthFlow } from '../identity-options.ts';
import { refreshTokens } from '../refresh.ts';
import { type AuthReply, answerNewPassword, signInWithPassword } from '../sign-in.ts';
import { type AppClient, requireClient, requirePool, type UserPool } from '../user-pool.ts';
import { clientIdField, operation, stringMapField, userPoolIdField } from './operation.ts';

const authInput = z.object({
  AuthFlow: z.string(),
  ClientId: clientIdField,
  AuthParameters: stringMapField.optional(),
});
const challengeInput = z.object({
  ChallengeName: z.string(),
  ClientId: clientIdField,
  Session: z.string().optional(),
  ChallengeResponses: stringMapField.optional(),
});
const ofPool = z.object({ UserPoolId: userPoolIdField });

export const initiateAuth = operation(authInput, (pool, input) => {
  const client = requireClient(pool, input.ClientId);
  const parameters = input.AuthParameters ?? {};
  switch (input.AuthFlow) {
    case 'USER_PASSWORD_AUTH':
      requireFlow(client, 'ALLOW_USER_PASSWORD_AUTH', refusals.flowNotEnabled(input.AuthFlow));
      return withPassword(pool, client, parameters);
    default:
      return otherFlow(pool, { client, flow: input.AuthFlow, parameters });
  }
});

export const adminInitiateAuth = operation(authInput.extend(ofPool.shape), (pool, input) => {
  requirePool(pool, input.UserPoolId);
  const client = requireClient(pool, input.ClientId);
  const parameters = input.AuthParameters ?? {};
  switch (input.AuthFlow) {
    case 'ADMIN_USER_PASSWORD_AUTH':
    case 'ADMIN_NO_SRP_AUTH':
      requireFlow(client, 'ALLOW_ADMIN_USER_PASSWORD_AUTH', refusals.adminFlowNotEnabled());
      return withPassword(pool, client, parameters);
    default:
      return otherFlow(pool, { client, flow: input.AuthFlow, parameters });
  }
});

export const respondToAuthChallenge = operation(challengeInput, answerChallenge);

export const adminRespondToAuthChallenge = operation(challengeInput.extend(ofPool.shape), (pool, input) => {
  requirePool(pool, input.UserPoolId);
  return answerChallenge(pool, input);
});

export const getTokensFromRefreshToken = operation(
  z.object({ ClientId: clientIdField, RefreshToken: z.string() }),
  (pool, input) => ({
    AuthenticationResult: refreshTokens(pool, {
      client: requireClient(pool, input.ClientId),
      refreshToken: input.RefreshToken,
    }),
  }),
);

type Parameters = Readonly<Record<string, string>>;

function otherFlow(
  pool: UserPool,
  request: { client: AppClient; flow: string; parameters: Parameters },
): AuthReply {
  const { client, flow, parameters } = request;
  switch (flow) {
    case 'REFRESH_TOKEN_AUTH':
    case 'REFRESH_TOKEN': {
      requireFlow(client, 'ALLOW_REFRESH_TOKEN_AUTH', refusals.flowNotEnabled('REFRESH_TOKEN_AUTH'));
      // «You can't authenticate with REFRESH_TOKEN_AUTH in app clients with refresh token rotation enabled»:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
      if (client.rotation !== undefined) throw refusals.flowNotEnabled('REFRESH_TOKEN_AUTH');
      const refreshToken = required(parameters, 'REFRESH_TOKEN');
      return {
        AuthenticationResult: refreshTokens(pool, { client, refreshToken }),
        ChallengeParameters: {},
      };
    }
    case 'USER_SRP_AUTH':
    case 'USER_AUTH':
    case 'CUSTOM_AUTH':
      throw refusals.flowNotEnabled(flow);
    default:
      throw refusals.flowNotSupported();
  }
}

function withPassword(pool: UserPool, client: AppClient, parameters: Parameters): AuthReply {
  return signInWithPassword(pool, {
    client,
    userName: required(parameters, 'USERNAME'),
    password: required(parameters, 'PASSWORD'),
  });
}

function answerChallenge(pool: UserPool, input: z.output<typeof challengeInput>): AuthReply {
  const client = requireClient(pool, input.ClientId);
  if (input.ChallengeName !== 'NEW_PASSWORD_REQUIRED') {
    throw new CognitoError(
      'InvalidParameterException',
      'The local identity service asks one challenge only: NEW_PASSWORD_REQUIRED.',
    );
  }
  const responses = input.ChallengeResponses ?? {};
  const userName = required(responses, 'USERNAME');
  const newPassword = required(responses, 'NEW_PASSWORD');
  if (input.Session === undefined) throw refusals.missingParameter('Session');
  const attributes = Object.entries(responses)
    .filter(([name]) => name.startsWith('userAttributes.'))
    .map(([name, value]) => [name.slice('userAttributes.'.length), value] as const)
    .filter(([name]) => name !== 'sub');
  return answerNewPassword(pool, { client, session: input.Session, userName, newPassword, attributes });
}

function requireFlow(client: AppClient, flow: ExplicitAuthFlow, refusal: CognitoError): void {
  if (!client.flows.includes(flow)) throw refusal;
}

function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === '') throw refusals.missingParameter(name);
  return value;
}
