import type { ClientId, RobotId, SessionId } from '../../../protocol/ids.ts';
import type { IceServer } from '../../../protocol/messages/ice-server.ts';
import type { Kind } from '../../../protocol/messages/kind.ts';

/** Who is to use the servers: one side of a session, or who asks for them outside of one. */
export type IceHolder =
  | { readonly sessionId: SessionId; readonly side: Kind }
  | { readonly clientId: ClientId }
  | { readonly robotId: RobotId };

export type IceServerList = {
  /** As `RTCConfiguration.iceServers` takes them. */
  readonly iceServers: readonly IceServer[];
  /** Unix ms until which the credentials among them are good for a new allocation; absent when there are none that end. */
  readonly expiresAt?: number;
};

/** STUN and TURN servers, with credentials of the holder's own where servers want some. */
export type IceServers = {
  /** @throws {DependencyUnavailable} rather than give credentials that no server would take (I10). */
  for(holder: IceHolder): Promise<IceServerList>;
};
