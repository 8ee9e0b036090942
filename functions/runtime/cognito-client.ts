import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { credentialsFrom } from './credentials.ts';
import { type Environment, regionFrom } from './settings.ts';

const timeouts = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

export function cognitoClient(environment: Environment): CognitoIdentityProviderClient {
  const endpoint = environment.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER ?? environment.AWS_ENDPOINT_URL;
  return new CognitoIdentityProviderClient({
    region: regionFrom(environment),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...credentialsFrom(environment),
    maxAttempts: 3,
    requestHandler: timeouts,
  });
}
