import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { credentialsFrom } from './credentials.ts';
import { type Environment, userPoolIdFrom } from './settings.ts';

const timeouts = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

export function cognitoClient(environment: Environment): CognitoIdentityProviderClient {
  const endpoint = environment.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER ?? environment.AWS_ENDPOINT_URL;
  return new CognitoIdentityProviderClient({
    // The pool's, which need not be the function's: its id begins with it.
    region: userPoolIdFrom(environment).split('_')[0] ?? '',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...credentialsFrom(environment),
    maxAttempts: 3,
    requestHandler: timeouts,
  });
}
