import { type JsonCalls, jsonCalls } from '../adapters/aws/json-calls.ts';
import { serviceEndpoint } from '../adapters/aws/service-endpoint.ts';
import { type AwsTransport, awsTransport } from '../adapters/aws/transport.ts';
import { type StoreClient, signedStoreClient } from '../adapters/dynamodb/store-client.ts';
import { credentialsFrom } from './credentials.ts';
import { type Environment, regionFrom, storeRegionFrom, userPoolIdFrom } from './settings.ts';

/**
 * The services of AWS, as one function reaches them. All limits are far below the functions' own
 * timeout, so that what is slow ends in a retryable refusal and not in silence. A kept-alive connection
 * that died while the Lambda was frozen fails at once: hence two attempts at least.
 */
export function storeClient(environment: Environment): StoreClient {
  const call = jsonCalls({
    transport: awsTransport({
      timeouts: { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 },
      maxAttempts: 2,
      credentials: credentialsFrom(environment),
    }),
    service: 'dynamodb',
    target: 'DynamoDB_20120810',
    version: '1.0',
    ...place(environment, { service: 'dynamodb', region: storeRegionFrom(environment) }),
  });
  return signedStoreClient(call);
}

/** For `@connections`, which each socket has at an endpoint of its own. */
export function gatewayTransport(environment: Environment): AwsTransport {
  return awsTransport({
    timeouts: { connectMs: 1_000, requestMs: 3_000, totalMs: 5_000 },
    maxAttempts: 2,
    credentials: credentialsFrom(environment),
  });
}

export function secretsManagerCalls(environment: Environment): JsonCalls {
  return jsonCalls({
    transport: awsTransport({
      timeouts: { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 },
      maxAttempts: 2,
      credentials: credentialsFrom(environment),
    }),
    service: 'secretsmanager',
    target: 'secretsmanager',
    version: '1.1',
    ...place(environment, { service: 'secretsmanager', region: regionFrom(environment) }),
  });
}

export function cognitoCalls(environment: Environment): JsonCalls {
  // The pool's, which need not be the function's: its id begins with it.
  const region = userPoolIdFrom(environment).split('_')[0] ?? '';
  return jsonCalls({
    transport: awsTransport({
      timeouts: { connectMs: 1_000, requestMs: 3_000, totalMs: 10_000 },
      maxAttempts: 3,
      credentials: credentialsFrom(environment),
    }),
    service: 'cognito-idp',
    target: 'AWSCognitoIdentityProviderService',
    version: '1.1',
    ...place(environment, { service: 'cognito-idp', region }),
  });
}

/** What the SDK calls each service in the variables that put another endpoint in the place of AWS's own. */
const endpointVariables = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  'cognito-idp': 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER',
} as const;

type Place = { readonly service: keyof typeof endpointVariables; readonly region: string };

function place(environment: Environment, { service, region }: Place) {
  const given = environment[endpointVariables[service]] ?? environment.AWS_ENDPOINT_URL;
  return { region, endpoint: given === undefined ? serviceEndpoint(service, region) : new URL(given) };
}
