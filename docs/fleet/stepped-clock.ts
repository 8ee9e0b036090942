import type { Clock } from '../../client/src/environment/clock.ts';

/** Time in steps of a millisecond, for thousands of clients at once. */
export type SteppedClock = Clock & {
  /** Lets this much time go by; in each step everything that waits for nothing but itself happens. */
  advance(ms: number): Promise<void>;
};

export function createSteppedClock(): SteppedClock {
  let now = 0;
  const due = new Map<number, Set<() => void>>();

  async function step(): Promise<void> {
    const acts = due.get(now);
    if (acts === undefined) return;
    due.delete(now);
    for (const act of acts) act();
    // A macrotask runs only when all microtasks have.
    await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    now: () => now,
    monotonic: () => now,
    after(ms, act) {
      const at = now + Math.max(1, Math.ceil(ms));
      const acts = due.get(at) ?? new Set();
      due.set(at, acts);
      const own = () => act();
      acts.add(own);
      return () => void acts.delete(own);
    },
    async advance(ms) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const end = now + ms; now < end; ) {
        now += 1;
        await step();
      }
    },
  };
}
