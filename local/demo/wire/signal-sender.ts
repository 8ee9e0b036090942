import type { RobotId, SessionId } from '../../../protocol/ids.ts';
import type { ErrorMessage } from '../../../protocol/messages/error.ts';
import type { Signal, SignalKind } from '../../../protocol/messages/signal.ts';
import type { Signaling } from './signaling-socket.ts';

const resendAfterMs = 500;
const mostResends = 5;

export type SignalSender = {
  send(kind: SignalKind, data?: unknown): void;
  /** To be told of each error that names this session: what can be sent again is. */
  refused(error: ErrorMessage): void;
};

/** Numbers the signals of one session from 1 and sends again what was refused for the moment. */
export function createSignalSender(
  signaling: Pick<Signaling, 'send'>,
  key: { robotId: RobotId; sessionId: SessionId },
): SignalSender {
  const sent = new Map<number, { message: Signal; resends: number }>();
  return {
    send(kind, data) {
      const seq = sent.size + 1;
      const message: Signal = { action: 'signal', ...key, seq, kind, data };
      sent.set(seq, { message, resends: 0 });
      signaling.send(message);
    },
    refused({ seq, code, retryable, retryAfterMs = resendAfterMs }) {
      // An expired token is being refreshed at this moment; within the grace all is as it was.
      if (!retryable && code !== 'token_expired') return;
      const known = seq === undefined ? undefined : sent.get(seq);
      if (known === undefined || known.resends === mostResends) return;
      known.resends += 1;
      setTimeout(() => signaling.send(known.message), retryAfterMs).unref();
    },
  };
}
