/** Farther ahead than this is no reordering but a fault; it is dropped so that nothing grows without end. */
const widestGap = 1_000;

export type SignalOrder<T> = {
  /** The signals that are in turn now, in the sender's order. */
  take(signal: T): T[];
};

/** Each signal of one sender and session once, by its `seq` from 1, however they arrive (I8). */
export function createSignalOrder<T extends { readonly seq: number }>(): SignalOrder<T> {
  const early = new Map<number, T>();
  let nextSeq = 1;
  return {
    take(signal) {
      if (signal.seq < nextSeq || signal.seq > nextSeq + widestGap) return [];
      early.set(signal.seq, signal);
      const inTurn: T[] = [];
      for (let next = early.get(nextSeq); next !== undefined; next = early.get(nextSeq)) {
        early.delete(nextSeq);
        nextSeq += 1;
        inTurn.push(next);
      }
      return inTurn;
    },
  };
}
