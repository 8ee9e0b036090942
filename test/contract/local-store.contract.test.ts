import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoDbConnectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { type LocalStore, localClient, startLocalStore } from '../../local/store/local-store.ts';
import { connectionId, robotConnection } from './support/samples.ts';

let folder: string;
let running: LocalStore[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heliograph-store-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((store) => store.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<Parameters<typeof startLocalStore>[0]> = {}) {
  const store = await startLocalStore({ port: 0, ...options });
  running.push(store);
  return store;
}

async function stop(store: LocalStore) {
  running = running.filter((each) => each !== store);
  await store.close();
}

async function withConnections<T>(
  { endpoint, tableNames }: LocalStore,
  use: (store: ReturnType<typeof dynamoDbConnectionStore>) => Promise<T>,
): Promise<T> {
  const client = localClient(endpoint);
  try {
    return await use(dynamoDbConnectionStore({ client, tableName: tableNames.connections }));
  } finally {
    client.destroy();
  }
}

describe('the embedded store', () => {
  it('listens on the loopback only, with every table ready for use', async () => {
    const store = await start();
    expect(store.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(store.tableNames.robotSessions).toBe('heliograph-local-robot-sessions');
    await withConnections(store, async (connections) => {
      await connections.create(robotConnection('a'));
      expect(await connections.get(connectionId('a'))).toEqual(robotConnection('a'));
    });
  });

  it('says which port is taken and what to do', async () => {
    const { endpoint } = await start();
    const port = Number(new URL(endpoint).port);
    await expect(startLocalStore({ port })).rejects.toThrow(
      new RegExp(`port ${port} on 127\\.0\\.0\\.1 is already in use.*--port`),
    );
  });

  it('gives its port back when it is closed', async () => {
    const first = await start();
    const port = Number(new URL(first.endpoint).port);
    await stop(first);
    await start({ port });
  });

  it('keeps its rows in a folder, if it is given one', async () => {
    const first = await start({ path: folder });
    await withConnections(first, (connections) => connections.create(robotConnection('a')));
    await stop(first);
    const second = await start({ path: folder });
    await withConnections(second, async (connections) => {
      expect(await connections.get(connectionId('a'))).toEqual(robotConnection('a'));
    });
  });

  it('says who uses the folder, instead of bringing the process down', async () => {
    await start({ path: folder });
    await expect(startLocalStore({ port: 0, path: folder })).rejects.toThrow(
      new RegExp(`process ${process.pid} is using it.*--data-dir`),
    );
  });

  it.each([
    ['has died', 2 ** 30],
    ['had this one’s pid, as in a restarted container', process.pid],
  ])('takes over a folder whose process %s', async (_, pid) => {
    await writeFile(join(folder, 'heliograph.pid'), String(pid));
    await start({ path: folder });
  });

  it('gives the folder back when it cannot have its port', async () => {
    const { endpoint } = await start();
    await expect(startLocalStore({ port: Number(new URL(endpoint).port), path: folder })).rejects.toThrow();
    await start({ path: folder });
  });

  it('says so when the folder cannot be made', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(startLocalStore({ port: 0, path: join(file, 'data') })).rejects.toThrow(
      /cannot keep its rows in/,
    );
  });
});
