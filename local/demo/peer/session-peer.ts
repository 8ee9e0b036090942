import { RTCPeerConnection } from 'werift';
import * as z from 'zod';
import type { IceServer } from '../../../protocol/messages/ice.ts';
import type { RelayedSignal, SignalKind } from '../../../protocol/messages/signal.ts';
import { createSignalOrder } from '../wire/signal-order.ts';

export type PeerState = RTCPeerConnection['connectionState'];

export type SessionPeer = {
  readonly connection: RTCPeerConnection;
  /** Signals of the other side, in any order. */
  take(signal: RelayedSignal): void;
  /** Sends the first offer. */
  offer(): void;
  close(): void;
};

type PeerWiring = {
  readonly iceServers: readonly IceServer[];
  send(kind: SignalKind, data?: unknown): void;
  onState?(state: PeerState): void;
  /** A signal was applied; for who shows the negotiation. */
  onApplied?(kind: SignalKind, count: number): void;
  /** A description could not be used: the negotiation has failed. */
  onUnusable(kind: SignalKind): void;
};

// `data` of the signals, as browsers make it with `toJSON()`.
const description = z.object({ sdp: z.string().min(1) });
const candidate = z.object({
  candidate: z.string(),
  sdpMid: z.string().nullable().default(null),
  sdpMLineIndex: z.int().nullable().default(null),
  usernameFragment: z.string().nullable().default(null),
});
const candidates = z.union([z.array(candidate), candidate.transform((one) => [one])]);

/** Long enough for a STUN server that answers, short enough for one that does not. */
const stunGatherTimeoutS = 2;

/**
 * One peer connection for one session. Candidates trickle both ways; what comes from the other side is
 * applied in its order and one at a time, so a candidate never meets a half-applied description.
 */
export function createSessionPeer(wiring: PeerWiring): SessionPeer {
  const connection = new RTCPeerConnection({
    iceServers: wiring.iceServers.map(({ urls, username = '', credential = '' }) => ({
      urls,
      username,
      credential,
    })),
    // Loopback is left out by default, and is all there is in a sandbox or offline.
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceStunGatherTimeout: stunGatherTimeoutS,
  });
  const order = createSignalOrder<RelayedSignal>();
  let isClosed = false;
  let work = Promise.resolve();

  connection.onIceCandidate.subscribe((found) => {
    if (found === undefined) wiring.send('candidatesEnd');
    else wiring.send('candidate', found.toJSON());
  });
  connection.connectionStateChange.subscribe((state) => wiring.onState?.(state));

  function inTurn(kind: SignalKind, act: () => Promise<number>): void {
    work = work.then(async () => {
      if (isClosed) return;
      try {
        const applied = await act();
        wiring.onApplied?.(kind, applied);
      } catch {
        // The reason may quote what was received, so only the kind is told (I9).
        if (!isClosed) wiring.onUnusable(kind);
      }
    });
  }

  return {
    connection,
    take(signal) {
      for (const next of order.take(signal)) inTurn(next.kind, () => apply(connection, wiring, next));
    },
    offer() {
      inTurn('offer', async () => {
        const offer = await connection.createOffer();
        // Before the local description is set, which waits for all candidates here: they follow.
        wiring.send('offer', { type: 'offer', sdp: offer.sdp });
        await connection.setLocalDescription(offer);
        return 1;
      });
    },
    close() {
      isClosed = true;
      void connection.close();
    },
  };
}

/** Gives how many things the signal held that could be used. */
async function apply(
  connection: RTCPeerConnection,
  wiring: PeerWiring,
  signal: RelayedSignal,
): Promise<number> {
  switch (signal.kind) {
    case 'offer': {
      const { sdp } = description.parse(signal.data);
      await connection.setRemoteDescription({ type: 'offer', sdp });
      const answer = await connection.createAnswer();
      wiring.send('answer', { type: 'answer', sdp: answer.sdp });
      await connection.setLocalDescription(answer);
      return 1;
    }
    case 'answer':
      await connection.setRemoteDescription({ type: 'answer', sdp: description.parse(signal.data).sdp });
      return 1;
    case 'candidate':
      return addCandidates(connection, signal.data);
    case 'candidatesEnd':
    case 'restart':
    case 'custom':
      return 0;
  }
}

/** One bad candidate does not spoil the others: they are alternatives. */
async function addCandidates(connection: RTCPeerConnection, data: unknown): Promise<number> {
  let added = 0;
  for (const one of candidates.safeParse(data).data ?? []) {
    // An empty one is a browser's way to say that there are no more.
    if (one.candidate === '') continue;
    try {
      await connection.addIceCandidate(one);
      added += 1;
    } catch {}
  }
  return added;
}
