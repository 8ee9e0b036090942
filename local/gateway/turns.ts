export type Turns = {
  /** Resolves when it is this connection's turn, with what ends it. To end it twice does nothing. */
  take(connectionId: string): Promise<() => void>;
};

export type TurnsOptions = {
  /** Turns that are taken before the next one waits. */
  readonly atOnce: number;
  /** Of whom more than so many wait has one turn at a time, and leaves the others to those who say little. */
  readonly few: number;
  /** After this a turn counts no longer: who takes so long waits for something else. */
  readonly longestMs: number;
};

/**
 * Shares one machine among connections as AWS need not: a function has a processor of its own there, and
 * here all have the same one. While more is to do than is begun at once, connections take turns, however
 * much each of them has sent; what one has sent is begun in its order. Nothing waits as long as nobody is
 * ahead of it, except for what its own connection has sent too much of.
 */
export function fairTurns({ atOnce, few, longestMs }: TurnsOptions): Turns {
  /** Of each turn that counts, whose it is. */
  const taken: string[] = [];
  /** Who waits, by connection; the first is whose turn is next. */
  const waiting = new Map<string, (() => void)[]>();

  function begin(connectionId: string): () => void {
    taken.push(connectionId);
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      taken.splice(taken.indexOf(connectionId), 1);
      beginNext();
    };
    const timer = setTimeout(end, longestMs);
    return end;
  }

  function beginNext(): void {
    for (const [connectionId, queue] of waiting) {
      if (taken.length >= atOnce) return;
      if (queue.length > few && taken.includes(connectionId)) continue;
      const go = queue.shift();
      // Behind the others, with what is left of it: this loop comes to it again.
      waiting.delete(connectionId);
      if (queue.length > 0) waiting.set(connectionId, queue);
      go?.();
    }
  }

  return {
    take(connectionId) {
      return new Promise((resolve) => {
        const queue = waiting.get(connectionId) ?? [];
        queue.push(() => resolve(begin(connectionId)));
        waiting.set(connectionId, queue);
        beginNext();
      });
    },
  };
}
