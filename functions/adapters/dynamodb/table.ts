import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  allOf,
  type Change,
  collectBindings,
  type Expression,
  isAbsent,
  isPresent,
  updateWith,
} from './expression.ts';
import { conditionFailed, orConditionFailed, orUnavailable, unavailable } from './failure.ts';
import type { StoreClient } from './store-client.ts';

export type TableAccess = { readonly client: StoreClient; readonly tableName: string };

export type Key = Readonly<Record<string, string>>;
export type Row = Readonly<Record<string, unknown>>;

/** `row` is the row before or after, as asked for; undefined when there was none before. */
export type Written = { readonly written: true; readonly row: unknown } | { readonly written: false };

/** Requests on single rows of one table. Reads are consistent, rows are `unknown` until parsed. */
export type Table = {
  get(key: Key): Promise<unknown>;
  /** In the order of the keys, undefined where there is none. Up to 100. */
  getMany(keys: readonly Key[]): Promise<readonly unknown[]>;
  put(row: Row): Promise<void>;
  /** False when there is a row under the key already. */
  insert(key: Key, row: Row): Promise<boolean>;
  update(
    key: Key,
    of: { changes: readonly Change[]; onlyIf?: Expression; returning?: 'ALL_OLD' | 'ALL_NEW' },
  ): Promise<Written>;
  /** What the row held; undefined when there was none or the condition failed. */
  remove(key: Key, onlyIf?: Expression): Promise<unknown>;
  query(of: KeyQuery): Promise<readonly unknown[]>;
};

export type KeyQuery = {
  readonly where: Expression;
  readonly limit?: number;
  /** An index reads eventually consistently; DynamoDB offers nothing else. */
  readonly from: { readonly index: string } | 'table' | 'table, eventually consistent';
};

export function dynamoDbTable({ client, tableName }: TableAccess): Table {
  return {
    async get(key) {
      const { Item } = await orUnavailable(
        client.getItem({ TableName: tableName, Key: marshall(key), ConsistentRead: true }),
      );
      return Item && unmarshall(Item);
    },

    async getMany(keys) {
      const { Responses, UnprocessedKeys } = await orUnavailable(
        client.batchGetItem({
          RequestItems: { [tableName]: { Keys: keys.map((key) => marshall(key)), ConsistentRead: true } },
        }),
      );
      // Some missing would read as «not there».
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw unavailable('UnprocessedKeys');
      const rows = (Responses?.[tableName] ?? []).map((item) => unmarshall(item));
      return keys.map((key) =>
        rows.find((row) => Object.entries(key).every(([name, value]) => row[name] === value)),
      );
    },

    async put(row) {
      await orUnavailable(client.putItem({ TableName: tableName, Item: toItem(row) }));
    },

    async insert(key, row) {
      const bindings = collectBindings();
      const condition = allOf(...Object.keys(key).map(isAbsent))(bindings);
      const result = await orConditionFailed(
        client.putItem({
          TableName: tableName,
          Item: toItem({ ...key, ...row }),
          ConditionExpression: condition,
          ...bound(bindings),
        }),
      );
      return result !== conditionFailed;
    },

    async update(key, { changes, onlyIf, returning }) {
      const bindings = collectBindings();
      const expression = updateWith(...changes)(bindings);
      const condition = onlyIf?.(bindings);
      const result = await orConditionFailed(
        client.updateItem({
          TableName: tableName,
          Key: marshall(key),
          UpdateExpression: expression,
          ...(condition !== undefined && { ConditionExpression: condition }),
          ...bound(bindings),
          ...(returning !== undefined && { ReturnValues: returning }),
        }),
      );
      if (result === conditionFailed) return { written: false };
      return { written: true, row: result.Attributes && unmarshall(result.Attributes) };
    },

    async remove(key, onlyIf) {
      const bindings = collectBindings();
      // That of two who delete only one is given the row, DynamoDB Local holds to only under a condition.
      const isThere = Object.keys(key).map(isPresent);
      const condition = allOf(...isThere, ...(onlyIf === undefined ? [] : [onlyIf]))(bindings);
      const result = await orConditionFailed(
        client.deleteItem({
          TableName: tableName,
          Key: marshall(key),
          ReturnValues: 'ALL_OLD',
          ConditionExpression: condition,
          ...bound(bindings),
        }),
      );
      if (result === conditionFailed) return undefined;
      return result.Attributes && unmarshall(result.Attributes);
    },

    async query({ where, limit, from }) {
      const bindings = collectBindings();
      const input: QueryCommandInput = {
        TableName: tableName,
        KeyConditionExpression: where(bindings),
        ...bound(bindings),
        ...(typeof from === 'object' && { IndexName: from.index }),
        ConsistentRead: from === 'table',
      };
      const rows: unknown[] = [];
      let next: QueryCommandInput['ExclusiveStartKey'];
      do {
        const page = await orUnavailable(
          client.query({
            ...input,
            ...(limit !== undefined && { Limit: limit - rows.length }),
            ...(next !== undefined && { ExclusiveStartKey: next }),
          }),
        );
        rows.push(...(page.Items ?? []).map((item) => unmarshall(item)));
        next = page.LastEvaluatedKey;
      } while (next !== undefined && (limit === undefined || rows.length < limit));
      return rows;
    },
  };
}

function toItem(row: Row) {
  return marshall(row, { removeUndefinedValues: true });
}

/** A request without values must not have the field at all. */
function bound({ names, values }: ReturnType<typeof collectBindings>) {
  return {
    ExpressionAttributeNames: { ...names },
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: marshall({ ...values }) }),
  };
}
