import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { SessionOpened } from '../../../protocol/messages/session.ts';
import type { ServerMessage } from '../../../protocol/messages.ts';
import {
  driveChannelLabel,
  parseToOperator,
  sendOn,
  type ToOperator,
  type ToRobot,
} from '../peer/drive-channel.ts';
import { createSessionPeer } from '../peer/session-peer.ts';
import { createSignalSender } from '../wire/signal-sender.ts';
import type { Signaling } from '../wire/signaling-socket.ts';

export type NegotiationStep = 'offer sent' | 'answer received' | 'candidates exchanged' | 'ICE connected';

/** `failed`: no path, or a description that could not be used. */
export type SessionEnd = CloseReason | 'failed';

export type OperatorSession = {
  /** Settled by the first of the two. */
  readonly channelOpen: Promise<void>;
  readonly ended: Promise<SessionEnd>;
  /** To be given every message of the server. */
  take(message: ServerMessage): void;
  tell(message: ToRobot): void;
  hear(listener: (message: ToOperator) => void): void;
  /** Closes the session on the server and the peer here. */
  close(): Promise<void>;
};

/** The operator's side of one session: offers, and opens the data channel. */
export function startOperatorSession(
  signaling: Pick<Signaling, 'send' | 'ask'>,
  { robotId, sessionId, iceServers }: SessionOpened,
  onStep: (step: NegotiationStep, detail?: string) => void = () => {},
): OperatorSession {
  const key = { robotId, sessionId };
  const sender = createSignalSender(signaling, key);
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<SessionEnd>();
  const count = { sent: 0, received: 0 };
  let areCandidatesTold = false;
  const tellCandidates = () => {
    if (areCandidatesTold) return;
    areCandidatesTold = true;
    onStep('candidates exchanged', `${count.sent} sent, ${count.received} received`);
  };

  const peer = createSessionPeer({
    iceServers,
    send(kind, data) {
      sender.send(kind, data);
      if (kind === 'candidate') count.sent += 1;
      if (kind === 'offer') onStep('offer sent');
    },
    onApplied(kind, applied) {
      if (kind === 'candidate') count.received += applied;
      if (kind === 'answer') onStep('answer received');
      if (kind === 'candidatesEnd') tellCandidates();
    },
    onState(state) {
      if (state === 'failed') ended.resolve('failed');
    },
    onUnusable: () => ended.resolve('failed'),
  });
  // `connectionState` says connected only after DTLS; werift's ICE state passes through `connected` once.
  peer.connection.iceConnectionStateChange.subscribe((state) => {
    if (state !== 'connected') return;
    tellCandidates();
    onStep('ICE connected');
  });
  // Of poses and commands only the newest is of use: none is sent twice.
  const channel = peer.connection.createDataChannel(driveChannelLabel, { ordered: false, maxRetransmits: 0 });
  channel.stateChanged.subscribe((state) => {
    if (state === 'open') opened.resolve();
    if (state === 'closed') ended.resolve('closed');
  });
  peer.offer();

  return {
    channelOpen: opened.promise,
    ended: ended.promise,
    take(message) {
      if (!('sessionId' in message) || message.sessionId !== sessionId) return;
      if (message.type === 'signal') peer.take(message);
      if (message.type === 'error') sender.refused(message);
      if (message.type === 'sessionClosed') ended.resolve(message.reason);
    },
    tell: (message) => sendOn(channel, message),
    hear(listener) {
      channel.onMessage.subscribe((data) => {
        const message = parseToOperator(data);
        if (message !== undefined) listener(message);
      });
    },
    async close() {
      ended.resolve('closed');
      peer.close();
      // Already closed by the other side, or the connection is gone: what was wanted.
      await signaling.ask({ action: 'closeSession', ...key }, 'sessionClosed').catch(() => undefined);
    },
  };
}
