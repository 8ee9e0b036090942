import {
  connectPeer,
  type OperatorSession as Session,
  type SessionEnd as SessionEndReason,
} from '../../../client/src/node.ts';
import { canRestartIce, createDemoPeer } from '../peer/demo-peer.ts';
import {
  driveChannelLabel,
  parseToOperator,
  sendOn,
  type ToOperator,
  type ToRobot,
} from '../peer/drive-channel.ts';

export type NegotiationStep = 'offer sent' | 'answer received' | 'candidates exchanged' | 'ICE connected';

/** `failed`: no path, or a description that could not be used. */
export type SessionEnd = SessionEndReason | 'failed';

export type OperatorSession = {
  /** Settled by the first of the two. */
  readonly channelOpen: Promise<void>;
  readonly ended: Promise<SessionEnd>;
  tell(message: ToRobot): void;
  hear(listener: (message: ToOperator) => void): void;
  /** Closes the session on the server and the peer here. */
  close(): void;
};

/** The operator's side of one session: offers, and opens the data channel. */
export function startOperatorSession(
  session: Session,
  onStep: (step: NegotiationStep, detail?: string) => void = () => {},
): OperatorSession {
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<SessionEnd>();
  const negotiation = watchNegotiation(session, onStep);
  const connection = createDemoPeer(session.iceServers);
  connectPeer(negotiation.session, {
    connection,
    role: 'operator',
    canRestartIce,
    onFailed() {
      ended.resolve('failed');
      session.close();
    },
  });
  session.on('closed', ended.resolve);
  // `connectionState` says connected only after DTLS; werift's ICE state passes through `connected` once.
  connection.iceConnectionStateChange.subscribe((state) => {
    if (state === 'connected') negotiation.connected();
  });
  // Of poses and commands only the newest is of use: none is sent twice.
  const channel = connection.createDataChannel(driveChannelLabel, { ordered: false, maxRetransmits: 0 });
  channel.stateChanged.subscribe((state) => {
    if (state === 'open') opened.resolve();
  });

  return {
    channelOpen: opened.promise,
    ended: ended.promise,
    tell: (message) => sendOn(channel, message),
    hear(listener) {
      channel.onMessage.subscribe((data) => {
        const message = parseToOperator(data);
        if (message !== undefined) listener(message);
      });
    },
    close: () => session.close(),
  };
}

/** The same session, whose negotiation is told step by step. */
function watchNegotiation(session: Session, onStep: (step: NegotiationStep, detail?: string) => void) {
  const count = { sent: 0, received: 0 };
  const told = new Set<NegotiationStep>();
  const tell = (step: NegotiationStep, detail?: string) => {
    if (told.has(step)) return;
    told.add(step);
    onStep(step, detail);
  };
  const tellCandidates = () => tell('candidates exchanged', `${count.sent} sent, ${count.received} received`);

  session.on('signal', ({ kind, data }) => {
    if (kind === 'answer') tell('answer received');
    if (kind === 'candidate') count.received += numberIn(data);
    if (kind === 'candidatesEnd') tellCandidates();
  });
  return {
    session: {
      ...session,
      send(kind, data) {
        const seq = session.send(kind, data);
        if (kind === 'offer') tell('offer sent');
        if (kind === 'candidate') count.sent += numberIn(data);
        return seq;
      },
    } satisfies Session,
    connected() {
      tellCandidates();
      tell('ICE connected');
    },
  };
}

/** A signal carries one candidate or several. */
function numberIn(candidates: unknown): number {
  return Array.isArray(candidates) ? candidates.length : 1;
}
