import * as z from 'zod/mini';
import { unreadableAnswer } from '../aws/failure.ts';
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
export function signedStoreClient({ transport, region, endpoint }: SignedStoreClientOptions): StoreClient {
  const asking =
    <Output>(operation: string, answer: z.ZodMiniType<Output>) =>
    async (input: object): Promise<Output> => {
      const { text, status } = await transport({
        service: 'dynamodb',
        region,
        endpoint,
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
        },
        body: JSON.stringify(input),
      });
      const { data } = answer.safeParse(jsonIn(text));
      if (data === undefined) throw unreadableAnswer(status);
      return data;
    };
  return {
    getItem: asking('GetItem', read),
    batchGetItem: asking('BatchGetItem', batch),
    putItem: asking('PutItem', changed),
    updateItem: asking('UpdateItem', changed),
    deleteItem: asking('DeleteItem', changed),
    query: asking('Query', page),
  };
}

/** Undefined for what is no JSON: a page of a proxy, half an answer. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
