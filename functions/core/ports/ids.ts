import type { ClientId, ConnectionId, RobotId, SessionId } from '../../../protocol/ids.ts';

/** The key is a secret, the hash is not. */
export type ResumeKey = { readonly key: string; readonly hash: string };

/** The only source of new ids in core. */
export type Ids = {
  /** The client that first says `hello` on a connection: the same however often it does. No secret. */
  clientId(of: ConnectionId): ClientId;
  /** A new key by which this client may come back, and what is kept of it. */
  resumeKey(of: ClientId): ResumeKey;
  /** Whose key this claims to be, and its hash; undefined when it cannot be one. */
  readResumeKey(key: string): { readonly clientId: ClientId; readonly hash: string } | undefined;
  /**
   * A new session's id. With a `requestId` it has the same place (`placeOf`) for the same client, robot
   * and request, so that a repeated `openSession` finds its own session instead of leaving a ghost.
   * Knowing an id permits nothing: the relay checks the connection.
   */
  sessionId(of: { clientId: ClientId; robotId: RobotId; requestId: string | undefined }): SessionId;
};
