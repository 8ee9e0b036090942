import type { Clock } from '../environment/clock.ts';
import { startTimer, type Timer } from '../environment/timer.ts';
import type { RelayedSignal } from '../wire/messages.ts';

/** A hole in the numbers that nobody has filled within this time is reported. */
const reportAfterMs = 5_000;
/**
 * Still missing so long after the report, it is asked for once more: that the sender was told, or the resume itself, may
 * have been lost as well. Longer than the least time between two resumes.
 */
const askAgainAfterMs = 31_000;
/**
 * And so long after that what is there goes on without the hole: 40 s from the last asking, for the other side may sit on
 * a half-open connection, which it finds out within 30 s, and has the signals all the while.
 */
const skipAfterMs = 9_000;
/** Farther ahead is no reordering but a fault; it is dropped so that nothing grows without end. */
const widestGap = 1_000;

/** Signals `from` to `to` have not come. `isGivenUp`: what follows them has been delivered without them. */
export type MissingSignals = { readonly from: number; readonly to: number; readonly isGivenUp: boolean };

export type Inbox = {
  take(signal: RelayedSignal): void;
  /** The highest `seq` without a gap that was delivered or given up. */
  received(): number;
  /** While the sender is known to be away, or this side is, nothing is given up. */
  setSenderAway(isAway: boolean): void;
  /** The sender has just heard what is missing: it has all the time again. */
  asked(): void;
  stop(): void;
};

/** Each signal of one session once and in the sender's order, however they arrive (I8). */
export function createInbox(of: {
  readonly clock: Clock;
  readonly deliver: (signal: RelayedSignal) => void;
  readonly onMissing: (missing: MissingSignals) => void;
  /** What was reported as missing still is. */
  readonly onStillMissing: () => void;
}): Inbox {
  const early = new Map<number, RelayedSignal>();
  let received = 0;
  let patience: Timer | undefined;
  let hasAskedAgain = false;
  let isReported = false;
  let isSenderAway = false;
  let isStopped = false;

  function drain(): void {
    for (let next = early.get(received + 1); next; next = early.get(received + 1)) {
      received += 1;
      early.delete(received);
      // The count is up to date before the application hears: it may look, or throw, or send.
      of.deliver(next);
    }
  }

  function watch(): void {
    patience?.cancel();
    patience = undefined;
    isReported = false;
    hasAskedAgain = false;
    if (early.size === 0 || isStopped) return;
    patience = startTimer(of.clock, reportAfterMs, report);
  }

  function report(): void {
    isReported = true;
    const reported = received;
    of.onMissing({ ...hole(), isGivenUp: false });
    if (!isStopped && received === reported) hope();
  }

  function hope(): void {
    patience?.cancel();
    if (!isSenderAway) patience = startTimer(of.clock, askAgainAfterMs, askAgain);
  }

  /** A resume begins the time anew, but not the asking. */
  function askAgain(): void {
    patience = startTimer(of.clock, skipAfterMs, skip);
    if (hasAskedAgain) return;
    hasAskedAgain = true;
    of.onStillMissing();
  }

  function hole(): { from: number; to: number } {
    return { from: received + 1, to: Math.min(...early.keys()) - 1 };
  }

  function skip(): void {
    const missing = hole();
    received = missing.to;
    of.onMissing({ ...missing, isGivenUp: true });
    drain();
    watch();
  }

  return {
    take(signal) {
      if (isStopped || signal.seq <= received || signal.seq > received + widestGap) return;
      const before = received;
      early.set(signal.seq, signal);
      drain();
      if (received !== before || !patience) watch();
    },
    received: () => received,
    setSenderAway(isAway) {
      isSenderAway = isAway;
      if (isReported) hope();
    },
    asked() {
      if (isReported) hope();
    },
    stop() {
      isStopped = true;
      early.clear();
      watch();
    },
  };
}
