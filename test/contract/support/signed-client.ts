import { jsonCalls } from '../../../functions/adapters/aws/json-calls.ts';
import { type AwsTimeouts, awsTransport } from '../../../functions/adapters/aws/transport.ts';
import { type StoreClient, signedStoreClient } from '../../../functions/adapters/dynamodb/store-client.ts';

/** Not of the contract, and of a busy machine that has store and stores in one process no fault. */
const unhurried: AwsTimeouts = { connectMs: 10_000, requestMs: 15_000, totalMs: 25_000 };

/** What the functions ask DynamoDB with, at an endpoint of this machine. */
export function signedClient(
  endpoint: string,
  { maxAttempts = 2, timeouts = unhurried }: { maxAttempts?: number; timeouts?: AwsTimeouts } = {},
): StoreClient {
  const transport = awsTransport({
    timeouts,
    maxAttempts,
    credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local' }),
  });
  return signedStoreClient(
    jsonCalls({
      transport,
      service: 'dynamodb',
      region: 'local',
      endpoint: new URL(endpoint),
      target: 'DynamoDB_20120810',
      version: '1.0',
    }),
  );
}
