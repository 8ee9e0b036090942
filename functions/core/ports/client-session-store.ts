import type { ClientId, ConnectionId, RobotId } from '../../../protocol/ids.ts';
import type { ClientSession, Received, SessionKey } from '../model/client-session.ts';
import type { SocketCopy } from '../model/connection.ts';
import type { Due, DueQuery } from './due.ts';

/**
 * Rows of sessions between a client and a robot, one at a time in each place (`placeOf`): whatever is
 * asked of a session that is over does not meet the next one there. All reads are consistent.
 * @throws {DependencyUnavailable}
 */
export type ClientSessionStore = {
  /** The row as it stands afterwards: the given one, or the one that was in its place already. */
  create(session: ClientSession): Promise<{ created: boolean; session: ClientSession }>;
  get(key: SessionKey): Promise<ClientSession | undefined>;
  /** All sessions of a robot. About as many as a robot may hold: the limit is looked at before a session is made, not enforced by the store. */
  listByRobot(robotId: RobotId): Promise<readonly ClientSession[]>;
  /**
   * Deletes the row and gives what it held; undefined when there was none: exactly one of two racers gets
   * it. With `onlyOn` also when the session is on another connection, or on none.
   */
  remove(key: SessionKey, onlyOn?: ConnectionId | 'anyConnection'): Promise<ClientSession | undefined>;
  /** Deletes the row unless a repeated request has adopted it, by `moveTo`. */
  removeUnadopted(key: SessionKey): Promise<ClientSession | undefined>;
  /** Deletes the row only if its own deadline has passed at `now` (I6). */
  removeIfDue(key: SessionKey, now: number): Promise<ClientSession | undefined>;
  /** Copies a refreshed token's end, never shortening. False when the session is not this connection's. */
  copyToken(
    key: SessionKey,
    of: { connectionId: ConnectionId; tokenExpiresAt: number; nextDeadlineAt: number },
  ): Promise<boolean>;
  /** The client's connection is lost: the session waits until `resumeEndsAt`, when it is due. False when a newer connection of the client is here, or when it waits already. */
  suspend(
    key: SessionKey,
    of: { clientId: ClientId; clientEpoch: number; resumeEndsAt: number },
  ): Promise<boolean>;
  /**
   * The client is on a newer connection: its socket is put here, unless a newer one is here already, or
   * this very one was lost since. The row as it is then; undefined when it is gone, another client's, or
   * ahead. `isAdopted`: by a request that is repeated and is answered with it; it stays so.
   */
  moveTo(
    key: SessionKey,
    of: {
      clientId: ClientId;
      clientEpoch: number;
      socket: SocketCopy;
      nextDeadlineAt: number;
      isAdopted?: true;
    },
  ): Promise<ClientSession | undefined>;
  /** Keeps what a side has told to have received, for when the other side comes back. Without effect when the row is gone. */
  noteReceived(key: SessionKey, received: Partial<Received>): Promise<void>;
  due(of: DueQuery): Promise<readonly Due<SessionKey>[]>;
};
