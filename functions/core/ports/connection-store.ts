import type { ClientId, ConnectionId } from '../../../protocol/ids.ts';
import type { Connection } from '../model/connection.ts';
import type { TokenLife } from '../model/identity.ts';

/** Rows of sockets. All reads are consistent. @throws {DependencyUnavailable} */
export type ConnectionStore = {
  create(connection: Connection): Promise<void>;
  get(connectionId: ConnectionId): Promise<Connection | undefined>;
  /** After `hello`. False when the row is gone or closing. */
  markReady(
    connectionId: ConnectionId,
    change: { clientId: ClientId | undefined; nextDeadlineAt: number },
  ): Promise<boolean>;
  /** Takes `markReady` back: the `hello` did not succeed after all. Without effect when the row is gone or closing. */
  unmarkReady(connectionId: ConnectionId, change: { nextDeadlineAt: number }): Promise<void>;
  /**
   * A new token life. Written only when it does not shorten the one in the row and nobody has begun
   * to close the connection: this condition decides the race against the cleanup (I2, I5).
   */
  refresh(
    connectionId: ConnectionId,
    change: { token: TokenLife; groups: readonly string[]; nextDeadlineAt: number },
  ): Promise<'refreshed' | 'not_newer' | 'gone'>;
  /**
   * Begins to close what is due: only if the row's own deadline has passed at `now` (I6). The row
   * stays, due again at `retryAt`, until `remove`, so that a run that dies half-way is repeated.
   */
  beginClosing(connectionId: ConnectionId, when: { now: number; retryAt: number }): Promise<boolean>;
  /**
   * The socket is closed or leaving: marks the row `closing`, due at `retryAt`, whatever its deadline
   * was, and gives it. From here on no refresh and no `hello` succeeds. Undefined when there is none,
   * or when it is `closing` already: then somebody else is about it, and the cleanup after them.
   */
  markClosing(connectionId: ConnectionId, when: { retryAt: number }): Promise<Connection | undefined>;
  /** Deletes the row and gives what it held; undefined when there was none. */
  remove(connectionId: ConnectionId): Promise<Connection | undefined>;
  /** Ids of connections whose deadline is at or before `now`, soonest first; of one shard of the index. */
  due(of: { shard: number; now: number; limit: number }): Promise<readonly ConnectionId[]>;
};
