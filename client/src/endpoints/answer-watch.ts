import type { Cancel, Clock } from '../environment/clock.ts';
import type { Session } from './session.ts';

/** An offer that is not answered within this time has failed. */
export const answerWithinMs = 10_000;

/** Calls `onMissing` when an offer of this side stays without an answer. The wait stands still while the other side is away. */
export function watchForAnswer(of: {
  readonly clock: Clock;
  readonly session: Session;
  readonly onMissing: () => void;
}): { offered(): void } {
  let isAwaited = false;
  let cancel: Cancel = () => undefined;
  let stopListening = cancel;

  function wait(): void {
    cancel();
    if (!isAwaited) return;
    cancel = of.clock.after(answerWithinMs, () => {
      isAwaited = false;
      of.onMissing();
    });
  }

  function settle(): void {
    isAwaited = false;
    cancel();
  }

  of.session.on('peerAway', () => cancel());
  of.session.on('peerBack', wait);
  of.session.on('closed', settle);
  return {
    offered() {
      // Not before: signals wait for the application, which listens before it offers.
      stopListening();
      stopListening = of.session.on('signal', ({ kind }) => {
        if (kind === 'answer') settle();
      });
      isAwaited = true;
      wait();
    },
  };
}
