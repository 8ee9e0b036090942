import { BatchWriteItemCommand, type DynamoDB, paginateScan } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { dynamoDbClientDirectory } from '../../functions/adapters/dynamodb/client-directory.ts';
import { dynamoDbClientSessionStore } from '../../functions/adapters/dynamodb/client-session-store.ts';
import { fromConnection } from '../../functions/adapters/dynamodb/connection-row.ts';
import { dynamoDbConnectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { dynamoDbRobotSessionStore } from '../../functions/adapters/dynamodb/robot-session-store.ts';
import { dynamoDbWatchDirectory } from '../../functions/adapters/dynamodb/watch-directory.ts';
import { randomIds } from '../../functions/adapters/runtime/random-ids.ts';
import { connectionDeadline } from '../../functions/core/model/connection-deadline.ts';
import { runCleanup } from '../../functions/core/use-cases/cleanup.ts';
import { deadlineShards } from '../../functions/table-shapes.ts';
import { type LocalStore, localClient, startLocalStore } from '../../local/store/local-store.ts';
import { connectionId, principalId, robotId } from '../../protocol/ids.ts';
import { makeTokenPolicy } from '../../protocol/token-policy.ts';
import { rounded, timed } from '../statistics.ts';

export type CleanupRun = {
  readonly rows: number;
  readonly due: number;
  readonly done: number;
  readonly requests: number;
  /** Of indexes and tables, each time one was returned or looked at. */
  readonly itemsRead: number;
  readonly tookMs: number;
  /** The same found by a Scan: what the systems do that there are. */
  readonly scanItemsRead: number;
  readonly scanTookMs: number;
};
export type CleanupResult = { readonly runs: readonly CleanupRun[] };

const t0 = 1_800_000_000_000;
const minuteMs = 60_000;
const due = 50;
const policy = makeTokenPolicy({});

function connection(at: number, isDue: boolean) {
  const token = { issuedAt: t0, expiresAt: t0 + (isDue ? 20 : 240) * minuteMs, signedInAt: t0 };
  const made = {
    connectionId: connectionId.parse(`connection-${at}`),
    endpoint: 'http://127.0.0.1:9/local',
    identity: {
      principalId: principalId.parse(`principal-${at}`),
      groups: ['robots', 'fleet:bench'],
      kind: 'robot' as const,
      robotId: robotId.parse(`robot-${at}`),
    },
    token,
    connectedAt: t0,
    state: 'ready' as const,
    watching: [],
    refreshes: 0,
    settledUntil: 0,
    nextDeadlineAt: 0,
  };
  return { ...made, nextDeadlineAt: connectionDeadline(policy, made) };
}

async function fill(client: DynamoDB, table: string, from: number, to: number): Promise<void> {
  const perRequest = 25;
  const requestsAtOnce = 8;
  for (let at = from; at < to; at += perRequest * requestsAtOnce) {
    await Promise.all(
      Array.from({ length: requestsAtOnce }, (_, request) => {
        const first = at + request * perRequest;
        const items = Array.from({ length: Math.min(perRequest, to - first) }, (_, i) => {
          const row = connection(first + i, first + i < due);
          const Item = marshall(
            { connectionId: row.connectionId, ...fromConnection(row) },
            { removeUndefinedValues: true },
          );
          return { PutRequest: { Item } };
        });
        if (items.length === 0) return undefined;
        return client.send(new BatchWriteItemCommand({ RequestItems: { [table]: items } }));
      }),
    );
  }
}

/** Counts requests, and items as often as one was returned or looked at. */
function counting(client: DynamoDB) {
  const counts = { requests: 0, itemsRead: 0 };
  const send = async (command: Parameters<DynamoDB['send']>[0]) => {
    counts.requests += 1;
    const answer: object = await client.send(command);
    if ('ScannedCount' in answer) counts.itemsRead += Number(answer.ScannedCount);
    if ('Item' in answer && answer.Item !== undefined) counts.itemsRead += 1;
    return answer;
  };
  // Its methods send by `send`.
  const counted: DynamoDB = Object.create(client, { send: { value: send } });
  return { counts, client: counted };
}

async function runOn(store: LocalStore, client: DynamoDB, rows: number, now: number): Promise<CleanupRun> {
  const { counts, client: counted } = counting(client);
  const on = (table: keyof LocalStore['tableNames']) => ({
    client: counted,
    tableName: store.tableNames[table],
  });
  const deps = {
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
      post: async () => 'delivered' as const,
      find: async () => 'open' as const,
      close: async () => 'closed' as const,
    },
  };
  let done = 0;
  const tookMs = await timed(async () => {
    const report = await runCleanup(deps, { endBy: now + 50_000, batch: 50 });
    done = report.announced;
    if (report.failed > 0) throw new Error(`${report.failed} items failed`);
  });
  const cleanup = { requests: counts.requests, itemsRead: counts.itemsRead };
  let scanItemsRead = 0;
  const scanTookMs = await timed(async () => {
    for await (const page of paginateScan({ client }, { TableName: store.tableNames.connections })) {
      scanItemsRead += page.ScannedCount ?? 0;
    }
  });
  return {
    rows,
    due,
    done,
    ...cleanup,
    tookMs: rounded(tookMs, 1),
    scanItemsRead,
    scanTookMs: rounded(scanTookMs, 1),
  };
}

/** Each step in a store of its own, so that the same rows are due in each. */
export async function measureCleanup({
  quick,
  million,
}: {
  quick: boolean;
  million: boolean;
}): Promise<CleanupResult> {
  const steps = [1_000, 10_000, ...(quick ? [] : [100_000]), ...(million ? [1_000_000] : [])];
  const runs: CleanupRun[] = [];
  for (const rows of steps) {
    const store = await startLocalStore({ port: 0 });
    const client = localClient(store.endpoint);
    try {
      await fill(client, store.tableNames.connections, 0, rows);
      runs.push(await runOn(store, client, rows, t0 + 10 * minuteMs));
    } finally {
      client.destroy();
      await store.close();
    }
  }
  return { runs };
}
