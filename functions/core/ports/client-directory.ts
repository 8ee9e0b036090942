import type { ClientId, ConnectionId, PrincipalId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../model/client-session.ts';

/** A client that was taken over: as it was before, and its new age. */
export type TakenOver = {
  readonly epoch: number;
  readonly sessions: readonly SessionKey[];
  readonly previous: PreviousClient;
};

/** A client whose connection says `hello` again. */
export type Rejoined = {
  readonly epoch: number;
  /** Whether it has ever been taken over. */
  readonly resumed: boolean;
  readonly sessions: readonly SessionKey[];
  /** What the `hello` before has left to be told, if it came from elsewhere and died. */
  readonly arrival?: Arrival;
};

/** Where a client came from: to be told to others until `settle`. */
export type Arrival = {
  /** The connection that it was on; absent when it was away. */
  readonly replaced?: ConnectionId;
};

/** The end of a client's connection. */
export type Detached = { readonly epoch: number; readonly sessions: readonly SessionKey[] };

/** What a claim that is given back restores. */
export type PreviousClient = {
  /** Absent when the client was away. */
  readonly connectionId?: ConnectionId;
  /** Unix ms; only when the client was away. */
  readonly resumeEndsAt?: number;
  readonly keyHashes: readonly string[];
  /** What was still to be told of its coming to `connectionId`. */
  readonly arrival?: Arrival;
};

/**
 * Which client is on which connection, which sessions it has, and by which key it may come back: so
 * that its end and its return cost in proportion to them. Consistent, so that a session that was just
 * opened is never missed.
 * @throws {DependencyUnavailable}
 */
export type ClientDirectory = {
  /**
   * A new client, of age 1. Repeated by the same connection it only changes the key: the sessions stay.
   * False when the client has left that connection: it was detached, or taken over by another.
   */
  enter(client: {
    clientId: ClientId;
    principalId: PrincipalId;
    connectionId: ConnectionId;
    keyHash: string;
    tokenExpiresAt: number;
  }): Promise<boolean>;
  /**
   * The client comes back on another connection: its age rises. Undefined when the key is not one of
   * its last two, when it is somebody else's, when its window has ended at `now`, or when it is on this
   * connection already. The key that was
   * presented stays good until the new one was used: the `welcome` that brings that may be lost.
   */
  takeOver(
    clientId: ClientId,
    by: {
      principalId: PrincipalId;
      connectionId: ConnectionId;
      presentedHash: string;
      keyHash: string;
      tokenExpiresAt: number;
      now: number;
    },
  ): Promise<TakenOver | undefined>;
  /**
   * The same connection says `hello` again and gets another key; one that it presents again stays good.
   * Its age rises until it is settled, so that the `hello` before cannot give it back any more.
   * Undefined when the client is not on this connection.
   */
  rejoin(
    clientId: ClientId,
    by: { connectionId: ConnectionId; keyHash: string; presentedHash: string | undefined },
  ): Promise<Rejoined | undefined>;
  /** The others have been told that the client came to this connection. False when it is not there any more. */
  settle(clientId: ClientId, connectionId: ConnectionId): Promise<boolean>;
  /** Undoes `takeOver` by the connection `from`, as long as nobody has taken over since: the client is where it was. Raises its age. */
  giveBack(
    clientId: ClientId,
    of: { epoch: number; previous: PreviousClient; from: ConnectionId },
  ): Promise<boolean>;
  sessionsOf(clientId: ClientId): Promise<readonly SessionKey[]>;
  /** May be repeated. False when the client is gone, away or on another connection: then the session must not be opened. */
  addSession(clientId: ClientId, of: { connectionId: ConnectionId; session: SessionKey }): Promise<boolean>;
  /** With `onlyIfAway` it stays in the list of a client that is on a connection. */
  removeSession(clientId: ClientId, session: SessionKey, onlyIf?: 'onlyIfAway'): Promise<void>;
  /**
   * The client's connection ends: from here on `addSession` is false, and `takeOver` works until
   * `resumeEndsAt`. Gives its age and the sessions that it has; undefined when it is on another
   * connection, or gone. May be repeated, with the same answer, until it is taken over or removed.
   */
  detach(
    clientId: ClientId,
    of: { connectionId: ConnectionId; resumeEndsAt: number },
  ): Promise<Detached | undefined>;
  /** Deletes the client, if it was detached from this connection. */
  remove(clientId: ClientId, connectionId: ConnectionId): Promise<void>;
  /** Deletes the client if it is away and has no session left: there is nothing to come back to. */
  removeIfIdle(clientId: ClientId): Promise<void>;
};
