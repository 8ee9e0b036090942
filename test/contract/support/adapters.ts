import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, type DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { dynamoDbClientDirectory } from '../../../functions/adapters/dynamodb/client-directory.ts';
import { dynamoDbClientSessionStore } from '../../../functions/adapters/dynamodb/client-session-store.ts';
import { dynamoDbConnectionStore } from '../../../functions/adapters/dynamodb/connection-store.ts';
import { dynamoDbFleetDirectory } from '../../../functions/adapters/dynamodb/fleet-directory.ts';
import { dynamoDbRevocationStore } from '../../../functions/adapters/dynamodb/revocation-store.ts';
import { dynamoDbRobotSessionStore } from '../../../functions/adapters/dynamodb/robot-session-store.ts';
import { dynamoDbSignalPath } from '../../../functions/adapters/dynamodb/signal-path.ts';
import type { StoreClient } from '../../../functions/adapters/dynamodb/store-client.ts';
import { dynamoDbWatchDirectory } from '../../../functions/adapters/dynamodb/watch-directory.ts';
import { memoryClientDirectory } from '../../../functions/adapters/memory/client-directory.ts';
import { memoryClientSessionStore } from '../../../functions/adapters/memory/client-session-store.ts';
import { memoryConnectionStore } from '../../../functions/adapters/memory/connection-store.ts';
import { memoryFleetDirectory } from '../../../functions/adapters/memory/fleet-directory.ts';
import { memoryState } from '../../../functions/adapters/memory/memory-state.ts';
import { memoryRevocationStore } from '../../../functions/adapters/memory/revocation-store.ts';
import { memoryRobotSessionStore } from '../../../functions/adapters/memory/robot-session-store.ts';
import { memorySignalPath } from '../../../functions/adapters/memory/signal-path.ts';
import { memoryWatchDirectory } from '../../../functions/adapters/memory/watch-directory.ts';
import type { Connection } from '../../../functions/core/model/connection.ts';
import type { ClientDirectory } from '../../../functions/core/ports/client-directory.ts';
import type { ClientSessionStore } from '../../../functions/core/ports/client-session-store.ts';
import type { ConnectionStore } from '../../../functions/core/ports/connection-store.ts';
import type { FleetDirectory } from '../../../functions/core/ports/fleet-directory.ts';
import type { RevocationStore } from '../../../functions/core/ports/revocation-store.ts';
import type { RobotSessionStore } from '../../../functions/core/ports/robot-session-store.ts';
import type { SignalPath } from '../../../functions/core/ports/signal-path.ts';
import type { WatchDirectory } from '../../../functions/core/ports/watch-directory.ts';
import { createTables, type TableNames } from '../../../local/store/create-tables.ts';
import { localClient, startLocalStore } from '../../../local/store/local-store.ts';
import type { ConnectionId } from '../../../protocol/ids.ts';
import { signedClient } from './signed-client.ts';

export type Stores = {
  readonly connections: ConnectionStore;
  readonly robots: RobotSessionStore;
  readonly sessions: ClientSessionStore;
  readonly signalPath: SignalPath;
  readonly clients: ClientDirectory;
  readonly fleets: FleetDirectory;
  readonly watches: WatchDirectory;
  readonly revocations: RevocationStore;
};

/** `client` is the SDK's, for looking at what lies there; `endpoint` is where it asks. */
export type Database = {
  readonly client: DynamoDB;
  readonly endpoint: string;
  readonly tableNames: TableNames;
};
export type StoreAccess = { readonly client: StoreClient; readonly tableNames: TableNames };

/** Opened once a suite; each case gets stores that hold nothing. */
type Opened<T> = { fresh(): Promise<T>; close(): Promise<void> };
type Adapter<T> = { readonly name: string; open(): Promise<Opened<T>> };

const localEndpointVariable = 'HELIOGRAPH_DYNAMODB_LOCAL';
const localEndpoint = process.env[localEndpointVariable];

const dynalite: Adapter<Database> = {
  name: 'dynalite',
  async open() {
    const store = await startLocalStore({ port: 0 });
    const client = localClient(store.endpoint);
    return {
      fresh: () => freshDatabase(client, store.endpoint),
      async close() {
        client.destroy();
        await store.close();
      },
    };
  },
};

const dynamoDbLocal = (endpoint: string): Adapter<Database> => ({
  name: 'DynamoDB Local',
  async open() {
    const client = localClient(endpoint);
    const made: string[] = [];
    return {
      async fresh() {
        const database = await freshDatabase(client, endpoint);
        made.push(...Object.values(database.tableNames));
        return database;
      },
      async close() {
        for (const TableName of made) await client.send(new DeleteTableCommand({ TableName }));
        client.destroy();
      },
    };
  },
});

const databases = localEndpoint === undefined ? [dynalite] : [dynalite, dynamoDbLocal(localEndpoint)];

const memory: Adapter<Stores> = {
  name: 'memory',
  open: async () => ({ fresh: async () => memoryStores(), close: async () => {} }),
};

const everyAdapter: readonly Adapter<Stores>[] = [
  memory,
  ...databases.flatMap((database) => [
    onDatabase(database, 'by the SDK', ({ client }) => client),
    onDatabase(database, 'by signed requests', ({ endpoint }) => signedClient(endpoint)),
  ]),
];

function onDatabase(
  { name, open }: Adapter<Database>,
  how: string,
  clientOf: (database: Database) => StoreClient,
): Adapter<Stores> {
  return {
    name: `${name} ${how}`,
    async open() {
      const opened = await open();
      const fresh = async () => {
        const database = await opened.fresh();
        return dynamoDbStores({ client: clientOf(database), tableNames: database.tableNames });
      };
      return { ...opened, fresh };
    },
  };
}

export const adapterNames = everyAdapter.map(({ name }) => name);

/** Adapters that this run does not have, with what would bring them in. */
export const leftOut =
  localEndpoint === undefined
    ? [{ name: 'DynamoDB Local', because: `${localEndpointVariable} names no endpoint` }]
    : [];

/** Runs the cases of one port on every adapter: what holds for one must hold for all. */
export function onEveryAdapter(port: string, cases: (stores: () => Stores) => void): void {
  runOn(port, everyAdapter, cases);
}

/** Cases about the rows themselves, for the adapters that have a database. */
export function onEveryDatabase(subject: string, cases: (database: () => Database) => void): void {
  runOn(subject, databases, cases);
}

function runOn<T>(subject: string, adapters: readonly Adapter<T>[], cases: (fixture: () => T) => void): void {
  describe.each(adapters)(`${subject} on $name`, (adapter) => {
    let opened: Opened<T>;
    let fixture: T;
    beforeAll(async () => {
      opened = await adapter.open();
    });
    beforeEach(async () => {
      fixture = await opened.fresh();
    });
    afterAll(() => opened.close());
    cases(() => fixture);
  });
  for (const { name, because } of leftOut) it.skip(`${subject} on ${name}: left out, ${because}`);
}

async function freshDatabase(client: DynamoDB, endpoint: string): Promise<Database> {
  const run = randomUUID().slice(0, 8);
  const tableNames = {
    connections: `contract-${run}-connections`,
    robotSessions: `contract-${run}-robot-sessions`,
    clientSessions: `contract-${run}-client-sessions`,
    directory: `contract-${run}-directory`,
  };
  await createTables(client, tableNames);
  return { client, endpoint, tableNames };
}

export function dynamoDbStores({ client, tableNames }: StoreAccess): Stores {
  return {
    connections: dynamoDbConnectionStore({ client, tableName: tableNames.connections }),
    robots: dynamoDbRobotSessionStore({ client, tableName: tableNames.robotSessions }),
    sessions: dynamoDbClientSessionStore({ client, tableName: tableNames.clientSessions }),
    signalPath: dynamoDbSignalPath({ client, tableNames }),
    clients: dynamoDbClientDirectory({ client, tableName: tableNames.directory }),
    fleets: dynamoDbFleetDirectory({ client, tableName: tableNames.directory }),
    watches: dynamoDbWatchDirectory({ client, tableName: tableNames.directory }),
    revocations: dynamoDbRevocationStore({ client, tableName: tableNames.directory }),
  };
}

/** The connection as it is now, which must be there: what a run of the cleanup would see. */
export async function existing({ connections }: Stores, connectionId: ConnectionId): Promise<Connection> {
  const connection = await connections.get(connectionId);
  if (connection === undefined) throw new Error(`There is no connection ${connectionId}.`);
  return connection;
}

export function memoryStores(): Stores {
  const state = memoryState();
  return {
    connections: memoryConnectionStore(state),
    robots: memoryRobotSessionStore(state),
    sessions: memoryClientSessionStore(state),
    signalPath: memorySignalPath(state),
    clients: memoryClientDirectory(state),
    fleets: memoryFleetDirectory(state),
    watches: memoryWatchDirectory(state),
    revocations: memoryRevocationStore(state),
  };
}
