import type { ClientSession } from '../../../functions/core/model/client-session.ts';
import type { Connection } from '../../../functions/core/model/connection.ts';
import type { RobotSocket } from '../../../functions/core/model/robot-session.ts';
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
const principal = ids.principalId.parse('3f1c-principal');

export function robotConnection(name: string, more: Partial<Connection> = {}): Connection {
  return {
    connectionId: connectionId(name),
    endpoint,
    identity: {
      principalId: principal,
      groups: ['robots', 'fleet:demo'],
      kind: 'robot',
      robotId: robot('rover-1'),
    },
    token: { issuedAt: t0 - 1000, expiresAt: t0 + 60_000, originJti: 'origin-1' },
    connectedAt: t0,
    state: 'connected',
    nextDeadlineAt: t0 + 30_000,
    ...more,
  };
}

export function clientConnection(name: string, more: Partial<Connection> = {}): Connection {
  const identity = { principalId: principal, groups: [], kind: 'client' } as const;
  return { ...robotConnection(name), identity, token: { issuedAt: t0, expiresAt: t0 + 60_000 }, ...more };
}

export function socket(name: string, connectedAt = t0, tokenExpiresAt = t0 + 60_000): RobotSocket {
  return { connectionId: connectionId(name), endpoint, tokenExpiresAt, connectedAt };
}

export function clientSession(name: string, more: Partial<ClientSession> = {}): ClientSession {
  return {
    robotId: robot('rover-1'),
    sessionId: session(name),
    clientId: client('client-1'),
    socket: { connectionId: connectionId('c1'), endpoint, tokenExpiresAt: t0 + 60_000 },
    mode: 'control',
    openedAt: t0,
    nextDeadlineAt: t0 + 240_000,
    ...more,
  };
}

type Due<Key> = (of: { shard: number; now: number; limit: number }) => Promise<readonly Key[]>;

export const everyShard = Array.from({ length: deadlineShards }, (_, shard) => shard);

/** What is due, shard by shard. */
export function dueByShard<Key>(due: Due<Key>, now: number, limit = 1000): Promise<(readonly Key[])[]> {
  return Promise.all(everyShard.map((shard) => due({ shard, now, limit })));
}

export async function allDue<Key>(due: Due<Key>, now: number): Promise<readonly Key[]> {
  return (await dueByShard(due, now)).flat();
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
