import { once } from 'node:events';
import type { Server } from 'node:http';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createTables, type TableNames } from './create-tables.ts';
import { takeDataFolder } from './data-folder.ts';

export type LocalStoreOptions = {
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
  readonly tableNames?: TableNames;
  /** Folder that keeps the rows; in memory without. */
  readonly path?: string;
};

export type LocalStore = {
  /** For the SDK's `endpoint`. */
  readonly endpoint: string;
  readonly tableNames: TableNames;
  close(): Promise<void>;
};

export const localTableNames: TableNames = {
  connections: 'heliograph-local-connections',
  robotSessions: 'heliograph-local-robot-sessions',
  clientSessions: 'heliograph-local-client-sessions',
  directory: 'heliograph-local-directory',
};

const sweepMs = 5;
const patienceMs = 2000;

/**
 * Starts the embedded DynamoDB-compatible store in this process, with all tables.
 *
 * @throws {Error} naming the port or the folder that it cannot have, and what to do.
 */
export async function startLocalStore(options: LocalStoreOptions): Promise<LocalStore> {
  const { port, host = '127.0.0.1', tableNames = localTableNames, path } = options;
  const giveUpFolder = path === undefined ? () => {} : takeDataFolder(path);
  const immediately = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  try {
    const server = dynalite({ ...immediately, ...(path !== undefined && { path }) });
    await listen(server, { host, port });
    const stop = () => close(server).finally(giveUpFolder);
    const endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server) ?? port}`;
    await withTables(endpoint, tableNames, stop);
    return { endpoint, tableNames, close: stop };
  } catch (failure) {
    giveUpFolder();
    throw failure;
  }
}

async function withTables(endpoint: string, tableNames: TableNames, stop: () => Promise<void>) {
  const client = localClient(endpoint);
  try {
    await createTables(client, tableNames);
  } catch (failure) {
    await stop();
    throw failure;
  } finally {
    client.destroy();
  }
}

/** For the stores, and for whoever looks into them. The store checks no signature, but the SDK insists on something to sign with. */
export function localClient(endpoint: string): DynamoDB {
  return new DynamoDB({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    await closeUnheard(server);
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const reason =
      code === 'EADDRINUSE'
        ? `port ${port} on ${host} is already in use. Stop what listens there (\`lsof -i :${port}\` names it) or choose another port (\`--port\` moves the whole local stack).`
        : `it cannot listen on port ${port} of ${host} (${code}). Choose another host or port.`;
    throw Object.assign(new Error(`The local store cannot start: ${reason}`, { cause }), { code });
  }
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

/**
 * Lets the requests that are being worked on finish: dynalite throws, uncaught, what comes to a
 * database that is closed. Kept-alive connections of SDK clients would hold the port for seconds.
 */
function close(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  const patience = setTimeout(() => server.closeAllConnections(), patienceMs);
  return new Promise<void>((resolve, reject) => {
    server.close((failure) => (failure ? reject(failure) : resolve()));
  }).finally(() => {
    clearInterval(sweep);
    clearTimeout(patience);
  });
}

/** dynalite closes its database with the server, and a server closes only if it listens. */
async function closeUnheard(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await close(server);
}
