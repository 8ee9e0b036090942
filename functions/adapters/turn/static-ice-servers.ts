import type { IceServer } from '../../../protocol/messages/ice-server.ts';
import type { IceServers } from '../../core/ports/ice-servers.ts';

/** The same servers for everybody: STUN, which wants no credentials, or TURN with fixed ones. */
export function staticIceServers(iceServers: readonly IceServer[]): IceServers {
  return { for: () => Promise.resolve({ iceServers }) };
}
