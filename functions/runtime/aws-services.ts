import { type JsonCalls, type JsonService, jsonCalls } from '../adapters/aws/json-calls.ts';
import { serviceEndpoint } from '../adapters/aws/service-endpoint.ts';
import { type AwsTransport, awsTransport } from '../adapters/aws/transport.ts';
import { type StoreClient, signedStoreClient } from '../adapters/dynamodb/store-client.ts';
import { credentialsFrom } from './credentials.ts';
import { type Environment, regionFrom, storeRegionFrom, userPoolIdFrom } from './settings.ts';

/**
 * The services of AWS, as one function reaches them (ADR 0050). All limits are far below the functions'
 * own timeout, so that what is slow ends in a retryable refusal and not in silence. A kept-alive
 * connection that died while the Lambda was frozen fails at once: hence two attempts at least.
 */
const quick = { maxAttempts: 2, timeouts: { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 } };
const patient = { maxAttempts: 2, timeouts: { connectMs: 1_000, requestMs: 3_000, totalMs: 5_000 } };
/** Of revocations, for which nobody waits at a socket. */
const persistent = { maxAttempts: 3, timeouts: { connectMs: 1_000, requestMs: 3_000, totalMs: 10_000 } };

export function storeClient(environment: Environment): StoreClient {
  const call = callsTo(environment, {
    service: 'dynamodb',
    region: storeRegionFrom(environment),
    target: 'DynamoDB_20120810',
    version: '1.0',
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB,
    limits: quick,
  });
  return signedStoreClient(call);
}

/** For `@connections`, which each socket has at an endpoint of its own. */
export function gatewayTransport(environment: Environment): AwsTransport {
  return awsTransport({ ...patient, credentials: credentialsFrom(environment) });
}

export function secretsManagerCalls(environment: Environment): JsonCalls {
  return callsTo(environment, {
    service: 'secretsmanager',
    region: regionFrom(environment),
    target: 'secretsmanager',
    version: '1.1',
    endpoint: environment.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    limits: quick,
  });
}

export function cognitoCalls(environment: Environment): JsonCalls {
  return callsTo(environment, {
    service: 'cognito-idp',
    // The pool's, which need not be the function's: its id begins with it.
    region: userPoolIdFrom(environment).split('_')[0] ?? '',
    target: 'AWSCognitoIdentityProviderService',
    version: '1.1',
    endpoint: environment.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
    limits: persistent,
  });
}

type Service = Omit<JsonService, 'transport' | 'endpoint'> & {
  /** In the place of AWS's own, from the variable that the SDK has for it. */
  readonly endpoint: string | undefined;
  readonly limits: typeof quick;
};

function callsTo(environment: Environment, { limits, endpoint, ...service }: Service): JsonCalls {
  const given = endpoint ?? environment.AWS_ENDPOINT_URL;
  return jsonCalls({
    ...service,
    transport: awsTransport({ ...limits, credentials: credentialsFrom(environment) }),
    endpoint: given === undefined ? serviceEndpoint(service.service, service.region) : new URL(given),
  });
}
