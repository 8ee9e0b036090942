import type { ClientId, ConnectionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../model/client-session.ts';

/**
 * Which client is on which connection, and which sessions it has: so that its end costs in
 * proportion to them. Consistent, so that a session that was just opened is never missed.
 * @throws {DependencyUnavailable}
 */
export type ClientDirectory = {
  /** Repeated by the same connection it changes nothing: the sessions stay. */
  enter(client: { clientId: ClientId; connectionId: ConnectionId; tokenExpiresAt: number }): Promise<void>;
  sessionsOf(clientId: ClientId): Promise<readonly SessionKey[]>;
  /** May be repeated. False when the client is gone, detached or on another connection: then the session must not be opened. */
  addSession(clientId: ClientId, of: { connectionId: ConnectionId; session: SessionKey }): Promise<boolean>;
  removeSession(clientId: ClientId, session: SessionKey): Promise<void>;
  /**
   * The client's connection ends: from here on `addSession` is false. Gives the sessions that it has;
   * none when it is on another connection, or gone. May be repeated, with the same answer, until `remove`.
   */
  detach(clientId: ClientId, connectionId: ConnectionId): Promise<readonly SessionKey[]>;
  /** Deletes the client, if it was detached from this connection. */
  remove(clientId: ClientId, connectionId: ConnectionId): Promise<void>;
};
