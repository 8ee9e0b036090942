import { RTCPeerConnection } from 'werift';
import type { IceServer } from '../../../client/src/node.ts';

/** Long enough for a STUN server that answers, short enough for one that does not. */
const stunGatherTimeoutS = 2;

/** werift finds no path by an ICE restart: `canRestartIce` of `connectPeer`. */
export const canRestartIce = false;

/** A peer connection of Node's, which also finds its peer where there is only loopback. */
export function createDemoPeer(iceServers: readonly IceServer[]): RTCPeerConnection {
  return new RTCPeerConnection({
    iceServers: iceServers.map(({ urls, username = '', credential = '' }) => ({
      urls,
      username,
      credential,
    })),
    // Loopback is left out by default, and is all there is in a sandbox or offline.
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceStunGatherTimeout: stunGatherTimeoutS,
  });
}
