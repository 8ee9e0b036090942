import type { ServerMessage } from '../../../protocol/messages.ts';
import type { SocketCopy } from '../model/connection.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import type { LifeLog } from '../ports/life-log.ts';
import type { PeerGateway } from '../ports/peer-gateway.ts';
import type { SenderDeps } from './sender.ts';
import { isReallyExpired } from './session-side.ts';

export type TellDeps = SenderDeps & { readonly peers: PeerGateway; readonly lifeLog: LifeLog };

/**
 * Tells a peer what has already happened. That it cannot be told is no reason to undo it: a gone
 * socket learns of it when it returns. Nothing is sent to an expired one (I1). False when an outage was in the way.
 */
export async function tell(deps: TellDeps, peer: SocketCopy, message: ServerMessage): Promise<boolean> {
  return orNote(deps.lifeLog, `tell.${message.type}`, async () => {
    if (!(await isReallyExpired(deps, peer))) await deps.peers.post(peer, message);
  });
}

/** The same for a peer that may be away. */
export async function tellIfThere(
  deps: TellDeps,
  peer: SocketCopy | undefined,
  message: ServerMessage,
): Promise<boolean> {
  return peer === undefined || tell(deps, peer, message);
}

/** Does what must not fail its caller: an outage is noted, and told by `false`. */
export async function orNote(lifeLog: LifeLog, where: string, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (failure) {
    if (!(failure instanceof DependencyUnavailable)) throw failure;
    lifeLog.note({ type: 'dependency_unavailable', where, code: failure.code });
    return false;
  }
}
