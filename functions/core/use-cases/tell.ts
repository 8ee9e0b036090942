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
 * socket learns of it when it returns. Nothing is sent to an expired one (I1).
 */
export async function tell(deps: TellDeps, peer: SocketCopy, message: ServerMessage): Promise<void> {
  await orNote(deps.lifeLog, `tell.${message.type}`, async () => {
    if (!(await isReallyExpired(deps, peer))) await deps.peers.post(peer, message);
  });
}

/** The same for a peer that may be away. */
export async function tellIfThere(
  deps: TellDeps,
  peer: SocketCopy | undefined,
  message: ServerMessage,
): Promise<void> {
  if (peer !== undefined) await tell(deps, peer, message);
}

/** How often it is told again what has changed while it was told. */
const tellings = 4;

/**
 * Tells what is so, then looks whether it still is, and tells again if not: of two who tell different
 * things at once, the later word may be the older one. Whoever tells last has looked after its own.
 */
export async function tellWhatIsSo<State>(of: {
  readonly first: State;
  tell(state: State): Promise<void>;
  /** Undefined when there is nothing to be told any more. */
  read(): Promise<State | undefined>;
  isSame(one: State, other: State): boolean;
}): Promise<void> {
  let state = of.first;
  for (let telling = 0; telling < tellings; telling++) {
    await of.tell(state);
    const current = await of.read();
    if (current === undefined || of.isSame(state, current)) return;
    state = current;
  }
}

/** Does what must not fail its caller: an outage is noted, and nothing more. */
export async function orNote(lifeLog: LifeLog, where: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (failure) {
    if (!(failure instanceof DependencyUnavailable)) throw failure;
    lifeLog.note({ type: 'dependency_unavailable', where, code: failure.code });
  }
}
