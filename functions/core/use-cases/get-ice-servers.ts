import type { IceServer } from '../../../protocol/messages/ice-server.ts';
import type { Connection, SocketAddress } from '../model/connection.ts';
import { done, type Outcome } from '../outcome.ts';
import type { IceHolder, IceServers } from '../ports/ice-servers.ts';
import { readySender, type SenderDeps, unauthenticated } from './sender.ts';

export type GetIceServersDeps = SenderDeps & { readonly iceServers: IceServers };

/** How long a list of servers without credentials may be kept before it is asked for again. */
const validForMs = 3_600_000;

/** The configured ICE servers with credentials of the caller's own, for whoever has said `hello`. */
export async function getIceServers(
  deps: GetIceServersDeps,
  caller: SocketAddress,
): Promise<Outcome<{ iceServers: IceServer[]; expiresAt: number }>> {
  const sender = await readySender(deps, caller);
  if (!sender.ok) return sender;
  const holder = holderBehind(sender.value);
  if (holder === undefined) return unauthenticated();
  const { iceServers, expiresAt } = await deps.iceServers.for(holder);
  return done({ iceServers: [...iceServers], expiresAt: expiresAt ?? deps.clock.now() + validForMs });
}

/** Undefined for a client without an id, which none that has said `hello` is. */
function holderBehind({ identity, client }: Connection): IceHolder | undefined {
  if (identity.kind === 'robot') return { robotId: identity.robotId };
  return client === undefined ? undefined : { clientId: client.clientId };
}
