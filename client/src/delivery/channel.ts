import type { Clock } from '../environment/clock.ts';
import { SessionEnded } from '../errors.ts';
import type { ErrorMessage, RelayedSignal, SessionKey, SignalKind } from '../wire/messages.ts';
import { createInbox, type MissingSignals } from './inbox.ts';
import { createOutbox, type OutgoingSignal } from './outbox.ts';

/** Signals of one session that nobody can bring any more. */
export type LostSignals = {
  /** Whose they are: `sent` by this side, or by the other and not `received`. */
  readonly direction: 'sent' | 'received';
  readonly from: number;
  readonly to: number;
  /** False while a resend may still bring them. */
  readonly isGivenUp: boolean;
};

export type ChannelListener = {
  onSignal(signal: RelayedSignal): void;
  onLost(lost: LostSignals): void;
};

/** The numbered signals of one session, both ways. */
export type Channel = {
  readonly key: SessionKey;
  /** @throws {MessageTooLarge | SessionEnded} */
  send(kind: SignalKind, data?: unknown): number;
  /** Gives what came before, and from now on hears each signal. */
  listen(listener: ChannelListener): void;
  take(signal: RelayedSignal): void;
  /**
   * `isExact`: the other side has just counted. Else it is what it had told last, which may be long ago:
   * then what is kept no more may well have arrived, and is not reported.
   */
  resendAbove(received: number, isExact: boolean): void;
  refused(error: ErrorMessage): void;
  /** Whether the server says that the other side has lost its connection. */
  setPeerAway(isAway: boolean): void;
  received(): number;
  stop(): void;
};

/**
 * Whose session is unknown to the server is told of its end at about that moment, and if that word is lost, by the
 * `welcome` of a new connection.
 */
const toldWithinMs = 5_000;
/** A session that nobody listens to keeps no more than this. */
const mostUnheard = 64;

export function createChannel(of: {
  readonly clock: Clock;
  readonly key: SessionKey;
  readonly maxBytes: () => number;
  readonly transmit: (signal: OutgoingSignal) => boolean;
  readonly isClogged: () => boolean;
  /** A hole was reported, or the session is unknown: a resume on a new connection brings what is missing, or the end. */
  readonly onHole: () => void;
}): Channel {
  let listener: ChannelListener | undefined;
  let unheard: RelayedSignal[] = [];
  let isStopped = false;
  const outbox = createOutbox(of);
  const inbox = createInbox({ clock: of.clock, deliver, onMissing, onStillMissing: of.onHole });

  function deliver(signal: RelayedSignal): void {
    if (listener) listener.onSignal(signal);
    else if (unheard.length < mostUnheard) unheard.push(signal);
  }

  function onMissing({ from, to, isGivenUp }: MissingSignals): void {
    listener?.onLost({ direction: 'received', from, to, isGivenUp });
    if (!isGivenUp) of.onHole();
  }

  return {
    key: of.key,
    send(kind, data) {
      if (isStopped) throw new SessionEnded('The session has ended; open a new one.');
      return outbox.send(kind, data);
    },
    listen(given) {
      listener = given;
      const before = unheard;
      unheard = [];
      for (const signal of before) given.onSignal(signal);
    },
    take: inbox.take,
    resendAbove(received, isExact) {
      inbox.asked();
      const gone = outbox.resendAbove(received);
      if (gone && isExact) listener?.onLost({ direction: 'sent', ...gone, isGivenUp: true });
    },
    refused(error) {
      outbox.refused(error);
      if (error.code !== 'session_unknown') return;
      of.clock.after(toldWithinMs, () => {
        if (!isStopped) of.onHole();
      });
    },
    setPeerAway: inbox.setSenderAway,
    received: inbox.received,
    stop() {
      isStopped = true;
      inbox.stop();
      outbox.stop();
    },
  };
}
