import type { IceServer } from '../../../protocol/messages/ice.ts';
import type { SocketAddress } from '../model/connection.ts';
import { done, type Outcome } from '../outcome.ts';
import { readySender, type SenderDeps } from './sender.ts';

export type GetIceServersDeps = SenderDeps & { readonly iceServers: readonly IceServer[] };

/** How long a list of servers without credentials may be kept before it is asked for again. */
const validForMs = 3_600_000;

/** The configured ICE servers, for whoever has said `hello`. */
export async function getIceServers(
  deps: GetIceServersDeps,
  caller: SocketAddress,
): Promise<Outcome<{ iceServers: IceServer[]; expiresAt: number }>> {
  const sender = await readySender(deps, caller);
  if (!sender.ok) return sender;
  return done({ iceServers: [...deps.iceServers], expiresAt: deps.clock.now() + validForMs });
}
