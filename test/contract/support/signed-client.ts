import { jsonCalls } from '../../../functions/adapters/aws/json-calls.ts';
import { type AwsTimeouts, awsTransport } from '../../../functions/adapters/aws/transport.ts';
import { type StoreClient, signedStoreClient } from '../../../functions/adapters/dynamodb/store-client.ts';

/** What the functions ask DynamoDB with, at an endpoint of this machine. */
export function signedClient(
  endpoint: string,
  { maxAttempts = 2, timeouts }: { maxAttempts?: number; timeouts?: AwsTimeouts } = {},
): StoreClient {
  const transport = awsTransport({
    timeouts: timeouts ?? { connectMs: 1_000, requestMs: 5_000, totalMs: 10_000 },
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
