import type { Clock } from '../../../../client/src/environment/clock.ts';

export type FakeClock = Clock & {
  /** Lets this much time go by, running what comes due in its order. */
  advance(ms: number): Promise<void>;
  /** Lets everything that waits for nothing but itself happen. */
  settle(): Promise<void>;
  /** The machine sleeps: the wall clock goes on, the monotonic one and the timers stand still. */
  sleep(ms: number): void;
  /** Somebody corrects the wall clock. */
  setBack(ms: number): void;
  /** How many timers wait. */
  timers(): number;
};

/** Time that stands still unless it is told to go on. */
export function createFakeClock(startAt = Date.UTC(2026, 10, 21)): FakeClock {
  let steady = 0;
  let offset = startAt;
  let order = 0;
  const timers = new Map<number, { at: number; act: () => void }>();

  async function settle(): Promise<void> {
    // A macrotask runs only when all microtasks have, however many promises are chained.
    for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    now: () => offset + steady,
    monotonic: () => steady,
    after(ms, act) {
      order += 1;
      const id = order;
      timers.set(id, { at: steady + Math.max(0, ms), act });
      return () => void timers.delete(id);
    },
    settle,
    async advance(ms) {
      const end = steady + ms;
      await settle();
      for (;;) {
        const due = [...timers]
          .filter(([, { at }]) => at <= end)
          .sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
        if (due === undefined) break;
        const [id, { at, act }] = due;
        timers.delete(id);
        steady = Math.max(steady, at);
        act();
        await settle();
      }
      steady = end;
    },
    sleep(ms) {
      offset += ms;
    },
    setBack(ms) {
      offset -= ms;
    },
    timers: () => timers.size,
  };
}
