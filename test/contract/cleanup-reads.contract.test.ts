import { BatchWriteItemCommand, type DynamoDB } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoDbClientDirectory } from '../../functions/adapters/dynamodb/client-directory.ts';
import { dynamoDbClientSessionStore } from '../../functions/adapters/dynamodb/client-session-store.ts';
import { fromConnection } from '../../functions/adapters/dynamodb/connection-row.ts';
import { dynamoDbConnectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { dynamoDbRobotSessionStore } from '../../functions/adapters/dynamodb/robot-session-store.ts';
import { dynamoDbWatchDirectory } from '../../functions/adapters/dynamodb/watch-directory.ts';
import { randomIds } from '../../functions/adapters/runtime/random-ids.ts';
import { connectionDeadline } from '../../functions/core/model/connection-deadline.ts';
import { type CleanupDeps, runCleanup } from '../../functions/core/use-cases/cleanup.ts';
import { deadlineShards } from '../../functions/table-shapes.ts';
import { type LocalStore, localClient, startLocalStore } from '../../local/store/local-store.ts';
import { makeTokenPolicy } from '../../protocol/token-policy.ts';
import { robotConnection, t0 } from './support/samples.ts';

const rows = 10_000;
const dueRows = 50;
const minuteMs = 60_000;
const policy = makeTokenPolicy();
/** Three tables, each with its index. */
const emptyQueries = 3 * deadlineShards;

/** Counts what is asked of the database, and the rows that it had to look at. */
function counting(client: DynamoDB) {
  const commands: string[] = [];
  let rowsRead = 0;
  const send = async (command: Parameters<DynamoDB['send']>[0]) => {
    commands.push(command.constructor.name.replace('Command', ''));
    const answer: object = await client.send(command);
    if ('ScannedCount' in answer) rowsRead += Number(answer.ScannedCount);
    if ('Item' in answer && answer.Item !== undefined) rowsRead += 1;
    return answer;
  };
  // Its methods send by `send`.
  const counted: DynamoDB = Object.create(client, { send: { value: send } });
  return {
    client: counted,
    count: (name: string) => commands.filter((command) => command === name).length,
    rowsRead: () => rowsRead,
    names: () => new Set(commands),
  };
}

/** All of one moment, but for those whose token is to be warned of by now. */
function connections() {
  return Array.from({ length: rows }, (_, i) => {
    const isDue = i < dueRows;
    const lifeMs = isDue ? 20 * minuteMs : 4 * 60 * minuteMs;
    const token = { issuedAt: t0, expiresAt: t0 + lifeMs, signedInAt: t0 };
    const connection = robotConnection(`c${i}`, { state: 'ready', token, connectedAt: t0 });
    return { ...connection, nextDeadlineAt: connectionDeadline(policy, connection) };
  });
}

describe(`I6: of ${rows} connections of which ${dueRows} are due`, () => {
  let store: LocalStore;
  let client: DynamoDB;
  let counted: ReturnType<typeof counting>;
  let posts = 0;

  beforeAll(async () => {
    store = await startLocalStore({ port: 0 });
    client = localClient(store.endpoint);
    const items = connections().map((connection) =>
      marshall(
        { connectionId: connection.connectionId, ...fromConnection(connection) },
        { removeUndefinedValues: true },
      ),
    );
    while (items.length > 0) {
      const requests = items.splice(0, 25).map((Item) => ({ PutRequest: { Item } }));
      await client.send(
        new BatchWriteItemCommand({ RequestItems: { [store.tableNames.connections]: requests } }),
      );
    }
  }, 120_000);
  afterAll(async () => {
    client.destroy();
    await store.close();
  });
  beforeEach(() => {
    counted = counting(client);
    posts = 0;
  });

  function depsAt(now: number): CleanupDeps {
    const on = (table: keyof LocalStore['tableNames']) => ({
      client: counted.client,
      tableName: store.tableNames[table],
    });
    return {
      policy,
      deadlineShards,
      ids: randomIds,
      clock: { now: () => now },
      lifeLog: { note: () => undefined },
      connections: dynamoDbConnectionStore(on('connections')),
      robots: dynamoDbRobotSessionStore(on('robotSessions')),
      sessions: dynamoDbClientSessionStore(on('clientSessions')),
      clients: dynamoDbClientDirectory(on('directory')),
      watches: dynamoDbWatchDirectory(on('directory')),
      peers: {
        post: async () => {
          posts += 1;
          return 'delivered';
        },
        find: async () => 'open',
        close: async () => 'closed',
      },
    };
  }
  const run = (now: number) => runCleanup(depsAt(now), { endBy: now + 50_000, batch: 50 });

  it('with none due, a run queries each shard once and reads no row', async () => {
    expect(await run(t0 + minuteMs)).toMatchObject({ announced: 0, more: false });
    expect(counted.count('Query')).toBe(emptyQueries);
    expect(counted.rowsRead()).toBe(0);
    expect([...counted.names()]).toEqual(['Query']);
  });

  it('a run reads each of those that are due once, and nothing else', async () => {
    expect(await run(t0 + 10 * minuteMs)).toMatchObject({ announced: dueRows, failed: 0, more: false });
    expect(posts).toBe(dueRows);
    expect(counted.count('Query')).toBe(emptyQueries);
    expect(counted.count('GetItem')).toBe(dueRows);
    // Each key once from the index, each row once from the table.
    expect(counted.rowsRead()).toBe(2 * dueRows);
    // Put off while it is told, then settled.
    expect(counted.count('UpdateItem')).toBe(2 * dueRows);
    expect(counted.names().has('Scan')).toBe(false);
  });

  it('and the next run of the same moment finds nothing to do', async () => {
    expect(await run(t0 + 10 * minuteMs)).toMatchObject({ announced: 0, checked: 0, more: false });
    expect(counted.rowsRead()).toBe(0);
  });
});
