import type { Cancel, Clock } from './clock.ts';

/**
 * Longest wait given to the system at once. `setTimeout` overflows after 24.8 days, and it stands still
 * while a laptop sleeps: looking at the time twice a minute mends both.
 */
const sliceMs = 30_000;

export type Timer = {
  readonly cancel: Cancel;
  /** Acts at once when the time is up already; for the moment at which a machine wakes. */
  recheck(): void;
};

/** Counts what has gone by since it was started, by the clock that saw more of it. */
export function startStopwatch(clock: Clock): () => number {
  const wall = clock.now();
  const steady = clock.monotonic();
  // The wall clock sees a sleep, the monotonic one is not turned back by a correction.
  return () => Math.max(clock.now() - wall, clock.monotonic() - steady);
}

/** Calls `act` once after `ms`, however long that is, and soon after waking when a sleep was longer. */
export function startTimer(clock: Clock, ms: number, act: () => void): Timer {
  const elapsed = startStopwatch(clock);
  let isOver = false;
  let cancelSlice: Cancel = () => undefined;

  function look(): void {
    if (isOver) return;
    const leftMs = ms - elapsed();
    if (leftMs > 0) {
      cancelSlice = clock.after(Math.min(leftMs, sliceMs), look);
      return;
    }
    isOver = true;
    act();
  }

  cancelSlice = clock.after(Math.min(Math.max(0, ms), sliceMs), look);
  return {
    cancel() {
      isOver = true;
      cancelSlice();
    },
    recheck() {
      if (isOver || elapsed() < ms) return;
      cancelSlice();
      look();
    },
  };
}
