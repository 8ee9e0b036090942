import { signedPeerGateway } from '../adapters/api-gateway/signed-peer-gateway.ts';
import { signedStoreClient } from '../adapters/dynamodb/signed-store-client.ts';
import type { AwsServices } from './aws-services.ts';
import { regionFrom, storeRegionFrom } from './settings.ts';
import { endpointOf, signedTransport } from './signed-requests.ts';

/** Far below the functions' own timeout, so that what is slow ends in a retryable refusal and not in silence. */
const storeTimeouts = { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 };
const gatewayTimeouts = { connectMs: 1_000, requestMs: 3_000, totalMs: 5_000 };

/** By requests that are signed here (ADR 0050). */
export const awsServices: AwsServices<'signed'> = {
  way: 'signed',

  storeClient(environment) {
    const region = storeRegionFrom(environment);
    return signedStoreClient({
      transport: signedTransport(environment, storeTimeouts),
      region,
      endpoint: endpointOf('dynamodb', { environment, region }),
    });
  },

  peerGateway: (environment) =>
    signedPeerGateway({
      transport: signedTransport(environment, gatewayTimeouts),
      region: regionFrom(environment),
    }),
};
