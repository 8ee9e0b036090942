import type { Cancel, Clock } from '../environment/clock.ts';

/** Candidates come in bursts: what comes within this time travels as one signal. */
const batchMs = 50;
/** Well below the largest message: a candidate has some 200 bytes. */
const mostInBatch = 20;

export type CandidateBatch = {
  add(candidate: unknown): void;
  /** Sends what waits. */
  flush(): void;
  stop(): void;
};

/** Gathers candidates, so that a negotiation costs a few signals and not dozens. */
export function createCandidateBatch(
  clock: Clock,
  send: (candidates: readonly unknown[]) => void,
): CandidateBatch {
  let waiting: unknown[] = [];
  let cancel: Cancel | undefined;

  function flush(): void {
    cancel?.();
    cancel = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) send(batch);
  }

  return {
    add(candidate) {
      waiting.push(candidate);
      if (waiting.length >= mostInBatch) flush();
      else cancel ??= clock.after(batchMs, flush);
    },
    flush,
    stop() {
      waiting = [];
      flush();
    },
  };
}
