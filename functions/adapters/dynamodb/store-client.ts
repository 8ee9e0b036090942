import type {
  BatchGetItemInput,
  BatchGetItemOutput,
  DeleteItemInput,
  DeleteItemOutput,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { type JsonCalls, unreadable } from '../aws/json-calls.ts';
import { attributeValue } from './attribute-value.ts';

/**
 * What the stores ask of DynamoDB, in the SDK's own names and types: its `DynamoDB` client is one.
 *
 * Each throws what has a `name` as DynamoDB names its failures.
 */
export type StoreClient = {
  getItem(input: GetItemInput): Promise<Pick<GetItemOutput, 'Item'>>;
  batchGetItem(input: BatchGetItemInput): Promise<Pick<BatchGetItemOutput, 'Responses' | 'UnprocessedKeys'>>;
  putItem(input: PutItemInput): Promise<Pick<PutItemOutput, 'Attributes'>>;
  updateItem(input: UpdateItemInput): Promise<Pick<UpdateItemOutput, 'Attributes'>>;
  deleteItem(input: DeleteItemInput): Promise<Pick<DeleteItemOutput, 'Attributes'>>;
  query(input: QueryInput): Promise<Pick<QueryOutput, 'Items' | 'LastEvaluatedKey'>>;
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
 * neither written nor read.
 *
 * @throws {AwsFailure}
 */
export function signedStoreClient(call: JsonCalls): StoreClient {
  const asking =
    <Output>(operation: string, answer: z.ZodMiniType<Output>) =>
    async (input: object): Promise<Output> => {
      const { output } = await call(operation, input);
      const { data } = answer.safeParse(output);
      if (data === undefined) throw unreadable();
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
