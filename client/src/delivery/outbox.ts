import type { Cancel, Clock } from '../environment/clock.ts';
import { MessageTooLarge } from '../errors.ts';
import { bytesOf } from '../wire/message-size.ts';
import type { ErrorMessage, SessionKey, SignalKind } from '../wire/messages.ts';

/** So many sent signals are kept, to be sent again. More are not under way at once in any negotiation. */
const keptSignals = 64;
/** What is known not to have arrived, because one of the two was away, is kept beyond that, up to this. */
const mostKept = 1_024;
/** So many at once are tried again by themselves; the others wait for `peerBack`, or the repeats would be a flood. */
const mostResends = 16;
/** What the other side says that it has not is sent again bit by bit: a network that has just come back, and the server's limit, carry no flood. */
const batchSignals = 16;
/** What is new and waits behind them goes faster, or who sends as fast would never catch up; not so fast that the server refuses it. */
const newSignals = 32;
const betweenBatchesMs = 400;
const resendFirstMs = 500;
const resendLongestMs = 5_000;
/** The pause grows longer where it is the server that cannot: repeats must not keep it from recovering. */
const resendLongestToStrainedMs = 20_000;
const strained: readonly string[] = ['unavailable', 'rate_limited', 'internal'];

export type OutgoingSignal = SessionKey & {
  readonly action: 'signal';
  readonly seq: number;
  readonly kind: SignalKind;
  readonly data?: unknown;
};

export type Outbox = {
  /**
   * Numbers, keeps and sends one signal. Gives its `seq`.
   *
   * @throws {MessageTooLarge} for more than the server takes; nothing is numbered then.
   */
  send(kind: SignalKind, data?: unknown): number;
  /** Sends again what is above what the other side has. Gives what it asks for and is kept no more. */
  resendAbove(received: number): { readonly from: number; readonly to: number } | undefined;
  /** The server refused one: it is sent again after a moment when that may help. */
  refused(error: ErrorMessage): void;
  stop(): void;
};

/** What one side of a session has sent, until it can be sure that it is not asked for again. */
export function createOutbox(of: {
  readonly clock: Clock;
  readonly key: SessionKey;
  readonly maxBytes: () => number;
  /** False when there is no connection to send it over. */
  readonly transmit: (signal: OutgoingSignal) => boolean;
  /** Whether the socket has more than enough to send: nothing is sent again meanwhile. */
  readonly isClogged: () => boolean;
}): Outbox {
  const kept = new Map<number, OutgoingSignal>();
  /** To be sent again, one batch after the other; what is new goes behind it. */
  const queue = new Set<number>();
  /** What is above it in the queue has never been sent. */
  let againUpTo = 0;
  let batchFrom = Number.NEGATIVE_INFINITY;
  let cancelBatch: Cancel | undefined;
  const resends = new Map<number, { times: number; isWaiting: boolean; cancel: Cancel }>();
  const undelivered = new Set<number>();
  let lastSeq = 0;
  /** What the other side has said that it has. Two who tell of it can be late in either order, so only more counts. */
  let arrived = 0;

  function transmit(signal: OutgoingSignal): void {
    if (of.transmit(signal)) undelivered.delete(signal.seq);
    else undelivered.add(signal.seq);
  }

  function forget(seq: number): void {
    kept.delete(seq);
    undelivered.delete(seq);
    queue.delete(seq);
  }

  function enqueue(seq: number): void {
    undelivered.add(seq);
    queue.add(seq);
  }

  function sendAgain(seqs: Iterable<number>): void {
    againUpTo = lastSeq;
    for (const seq of seqs) enqueue(seq);
    sendBatch();
  }

  function sendBatch(): void {
    cancelBatch?.();
    const waitMs = batchFrom - of.clock.monotonic();
    if (waitMs <= 0) {
      batchFrom = of.clock.monotonic() + betweenBatchesMs;
      for (const [index, seq] of of.isClogged() ? [] : [...queue].entries()) {
        if (index >= (seq <= againUpTo ? batchSignals : newSignals)) break;
        queue.delete(seq);
        const signal = kept.get(seq);
        if (signal) transmit(signal);
      }
    }
    if (queue.size > 0) cancelBatch = of.clock.after(waitMs > 0 ? waitMs : betweenBatchesMs, sendBatch);
  }

  function makeRoom() {
    if (kept.size - undelivered.size <= keptSignals && kept.size <= mostKept) return;
    for (const seq of kept.keys()) {
      if (undelivered.has(seq) && kept.size <= mostKept) continue;
      return forget(seq);
    }
  }

  function forgetResends(): void {
    for (const { cancel } of resends.values()) cancel();
    resends.clear();
  }

  return {
    send(kind, data) {
      const signal: OutgoingSignal = { action: 'signal', ...of.key, seq: lastSeq + 1, kind, data };
      const bytes = bytesOf(JSON.stringify(signal));
      if (bytes > of.maxBytes()) {
        throw new MessageTooLarge(`A signal of ${bytes} bytes is larger than ${of.maxBytes()}.`);
      }
      lastSeq = signal.seq;
      kept.set(lastSeq, signal);
      // What is missing there comes first: one that is too far ahead would be dropped.
      if (queue.size > 0) enqueue(lastSeq);
      else transmit(signal);
      makeRoom();
      return lastSeq;
    },
    resendAbove(received) {
      forgetResends();
      arrived = Math.max(arrived, Math.min(received, lastSeq));
      for (const seq of [...kept.keys()]) if (seq <= arrived) forget(seq);
      sendAgain(kept.keys());
      let from = 0;
      let to = 0;
      for (let seq = arrived + 1; seq <= lastSeq; seq += 1) {
        if (kept.has(seq)) continue;
        from ||= seq;
        to = seq;
      }
      return to === 0 ? undefined : { from, to };
    },
    refused({ seq, code, retryable, retryAfterMs }) {
      // An expired token is being refreshed at this moment; within the grace all is as it was.
      if (seq === undefined || !(retryable || code === 'token_expired')) return;
      const signal = kept.get(seq);
      if (!signal) return;
      undelivered.add(seq);
      const before = resends.get(seq);
      const waiting = [...resends.values()].filter(({ isWaiting }) => isWaiting).length;
      const times = before?.times ?? 0;
      const isStrained = strained.includes(code);
      const longestMs = isStrained ? resendLongestToStrainedMs : resendLongestMs;
      const waitMs = retryAfterMs ?? Math.min(longestMs, resendFirstMs * 2 ** Math.min(times, 10));
      if (isStrained) batchFrom = Math.max(batchFrom, of.clock.monotonic() + waitMs);
      if (!before && waiting >= mostResends) {
        // Nobody comes back who would ask for it.
        if (isStrained) sendAgain([seq]);
        return;
      }
      before?.cancel();
      const resend = { times: times + 1, isWaiting: true, cancel: of.clock.after(waitMs, act) };
      resends.set(seq, resend);

      function act(): void {
        resend.isWaiting = false;
        if (signal) transmit(signal);
      }
    },
    stop() {
      forgetResends();
      cancelBatch?.();
      queue.clear();
      kept.clear();
      undelivered.clear();
    },
  };
}
