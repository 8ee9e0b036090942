import type { ClientId, ConnectionId, PrincipalId } from '../../../protocol/ids.ts';
import type { ClientPlace, Connection, ConnectionState, HowEnded } from '../model/connection.ts';
import type { TokenLife } from '../model/identity.ts';
import type { Due, DueQuery } from './due.ts';

/** A row as its reader saw it. What is conditional on it fails when it was refreshed since, or has another state. */
export type Seen = Pick<Connection, 'connectionId' | 'refreshes' | 'state'>;

/** Rows of sockets. All reads are consistent, but for the two lists. @throws {DependencyUnavailable} */
export type ConnectionStore = {
  create(connection: Connection): Promise<void>;
  get(connectionId: ConnectionId): Promise<Connection | undefined>;
  /** Before a `hello` takes over a client. False when the row is gone or closing. */
  noteReturning(connectionId: ConnectionId, clientId: ClientId): Promise<boolean>;
  /** After `hello`. False when the row is gone or closing. */
  markReady(
    connectionId: ConnectionId,
    change: { client: ClientPlace | undefined; nextDeadlineAt: number },
  ): Promise<boolean>;
  /**
   * Takes `markReady` back: the `hello` did not succeed after all. Without effect when the row is gone or
   * closing; with `epoch` also when another `hello` has made it ready, for a client of another age.
   */
  unmarkReady(connectionId: ConnectionId, change: { nextDeadlineAt: number; epoch?: number }): Promise<void>;
  /** What its holder watches from now on. False when the row is gone or closing. */
  setWatching(connectionId: ConnectionId, topics: readonly string[]): Promise<boolean>;
  /**
   * A new token life. Written only when it does not shorten the one in the row and nobody has begun
   * to close the connection: this condition decides the race against the cleanup (I2, I5). `changed`
   * when it has another state than is given, for which the deadline would not be the right one.
   */
  refresh(
    connectionId: ConnectionId,
    change: {
      token: TokenLife;
      groups: readonly string[];
      state?: ConnectionState;
      nextDeadlineAt: number;
    },
  ): Promise<'refreshed' | 'not_newer' | 'changed' | 'gone'>;
  /**
   * One run announces what is due at `now` to the holder of the row; the others leave it alone until it
   * has settled it, or until `until`, when it must have died. It stays due, so this moves nothing in the
   * index. False when it is not due, not as it was seen, or with another run.
   */
  rest(seen: Seen, when: { now: number; until: number }): Promise<boolean>;
  /** Puts off a row of which nothing is due at `now` after all. False when it is not due, or not as it was seen. */
  putOff(seen: Seen, when: { now: number; until: number }): Promise<boolean>;
  /**
   * What was due until `settledUntil` has been announced. The deadline is written only while the row
   * is as it was seen: a refresh in between has set its own. The row rests no more.
   */
  settle(seen: Seen, change: { settledUntil: number; nextDeadlineAt: number }): Promise<void>;
  /**
   * Begins to close what is due, or goes on with it: only if the row's own deadline has passed at
   * `now` and the row is as it was seen (I6). The row stays, due again at `retryAt`, until `remove`,
   * so that a run that dies half-way is repeated. `how` is kept by whoever comes first.
   */
  beginClosing(seen: Seen, when: { now: number; retryAt: number; how: HowEnded }): Promise<boolean>;
  /**
   * The socket is closed or leaving: marks the row `closing`, due at `retryAt`, whatever its deadline
   * was, and gives it. From here on no refresh and no `hello` succeeds. Undefined when there is none,
   * or when it is `closing` already: then somebody else is about it, and the cleanup after them.
   * With `refreshes` also when it was refreshed since, with a token that was not judged. Without `retryAt` its
   * deadline stays: for a row on which nothing hangs.
   */
  markClosing(
    connectionId: ConnectionId,
    when: { retryAt?: number | undefined; how: HowEnded; refreshes?: number },
  ): Promise<Connection | undefined>;
  /** Deletes the row and gives what it held; undefined when there was none. */
  remove(connectionId: ConnectionId): Promise<Connection | undefined>;
  /** All connections of a user, by an index: what was written within the last moments may be missing. */
  listByPrincipal(principalId: PrincipalId): Promise<readonly ConnectionId[]>;
  due(of: DueQuery): Promise<readonly Due<ConnectionId>[]>;
};
