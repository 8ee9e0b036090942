import type { Clock } from '../../../client/src/environment/clock.ts';

/** Time that passes from one thing that happens to the next: hours of a fleet in minutes, always in the same order. */
export type EventClock = Clock & {
  sleep(ms: number): Promise<void>;
  /** Everything that is due up to this moment happens, each with all that follows from it at once. */
  runUntil(at: number): Promise<void>;
};

type Act = { readonly act: () => void; cancelled: boolean };

export function eventClock(startsAt: number): EventClock {
  let now = startsAt;
  const moments: number[] = [];
  const due = new Map<number, Act[]>();

  function after(ms: number, act: () => void): () => void {
    const at = now + Math.max(1, Math.ceil(ms));
    const acts = due.get(at);
    const own = { act, cancelled: false };
    if (acts === undefined) {
      due.set(at, [own]);
      push(moments, at);
    } else {
      acts.push(own);
    }
    return () => {
      own.cancelled = true;
    };
  }

  return {
    now: () => now,
    monotonic: () => now - startsAt,
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    async runUntil(at) {
      await settled();
      for (let next = moments[0]; next !== undefined && next <= at; next = moments[0]) {
        pop(moments);
        now = next;
        const acts = due.get(next) ?? [];
        due.delete(next);
        let anything = false;
        for (const each of acts) {
          if (each.cancelled) continue;
          anything = true;
          each.act();
        }
        if (anything) await settled();
      }
      // Whole milliseconds, as every moment on the wire.
      now = Math.max(now, Math.floor(at));
    },
  };
}

/** A macrotask runs only when all microtasks have. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

// A binary heap of moments, soonest first.
function push(heap: number[], at: number): void {
  let child = heap.push(at) - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if ((heap[parent] ?? 0) <= at) break;
    heap[child] = heap[parent] ?? 0;
    child = parent;
  }
  heap[child] = at;
}

function pop(heap: number[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let parent = 0;
  for (;;) {
    const left = 2 * parent + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && (heap[right] ?? 0) < (heap[left] ?? 0) ? right : left;
    if ((heap[child] ?? 0) >= last) break;
    heap[parent] = heap[child] ?? 0;
    parent = child;
  }
  heap[parent] = last;
}
