import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'vitest';
import type { TableName } from '../../../functions/table-shapes.ts';
import type { Database } from './adapters.ts';
import { dayMs, everyShard } from './samples.ts';

export const ttlOf = (deadline: number) => Math.ceil((deadline + dayMs) / 1000);

/** Rows as they lie there. Only a test may scan. */
export async function rowsOf({ client: dynamoDb, tableNames }: Database, table: TableName) {
  const { Items } = await dynamoDb.send(new ScanCommand({ TableName: tableNames[table] }));
  return (Items ?? []).map((item) => unmarshall(item));
}

export async function onlyRowOf(database: Database, table: TableName) {
  const rows = await rowsOf(database, table);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

export async function indexed({ client: dynamoDb, tableNames }: Database, table: TableName) {
  const pages = await Promise.all(
    everyShard.map((shard) =>
      dynamoDb.send(
        new QueryCommand({
          TableName: tableNames[table],
          IndexName: 'byDeadline',
          KeyConditionExpression: 'deadlineShard = :shard',
          ExpressionAttributeValues: { ':shard': { N: String(shard) } },
        }),
      ),
    ),
  );
  return pages.flatMap(({ Items }) => Items ?? []);
}
