import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { apiGatewayPeerGateway } from '../adapters/api-gateway/peer-gateway.ts';
import { sdkStoreClient } from '../adapters/dynamodb/sdk-store-client.ts';
import type { AwsServices } from './aws-services.ts';
import { credentialsFrom } from './credentials.ts';
import { regionFrom, storeRegionFrom } from './settings.ts';

/** Far below the functions' own timeout, so that a slow table ends in a retryable refusal and not in silence. */
const storeTimeouts = { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true };

/** By the SDK's clients. */
export const awsServices: AwsServices<'sdk'> = {
  way: 'sdk',

  storeClient(environment) {
    const endpoint = environment.AWS_ENDPOINT_URL_DYNAMODB ?? environment.AWS_ENDPOINT_URL;
    return sdkStoreClient(
      new DynamoDBClient({
        region: storeRegionFrom(environment),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...credentialsFrom(environment),
        maxAttempts: 2,
        requestHandler: storeTimeouts,
      }),
    );
  },

  peerGateway: (environment) =>
    apiGatewayPeerGateway({ region: regionFrom(environment), ...credentialsFrom(environment) }),
};
