import type { Cancel, Clock } from './clock.ts';

const lookEveryMs = 30_000;
/** A timer that is so much late was not busy: the machine slept. */
const asleepMs = 20_000;

/** Calls `wake` when the machine has slept, which nothing tells outside of browsers. */
export function watchForSleep(clock: Clock, wake: () => void): Cancel {
  let cancel: Cancel = () => undefined;
  function look(): void {
    const before = clock.now();
    cancel = clock.after(lookEveryMs, () => {
      look();
      if (clock.now() - before > lookEveryMs + asleepMs) wake();
    });
  }
  look();
  return () => cancel();
}
