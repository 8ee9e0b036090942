import type { ClientId, ConnectionId, RobotId, SessionId } from '../../../protocol/ids.ts';

/** The only source of new ids in core. */
export type Ids = {
  /** The client that first says `hello` on a connection: the same however often it does. No secret. */
  clientId(of: ConnectionId): ClientId;
  /**
   * A session's id. With a `requestId` the same for the same client, robot and request, so that a
   * repeated `openSession` finds its own session instead of leaving a ghost; without one, new.
   * Knowing an id permits nothing: the relay checks the connection.
   */
  sessionId(of: { clientId: ClientId; robotId: RobotId; requestId: string | undefined }): SessionId;
};
