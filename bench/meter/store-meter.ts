import { DescribeTableCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  type IndexUnderWrite,
  type Item,
  indexWriteUnits,
  itemBytes,
  readUnits,
  type Units,
  writeUnits,
} from './capacity.ts';
import { type Forwarder, passOn, type Request, startForwarder } from './forwarding.ts';

const item = z.record(z.string(), z.unknown());
const keys = z.array(item);
const body = z.object({
  TableName: z.string().optional(),
  Key: item.optional(),
  Item: item.optional(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
  RequestItems: z
    .record(z.string(), z.object({ Keys: keys, ConsistentRead: z.boolean().optional() }))
    .optional(),
});
const answer = z.object({
  Item: item.optional(),
  Items: z.array(item).optional(),
  ScannedCount: z.number().optional(),
  Responses: z.record(z.string(), z.array(item)).optional(),
});

export type StoreCall = { readonly operation: string; readonly units: Units; readonly itemsRead: number };

type Shape = { readonly key: readonly string[]; readonly indexes: readonly IndexUnderWrite[] };

/**
 * Stands before the store, passes everything on, and reckons what each request would cost on AWS. For
 * writes it looks at the item before and after; so it slows down what it measures, and no time is taken
 * through it.
 */
export async function startStoreMeter(
  origin: string,
  client: DynamoDBClient,
): Promise<Forwarder & { take(): StoreCall[] }> {
  const shapes = new Map<string, Promise<Shape>>();
  const shapeOf = (table: string) => {
    const known = shapes.get(table) ?? describe(client, table);
    shapes.set(table, known);
    return known;
  };
  let calls: StoreCall[] = [];

  async function handle(request: Request) {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const asked = body.parse(JSON.parse(request.body.toString() || '{}'));
    if (isWrite(operation)) {
      const table = asked.TableName ?? '';
      const shape = await shapeOf(table);
      const source = asked.Key ?? asked.Item ?? {};
      const key = Object.fromEntries(shape.key.map((name) => [name, source[name]]));
      const before = await look(client, table, key);
      const given = await passOn(origin, request);
      const after = await look(client, table, key);
      const write = shape.indexes.reduce(
        (sum, index) => sum + indexWriteUnits(index, before, after),
        writeUnits(before, after),
      );
      calls.push({ operation, units: { read: 0, write }, itemsRead: 0 });
      return given;
    }
    const given = await passOn(origin, request);
    const found = given.status === 200 ? answer.parse(JSON.parse(given.body.toString())) : {};
    calls.push({ operation, ...readBy(operation, asked, found) });
    return given;
  }
  const forwarder = await startForwarder(handle);
  return {
    ...forwarder,
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

const isWrite = (operation: string) => ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation);

function readBy(operation: string, asked: z.infer<typeof body>, found: z.infer<typeof answer>) {
  const consistent = asked.ConsistentRead ?? false;
  switch (operation) {
    case 'GetItem':
      return { units: { read: readUnits(itemBytes(found.Item), consistent), write: 0 }, itemsRead: 1 };
    case 'Query':
    case 'Scan': {
      const items = found.Items ?? [];
      const bytes = items.reduce((sum, each) => sum + itemBytes(each), 0);
      return {
        units: { read: readUnits(bytes, consistent), write: 0 },
        itemsRead: found.ScannedCount ?? items.length,
      };
    }
    case 'BatchGetItem': {
      // Each item is rounded up by itself, the missing ones too.
      const tables = Object.entries(asked.RequestItems ?? {});
      const read = tables.reduce((sum, [table, of]) => {
        const items = found.Responses?.[table] ?? [];
        const each = [...items.map(itemBytes), ...Array<number>(of.Keys.length - items.length).fill(0)];
        return each.reduce((units, bytes) => units + readUnits(bytes, of.ConsistentRead ?? false), sum);
      }, 0);
      return {
        units: { read, write: 0 },
        itemsRead: tables.reduce((sum, [, of]) => sum + of.Keys.length, 0),
      };
    }
    default:
      throw new Error(`No units are known of ${operation}`);
  }
}

async function describe(client: DynamoDBClient, table: string): Promise<Shape> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const names = (schema: readonly { AttributeName?: string | undefined }[] = []) =>
    schema.flatMap(({ AttributeName }) => (AttributeName === undefined ? [] : [AttributeName]));
  const key = names(Table?.KeySchema);
  const indexes = (Table?.GlobalSecondaryIndexes ?? []).map((index): IndexUnderWrite => {
    const indexKeys = names(index.KeySchema);
    const included = index.Projection?.NonKeyAttributes ?? [];
    const all = index.Projection?.ProjectionType === 'ALL';
    return { keys: indexKeys, projects: all ? 'ALL' : [...new Set([...key, ...indexKeys, ...included])] };
  });
  return { key, indexes };
}

async function look(client: DynamoDBClient, table: string, key: Item): Promise<Item | undefined> {
  // What came as DynamoDB's JSON goes back as such: the SDK takes the same shape.
  const Key = Object.fromEntries(Object.entries(key).map(([name, of]) => [name, attribute.parse(of)]));
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  return Item && item.parse(JSON.parse(JSON.stringify(Item, (_, of) => (of instanceof Set ? [...of] : of))));
}

const attribute = z.union([z.object({ S: z.string() }), z.object({ N: z.string() })]);
