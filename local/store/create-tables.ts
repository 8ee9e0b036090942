import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import {
  type KeyAttribute,
  tableNames as logicalNames,
  type TableName,
  type TableShape,
  tableShapes,
} from '../../functions/table-shapes.ts';

/** What each table is called in one store. */
export type TableNames = Readonly<Record<TableName, string>>;

const pollMs = 5;

/** Creates the tables that are not there yet, and waits until all can be used. */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  await Promise.all(logicalNames.map((name) => createTable(client, names[name], tableShapes[name])));
}

async function createTable(client: DynamoDBClient, tableName: string, shape: TableShape): Promise<void> {
  try {
    await client.send(new CreateTableCommand(definitionOf(tableName, shape)));
  } catch (failure) {
    if (!(failure instanceof ResourceInUseException)) throw failure;
  }
  const indexes = await indexesOnceActive(client, tableName);
  const missing = shape.indexes.find(({ name }) => !indexes.includes(name));
  if (missing !== undefined) {
    throw new Error(
      `Table ${tableName} of the local store was made by another version: it lacks the index ${missing.name}. Delete the data folder, or choose another with --data-dir.`,
    );
  }
}

async function indexesOnceActive(client: DynamoDBClient, tableName: string): Promise<(string | undefined)[]> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    const isActive =
      Table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE');
    if (isActive) return indexes.map(({ IndexName }) => IndexName);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function definitionOf(tableName: string, shape: TableShape) {
  const { partitionKey, sortKey, indexes } = shape;
  const attributes = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])].concat(
    indexes.flatMap((index) => [index.partitionKey, index.sortKey]),
  );
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: attributeDefinitions(attributes),
    KeySchema: keySchema(partitionKey, sortKey),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index.partitionKey, index.sortKey),
        Projection:
          index.include === undefined
            ? { ProjectionType: 'KEYS_ONLY' as const }
            : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.include] },
      })),
    }),
  };
}

/** Each attribute once, although an index may share one with the table. */
function attributeDefinitions(attributes: readonly KeyAttribute[]): AttributeDefinition[] {
  const types = new Map(attributes.map(({ name, type }) => [name, type]));
  return [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type }));
}

function keySchema(partitionKey: KeyAttribute, sortKey: KeyAttribute | undefined): KeySchemaElement[] {
  const partition: KeySchemaElement = { AttributeName: partitionKey.name, KeyType: 'HASH' };
  return sortKey === undefined ? [partition] : [partition, { AttributeName: sortKey.name, KeyType: 'RANGE' }];
}
