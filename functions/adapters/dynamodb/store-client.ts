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
