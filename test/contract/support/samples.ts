import type { ClientSession } from '../../../functions/core/model/client-session.ts';
import type { ClientPlace, Connection, SocketCopy } from '../../../functions/core/model/connection.ts';
import type { RobotSocket } from '../../../functions/core/model/robot-session.ts';
import type { ClientDirectory } from '../../../functions/core/ports/client-directory.ts';
import type { Due, DueQuery } from '../../../functions/core/ports/due.ts';
import type { Watcher } from '../../../functions/core/ports/watch-directory.ts';
import { deadlineShards } from '../../../functions/table-shapes.ts';
import * as ids from '../../../protocol/ids.ts';

/** A moment like any other; cases count from here. */
export const t0 = 1_800_000_000_000;
export const dayMs = 24 * 60 * 60 * 1000;
const endpoint = 'https://abc.execute-api.eu-central-1.amazonaws.com/live';

export const robot = (name: string) => ids.robotId.parse(name);
export const connectionId = (name: string) => ids.connectionId.parse(name);
export const client = (name: string) => ids.clientId.parse(name);
export const session = (name: string) => ids.sessionId.parse(name);
export const principal = (name: string) => ids.principalId.parse(name);
export const holder = principal('3f1c-principal');
/** The client that a connection has become, of its first connection. */
export const placeOf = (name: string, epoch = 1): ClientPlace => ({ clientId: client(name), epoch });

export function robotConnection(name: string, more: Partial<Connection> = {}): Connection {
  return {
    connectionId: connectionId(name),
    endpoint,
    identity: {
      principalId: holder,
      groups: ['robots', 'fleet:demo'],
      kind: 'robot',
      robotId: robot('rover-1'),
    },
    token: { issuedAt: t0 - 1000, expiresAt: t0 + 60_000, signedInAt: t0 - 2000, originJti: 'origin-1' },
    connectedAt: t0,
    state: 'connected',
    watching: [],
    refreshes: 0,
    settledUntil: 0,
    nextDeadlineAt: t0 + 30_000,
    ...more,
  };
}

export function clientConnection(name: string, more: Partial<Connection> = {}): Connection {
  const identity = { principalId: holder, groups: [], kind: 'client' } as const;
  const token = { issuedAt: t0, expiresAt: t0 + 60_000, signedInAt: t0 };
  return { ...robotConnection(name), identity, token, ...more };
}

/** A token that ends later than those above, and the refresh that brings it. */
export const later = {
  issuedAt: t0 + 40_000,
  expiresAt: t0 + 100_000,
  signedInAt: t0 + 39_000,
  originJti: 'origin-2',
};
export const refreshed = { token: later, groups: ['robots', 'fleet:new'], nextDeadlineAt: t0 + 160_000 };

export function socket(name: string, connectedAt = t0, tokenExpiresAt = t0 + 60_000): RobotSocket {
  return { connectionId: connectionId(name), endpoint, tokenExpiresAt, connectedAt };
}

type Entering = Parameters<ClientDirectory['enter']>[0];

export function watcher(name: string, tokenExpiresAt = t0 + 60_000): Watcher {
  return { ...socketCopy(name, tokenExpiresAt), groups: ['viewers', 'fleet:demo'] };
}

export function socketCopy(name: string, tokenExpiresAt = t0 + 60_000): SocketCopy {
  return { connectionId: connectionId(name), endpoint, tokenExpiresAt };
}

export function clientSession(name: string, more: Partial<ClientSession> = {}): ClientSession {
  return {
    robotId: robot('rover-1'),
    sessionId: session(name),
    clientId: client('client-1'),
    clientEpoch: 1,
    socket: socketCopy('c1'),
    mode: 'control',
    received: { byRobot: 0, byClient: 0 },
    openedAt: t0,
    nextDeadlineAt: t0 + 240_000,
    ...more,
  };
}

/** A client's first `hello`. Its keys are known by their hashes, of which any text will do. */
export function entering(name = 'k', more: Partial<Entering> = {}): Entering {
  return {
    clientId: client(name),
    principalId: holder,
    connectionId: connectionId('c1'),
    keyHash: 'key-1',
    tokenExpiresAt: t0 + 60_000,
    ...more,
  };
}

/** The end of a client's connection; it may come back for two minutes. */
export function leaving(connection: string, resumeEndsAt = t0 + 120_000) {
  return { connectionId: connectionId(connection), resumeEndsAt };
}

type AskDue<Key> = (of: DueQuery) => Promise<readonly Due<Key>[]>;

export const everyShard = Array.from({ length: deadlineShards }, (_, shard) => shard);

/** What is due, shard by shard. */
export function dueByShard<Key>(due: AskDue<Key>, now: number, limit = 1000): Promise<(readonly Key[])[]> {
  return Promise.all(
    everyShard.map(async (shard) => (await due({ shard, now, limit })).map(({ key }) => key)),
  );
}

export async function allDue<Key>(due: AskDue<Key>, now: number): Promise<readonly Key[]> {
  return (await dueByShard(due, now)).flat();
}

/** What is due, with the deadline that it is said to have had. */
export async function allDueSince<Key>(due: AskDue<Key>, now: number): Promise<readonly Due<Key>[]> {
  return (await Promise.all(everyShard.map((shard) => due({ shard, now, limit: 1000 })))).flat();
}

export const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(3, '0')}`);

/** Calls that race, in each order of starting. */
export const bothOrders = [
  { order: 'as listed', race: <A, B>(a: () => Promise<A>, b: () => Promise<B>) => Promise.all([a(), b()]) },
  {
    order: 'the other way round',
    race: async <A, B>(a: () => Promise<A>, b: () => Promise<B>): Promise<[A, B]> => {
      const second = b();
      const first = a();
      return [await first, await second];
    },
  },
] as const;
