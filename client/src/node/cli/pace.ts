import type { Clock } from '../../environment/clock.ts';

/** Below the server's 100 messages a second of one connection, which has to carry more than this. */
const perSecond = 50;
const burst = 100;

/** Lets all drivers together say so much: who asks for a turn waits for it, and reads no more meanwhile. */
export type Pace = () => Promise<void>;

export function createPace(clock: Clock): Pace {
  const everyMs = 1_000 / perSecond;
  let nextAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    nextAt = Math.max(nextAt, now - burst * everyMs) + everyMs;
    const waitMs = nextAt - now;
    return waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => void clock.after(waitMs, resolve));
  };
}

/** Lets by, or holds up whoever comes until it is opened again. */
export type Gate = { readonly passed: () => Promise<void>; setOpen(isOpen: boolean): void };

export function createGate(): Gate {
  let isOpen = true;
  let waiting: (() => void)[] = [];
  return {
    passed: () => (isOpen ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    setOpen(is) {
      isOpen = is;
      if (!is) return;
      for (const go of waiting) go();
      waiting = [];
    },
  };
}
