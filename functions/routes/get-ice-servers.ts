import { getIceServers as schema } from '../../protocol/messages/from-client/ice.ts';
import type { LifeLog } from '../core/ports/life-log.ts';
import { type GetIceServersDeps, getIceServers } from '../core/use-cases/get-ice-servers.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

type Deps = GetIceServersDeps & { readonly lifeLog: LifeLog };

/** `getIceServers`: STUN and TURN servers for an `RTCPeerConnection`. */
export const getIceServersRoute = messageRoute(schema, async (deps: Deps, { caller }) =>
  answer(await getIceServers(deps, caller), (servers) => ({ type: 'iceServers', ...servers })),
);
