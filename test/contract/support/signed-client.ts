import { type AwsTimeouts, awsTransport } from '../../../functions/adapters/aws/transport.ts';
import { signedStoreClient } from '../../../functions/adapters/dynamodb/signed-store-client.ts';
import type { StoreClient } from '../../../functions/adapters/dynamodb/store-client.ts';

/** Not of the contract, and of a busy machine that has store and stores in one process no fault. */
const unhurried: AwsTimeouts = { connectMs: 10_000, requestMs: 15_000, totalMs: 25_000 };

/** What all functions but `revocation` ask DynamoDB with, at an endpoint of this machine. */
export function signedClient(
  endpoint: string,
  { maxAttempts = 2, timeouts = unhurried }: { maxAttempts?: number; timeouts?: AwsTimeouts } = {},
): StoreClient {
  const transport = awsTransport({
    timeouts,
    maxAttempts,
    credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local' }),
  });
  return signedStoreClient({ transport, region: 'local', endpoint: new URL(endpoint) });
}
