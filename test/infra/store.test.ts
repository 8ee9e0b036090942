import { describe, expect, test } from 'vitest';
import { type TableName, type TableShape, tableNames, tableShapes } from '../../functions/table-shapes.ts';
import { resourcesOf, synthesized, theResource } from './support/synthesized.ts';

const { store } = synthesized();

function table(name: TableName) {
  return theResource(store, 'AWS::DynamoDB::Table', `${name.charAt(0).toUpperCase()}${name.slice(1)}Table`);
}

describe('the store', () => {
  test('has the tables of the shapes, and none else', () => {
    expect(resourcesOf(store, 'AWS::DynamoDB::Table')).toHaveLength(tableNames.length);
    expect(tableNames.map((name) => table(name).Type)).toEqual(tableNames.map(() => 'AWS::DynamoDB::Table'));
  });

  test.each(tableNames)('%s is encrypted, paid by use, expires by ttl and goes with its stack', (name) => {
    const { Properties, DeletionPolicy } = table(name);
    expect(Properties).toMatchObject({
      SSESpecification: { SSEEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    expect(Properties.ProvisionedThroughput).toBeUndefined();
    expect(DeletionPolicy).toBe('Delete');
  });

  test.each(tableNames)('%s has the keys and indexes of its shape', (name) => {
    const shape: TableShape = tableShapes[name];
    const keys = (partition: string, sort: string | undefined) => [
      { AttributeName: partition, KeyType: 'HASH' },
      ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
    ];
    const { Properties } = table(name);
    expect(Properties.KeySchema).toEqual(keys(shape.partitionKey.name, shape.sortKey?.name));
    expect(Properties.GlobalSecondaryIndexes ?? []).toEqual(
      shape.indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keys(index.partitionKey.name, index.sortKey.name),
        Projection:
          index.include === undefined
            ? { ProjectionType: 'KEYS_ONLY' }
            : { ProjectionType: 'INCLUDE', NonKeyAttributes: index.include },
      })),
    );
  });

  test('every deadline index is spread over shards, by number', () => {
    for (const name of ['connections', 'robotSessions', 'clientSessions'] as const) {
      expect(table(name).Properties.AttributeDefinitions).toEqual(
        expect.arrayContaining([
          { AttributeName: 'deadlineShard', AttributeType: 'N' },
          { AttributeName: 'nextDeadlineAt', AttributeType: 'N' },
        ]),
      );
    }
  });
});
