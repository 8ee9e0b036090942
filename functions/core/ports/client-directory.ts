import type { ClientId, ConnectionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../model/client-session.ts';

/**
 * Which client is on which connection, and which sessions it has: so that its end costs in
 * proportion to them. Consistent, so that a session that was just opened is never missed.
 * @throws {DependencyUnavailable}
 */
export type ClientDirectory = {
  enter(client: { clientId: ClientId; connectionId: ConnectionId; tokenExpiresAt: number }): Promise<void>;
  sessionsOf(clientId: ClientId): Promise<readonly SessionKey[]>;
  /** False when the client is gone or on another connection: then the session must not be opened. */
  addSession(clientId: ClientId, of: { connectionId: ConnectionId; session: SessionKey }): Promise<boolean>;
  removeSession(clientId: ClientId, session: SessionKey): Promise<void>;
  /** Deletes the client if it is on this connection, and gives the sessions it had. */
  leave(clientId: ClientId, connectionId: ConnectionId): Promise<readonly SessionKey[]>;
};
