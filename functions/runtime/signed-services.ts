import { signedPeerGateway } from '../adapters/api-gateway/signed-peer-gateway.ts';
import type { CredentialSource } from '../adapters/aws/credentials.ts';
import { AwsFailure } from '../adapters/aws/failure.ts';
import { serviceEndpoint } from '../adapters/aws/service-endpoint.ts';
import { awsTransport } from '../adapters/aws/transport.ts';
import { signedStoreClient } from '../adapters/dynamodb/signed-store-client.ts';
import type { AwsServices } from './aws-services.ts';
import { credentialsFrom } from './credentials.ts';
import { type Environment, regionFrom, storeRegionFrom } from './settings.ts';

/**
 * Far below the functions' own timeout, so that what is slow ends in a retryable refusal and not in silence.
 * A kept-alive connection that died while the Lambda was frozen fails at once: hence two attempts.
 */
const maxAttempts = 2;
const storeTimeouts = { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 };
const gatewayTimeouts = { connectMs: 1_000, requestMs: 3_000, totalMs: 5_000 };

/** By requests that are signed here (ADR 0050). */
export const awsServices: AwsServices<'signed'> = {
  way: 'signed',

  storeClient(environment) {
    const region = storeRegionFrom(environment);
    const endpoint = environment.AWS_ENDPOINT_URL_DYNAMODB ?? environment.AWS_ENDPOINT_URL;
    return signedStoreClient({
      transport: awsTransport({ maxAttempts, timeouts: storeTimeouts, credentials: sourceIn(environment) }),
      region,
      endpoint: endpoint === undefined ? serviceEndpoint('dynamodb', region) : new URL(endpoint),
    });
  },

  peerGateway: (environment) =>
    signedPeerGateway({
      transport: awsTransport({ maxAttempts, timeouts: gatewayTimeouts, credentials: sourceIn(environment) }),
      region: regionFrom(environment),
    }),
};

/** Read at each request: what is replaced in the environment is used at once. */
function sourceIn(environment: Environment): CredentialSource {
  return () => {
    const { credentials } = credentialsFrom(environment);
    if (credentials === undefined) throw new AwsFailure('NoCredentials');
    return credentials;
  };
}
