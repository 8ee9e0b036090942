import type { ClientId, ConnectionId, PrincipalId, RobotId } from '../../../protocol/ids.ts';
import { type ClientSession, placeOf, type SessionKey } from '../../core/model/client-session.ts';
import type { Connection } from '../../core/model/connection.ts';
import type { Revocation } from '../../core/model/revocation.ts';
import type { RobotArrival } from '../../core/model/robot-arrival.ts';
import type { RobotSession } from '../../core/model/robot-session.ts';
import type { Arrival } from '../../core/ports/client-directory.ts';
import type { Due, DueQuery } from '../../core/ports/due.ts';
import type { Watcher } from '../../core/ports/watch-directory.ts';

/** What all the stores in memory share, as the real ones share a database. Rows are replaced, never changed. */
export type MemoryState = {
  readonly connections: Map<ConnectionId, Connection>;
  readonly robots: Map<RobotId, RobotSession>;
  /** When robots that are offline and not settled are due. */
  readonly unsettled: Map<RobotId, number>;
  readonly arrivals: Map<RobotId, RobotArrival>;
  /** By their place: one at a time in each. */
  readonly sessions: Map<string, ClientSession>;
  readonly clients: Map<ClientId, MemoryClient>;
  /** Sockets that watch, by topic and connection. */
  readonly watchers: Map<string, ReadonlyMap<ConnectionId, Watcher>>;
  readonly revoked: Map<PrincipalId, Omit<Revocation, 'signInRevoked'>>;
  readonly revokedSignIns: Set<string>;
  /** Robots by fleet; under `undefined`, all. */
  readonly fleets: Map<string | undefined, ReadonlySet<RobotId>>;
};

export type MemoryClient = {
  readonly principalId: PrincipalId;
  readonly epoch: number;
  /** The last two keys by which it may come back. */
  readonly keyHashes: readonly string[];
  /** The one that it is on, or the one that it was detached from; never both. */
  readonly connectionId?: ConnectionId;
  readonly detachedFrom?: ConnectionId;
  readonly resumeEndsAt?: number;
  /** Until its take-over has been told. */
  readonly arrival?: Arrival;
  readonly cameBack?: boolean;
  readonly sessions: ReadonlyMap<string, SessionKey>;
};

export function memoryState(): MemoryState {
  return {
    connections: new Map(),
    robots: new Map(),
    unsettled: new Map(),
    arrivals: new Map(),
    sessions: new Map(),
    clients: new Map(),
    watchers: new Map(),
    revoked: new Map(),
    revokedSignIns: new Set(),
    fleets: new Map(),
  };
}

/** The session id first: it cannot hold a `#`, a robot's id can. */
export function sessionName({ robotId, sessionId }: SessionKey): string {
  return `${sessionId}#${robotId}`;
}

export function placeName({ robotId, sessionId }: SessionKey): string {
  return `${placeOf(sessionId)}#${robotId}`;
}

/**
 * A call to a database: the request takes a while, is applied at one moment, and its answer takes a
 * while. So two calls that race interleave in tests as they do in life.
 */
export async function called<T>(apply: () => T): Promise<T> {
  await Promise.resolve();
  const answer = apply();
  await Promise.resolve();
  return answer;
}

/** What is due in one shard, soonest first. */
export function dueIn<Row, Key>(
  rows: Iterable<Row>,
  by: {
    keyOf: (row: Row) => Key;
    shardOf: (row: Row) => number;
    deadlineOf: (row: Row) => number | undefined;
  },
  of: DueQuery,
): readonly Due<Key>[] {
  return [...rows]
    .filter((row) => by.shardOf(row) === of.shard)
    .map((row) => ({ key: by.keyOf(row), dueAt: by.deadlineOf(row) ?? Number.POSITIVE_INFINITY }))
    .filter(({ dueAt }) => dueAt <= of.now)
    .sort((one, other) => one.dueAt - other.dueAt)
    .slice(0, of.limit);
}
