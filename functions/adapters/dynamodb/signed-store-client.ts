import * as z from 'zod/mini';
import { jsonService } from '../aws/json-service.ts';
import type { AwsTransport } from '../aws/transport.ts';
import { attributeValue } from './attribute-value.ts';
import type { StoreClient } from './store-client.ts';

export type SignedStoreClientOptions = {
  readonly transport: AwsTransport;
  readonly region: string;
  /** Of DynamoDB in that region. */
  readonly endpoint: URL;
};

const item = z.record(z.string(), attributeValue);
const changed = z.object({ Attributes: z.optional(item) });
const read = z.object({ Item: z.optional(item) });
const batch = z.object({
  Responses: z.optional(z.record(z.string(), z.array(item))),
  UnprocessedKeys: z.optional(z.record(z.string(), z.object({ Keys: z.array(item) }))),
});
const page = z.object({ Items: z.optional(z.array(item)), LastEvaluatedKey: z.optional(item) });

/**
 * DynamoDB without the SDK's client (ADR 0050). Values of type binary, which no row of ours has, are
 * neither written nor read. Each throws an `AwsFailure`.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export function signedStoreClient(options: SignedStoreClientOptions): StoreClient {
  const asking = jsonService({
    ...options,
    service: 'dynamodb',
    target: 'DynamoDB_20120810',
    version: '1.0',
  });
  return {
    getItem: asking('GetItem', read),
    batchGetItem: asking('BatchGetItem', batch),
    putItem: asking('PutItem', changed),
    updateItem: asking('UpdateItem', changed),
    deleteItem: asking('DeleteItem', changed),
    query: asking('Query', page),
  };
}
