import {
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { JsonCalls } from '../../functions/adapters/aws/json-calls.ts';
import type * as Services from '../../functions/runtime/aws-services.ts';
import { credentialsFrom } from '../../functions/runtime/credentials.ts';
import { type Environment, regionFrom, storeRegionFrom } from '../../functions/runtime/settings.ts';
import { sdkGatewayTransport, sdkStoreClient } from '../baselines/sdk-clients.ts';

/** Put in the place of `functions/runtime/aws-services.ts` by the builds that are measured against ours. */
const common = (environment: Environment) => ({
  region: regionFrom(environment),
  credentials: async () => credentialsFrom(environment)(),
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
});

export const storeClient: typeof Services.storeClient = (environment) =>
  sdkStoreClient({ ...common(environment), region: storeRegionFrom(environment) });

export const gatewayTransport: typeof Services.gatewayTransport = (environment) =>
  sdkGatewayTransport(common(environment));

const secret = z.object({ SecretId: z.string() });
const user = z.object({ UserPoolId: z.string(), Username: z.string() });

export const secretsManagerCalls: typeof Services.secretsManagerCalls = (environment): JsonCalls => {
  const client = new SecretsManagerClient(common(environment));
  return async (_operation, input) => ({
    output: await client.send(new GetSecretValueCommand(secret.parse(input))),
    answeredAt: undefined,
  });
};

export const cognitoCalls: typeof Services.cognitoCalls = (environment): JsonCalls => {
  const client = new CognitoIdentityProviderClient(common(environment));
  return async (operation, input) => {
    const given = user.parse(input);
    const output =
      operation === 'AdminGetUser'
        ? await client.send(new AdminGetUserCommand(given))
        : await client.send(new AdminUserGlobalSignOutCommand(given));
    return { output, answeredAt: undefined };
  };
};
