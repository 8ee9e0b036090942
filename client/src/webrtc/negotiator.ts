import type { Clock } from '../environment/clock.ts';
import type { RelayedSignal, SignalKind } from '../wire/messages.ts';
import { createCandidateBatch } from './candidate-batch.ts';
import {
  type Candidate,
  candidateOf,
  candidatesOf,
  type PeerConnectionLike,
  sdpOf,
} from './peer-connection.ts';

/** More than any negotiation has. */
const mostHeld = 200;

export type Negotiator = {
  /** A signal of the other side, in its order. */
  take(signal: RelayedSignal): void;
  /** A new offer with new ICE credentials; from the side that waits for offers, a request for one. */
  restart(): void;
  stop(): void;
};

/**
 * Perfect negotiation with fixed roles: when both sides offer at once, the robot's offer holds and the
 * operator's is rolled back. Everything runs one at a time, so a candidate never meets a half-applied
 * description.
 *
 * @see https://w3c.github.io/webrtc-pc/#perfect-negotiation-example
 */
export function createNegotiator(of: {
  readonly connection: PeerConnectionLike;
  readonly clock: Clock;
  readonly role: 'robot' | 'operator';
  /** Awaited before each own description. */
  readonly prepare: () => Promise<void>;
  readonly send: (kind: SignalKind, data?: unknown) => void;
  /** A description could not be used; the reason may quote it, so only the kind is told (I9). */
  readonly onUnusable: (kind: SignalKind) => void;
  /** The other side wants an ICE restart. Absent: it gets one; else it does not, and what it sent for it is not applied. */
  readonly onRestartAsked?: () => void;
}): Negotiator {
  const { connection, role } = of;
  const isPolite = role === 'operator';
  const batch = createCandidateBatch(of.clock, (candidates) => of.send('candidate', candidates));
  let held: Candidate[] = [];
  let isIgnoring = false;
  // The operator sends the first offer; before it the robot has nothing to say.
  let mayOffer = isPolite;
  let wantsOffer = false;
  let isStopped = false;
  let work = Promise.resolve();

  function inTurn(kind: SignalKind, act: () => Promise<void>): void {
    work = work.then(async () => {
      if (isStopped) return;
      try {
        await act();
      } catch {
        if (!isStopped) of.onUnusable(kind);
      }
    });
  }

  async function describe(type: 'offer' | 'answer'): Promise<void> {
    await of.prepare();
    const { sdp = '' } = await (type === 'offer' ? connection.createOffer() : connection.createAnswer());
    if (isStopped) return;
    batch.flush();
    // Before the local description is set, which waits for all candidates in werift: they follow.
    of.send(type, { type, sdp });
    await connection.setLocalDescription({ type, sdp });
  }

  function offer(): void {
    wantsOffer = true;
    if (!mayOffer) return;
    inTurn('offer', async () => {
      if (!wantsOffer || connection.signalingState !== 'stable') return;
      wantsOffer = false;
      await describe('offer');
    });
  }

  async function takeOffer(data: unknown): Promise<void> {
    isIgnoring = connection.signalingState !== 'stable' && !isPolite;
    if (isIgnoring) return;
    const sdp = required(sdpOf(data));
    if (of.onRestartAsked !== undefined && isIceRestart(connection.remoteDescription, sdp)) {
      isIgnoring = true;
      return of.onRestartAsked();
    }
    // Rolls an own offer back where there is one.
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await describe('answer');
    await applyHeld();
    mayOffer = true;
    if (wantsOffer) offer();
  }

  async function takeAnswer(data: unknown): Promise<void> {
    // Of an offer that was rolled back since.
    if (connection.signalingState !== 'have-local-offer') return;
    await connection.setRemoteDescription({ type: 'answer', sdp: required(sdpOf(data)) });
    await applyHeld();
    if (wantsOffer) offer();
  }

  async function takeCandidates(data: unknown): Promise<void> {
    if (isIgnoring) return;
    held.push(...candidatesOf(data).slice(0, mostHeld - held.length));
    if (connection.remoteDescription) await applyHeld();
  }

  /** One bad candidate does not spoil the others: they are alternatives. */
  async function applyHeld(): Promise<void> {
    const candidates = held;
    held = [];
    for (const candidate of candidates) await connection.addIceCandidate(candidate).catch(() => undefined);
  }

  function restartIce(): void {
    connection.restartIce();
  }

  connection.onnegotiationneeded = offer;
  connection.onicecandidate = (event: unknown) => {
    const candidate = candidateOf(event);
    if (isStopped) return;
    if (candidate !== undefined) return batch.add(candidate);
    batch.flush();
    of.send('candidatesEnd');
  };

  return {
    take({ kind, data }) {
      if (kind === 'offer') inTurn(kind, () => takeOffer(data));
      if (kind === 'answer') inTurn(kind, () => takeAnswer(data));
      if (kind === 'candidate') inTurn(kind, () => takeCandidates(data));
      if (kind === 'restart' && mayOffer) (of.onRestartAsked ?? restartIce)();
    },
    restart() {
      if (isPolite) restartIce();
      else of.send('restart');
    },
    stop() {
      isStopped = true;
      batch.stop();
      connection.onnegotiationneeded = null;
      connection.onicecandidate = null;
    },
  };
}

/** An offer restarts ICE when it comes with another user fragment. @see https://www.rfc-editor.org/rfc/rfc8839#section-4.4.1.1.1 */
function isIceRestart(before: unknown, sdp: string): boolean {
  const had = iceUserOf(sdpOf(before));
  return had !== undefined && had !== iceUserOf(sdp);
}

function iceUserOf(sdp: string | undefined): string | undefined {
  return sdp === undefined ? undefined : /^a=ice-ufrag:(.+)$/m.exec(sdp)?.[1]?.trim();
}

function required(sdp: string | undefined): string {
  if (sdp === undefined) throw new TypeError('no SDP');
  return sdp;
}
