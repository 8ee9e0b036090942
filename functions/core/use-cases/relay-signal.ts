import type { SessionId } from '../../../protocol/ids.ts';
import type { Signal } from '../../../protocol/messages/from-client/signal.ts';
import type { SocketAddress } from '../model/connection.ts';
import { done, type Outcome, type Refusal, refused } from '../outcome.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import type { LifeLog } from '../ports/life-log.ts';
import type { PeerGateway } from '../ports/peer-gateway.ts';
import type { SignalPath } from '../ports/signal-path.ts';
import type { SenderDeps } from './sender.ts';
import { isReallyExpired, type SessionSide, sideOf } from './session-side.ts';

export type RelayDeps = SenderDeps & {
  readonly signalPath: SignalPath;
  readonly peers: PeerGateway;
  readonly lifeLog: LifeLog;
};

/**
 * Passes one signal to the other side: one read of two rows, one post, no log line. This is the path
 * that everything is paid for by. Every refusal echoes `sessionId` and `seq`, so that the sender
 * knows which of the signals under way to keep.
 */
export async function relaySignal(
  deps: RelayDeps,
  input: { caller: SocketAddress; signal: Signal },
): Promise<Outcome<{ sessionId: SessionId; seq: number }>> {
  const { sessionId, seq } = input.signal;
  const refusal = await refusalOf(deps, input);
  return refusal === undefined
    ? done({ sessionId, seq })
    : { ok: false, refusal: { ...refusal, sessionId, seq } };
}

async function refusalOf(
  deps: RelayDeps,
  { caller, signal }: { caller: SocketAddress; signal: Signal },
): Promise<Refusal | undefined> {
  try {
    const side = await readSide(deps, caller, signal);
    if (!side.ok) return side.refusal;
    const outcome = await post(deps, side.value, signal);
    if (outcome !== 'gone') return outcome;
    // The peer may have moved between the read and the post: once more, if it is elsewhere by now.
    const again = await readSide(deps, caller, signal);
    if (!again.ok) return again.refusal;
    if (again.value.peer?.connectionId === side.value.peer?.connectionId) return peerAway();
    const second = await post(deps, again.value, signal);
    return second === 'gone' ? peerAway() : second;
  } catch (failure) {
    if (!(failure instanceof DependencyUnavailable)) throw failure;
    deps.lifeLog.note({ type: 'dependency_unavailable', where: 'signal', code: failure.code });
    return refused('unavailable', 'The signal cannot be passed on now; send it again.').refusal;
  }
}

async function readSide(
  deps: RelayDeps,
  caller: SocketAddress,
  { robotId, sessionId }: Signal,
): Promise<Outcome<SessionSide>> {
  return sideOf(deps, caller, await deps.signalPath.read({ robotId, sessionId }));
}

async function post(
  deps: RelayDeps,
  from: SessionSide,
  signal: Signal,
): Promise<Refusal | 'gone' | undefined> {
  if (from.peer === undefined || (await isReallyExpired(deps, from.peer))) return peerAway();
  const outcome = await deps.peers.post(from.peer, {
    type: 'signal',
    sessionId: signal.sessionId,
    robotId: signal.robotId,
    from: from.side,
    seq: signal.seq,
    kind: signal.kind,
    data: signal.data,
    leaseEpoch: from.robot?.leaseEpoch ?? 0,
  });
  switch (outcome) {
    case 'delivered':
      return undefined;
    case 'gone':
      return 'gone';
    case 'too_large':
      return refused('payload_too_large', 'The signal is too large to be passed on; send less.').refusal;
  }
}

function peerAway(): Refusal {
  return refused('peer_away', 'The other side is not connected now; send the signal again when it is back.')
    .refusal;
}
