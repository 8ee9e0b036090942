/** Ends a wait. Calling it twice, or after the wait is over, does nothing. */
export type Cancel = () => void;

/** Time, passed in so that tests need not wait. */
export type Clock = {
  /** Unix ms of this machine. May be wrong, and may jump. */
  now(): number;
  /** Ms since some moment. Never jumps; on some systems it stands still while the machine sleeps. */
  monotonic(): number;
  /** Calls `act` once after `ms`, which is at most 30 s here: longer waits are `startTimer`'s. */
  after(ms: number, act: () => void): Cancel;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** A number from 0 up to, not including, 1. */
export type Random = () => number;
