export type Turns = {
  /** Resolves when it is this connection's turn, with what ends it. To end it twice does nothing. */
  take(connectionId: string): Promise<() => void>;
};

export type TurnsOptions = {
  /** Turns that are taken before the next one waits. */
  readonly atOnce: number;
  /** After this a turn counts no longer: who takes so long waits for something else. */
  readonly longestMs: number;
};

/**
 * Shares one machine among connections as AWS need not: a function has a processor of its own there, and
 * here all have the same one. While more is to do than is begun at once, connections take turns, however
 * much each of them has sent; what one has sent is begun in its order. Nothing waits as long as nobody is
 * ahead of it.
 */
export function fairTurns({ atOnce, longestMs }: TurnsOptions): Turns {
  let taken = 0;
  /** Who waits, by connection; the first is whose turn is next. */
  const waiting = new Map<string, (() => void)[]>();

  function begin(): () => void {
    taken += 1;
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      taken -= 1;
      next();
    };
    const timer = setTimeout(end, longestMs);
    return end;
  }

  function next(): void {
    const [first] = waiting;
    if (first === undefined || taken >= atOnce) return;
    const [connectionId, queue] = first;
    const go = queue.shift();
    // Behind the others, with what is left of it.
    waiting.delete(connectionId);
    if (queue.length > 0) waiting.set(connectionId, queue);
    go?.();
  }

  return {
    take(connectionId) {
      if (taken < atOnce && waiting.size === 0) return Promise.resolve(begin());
      return new Promise((resolve) => {
        const queue = waiting.get(connectionId);
        const go = () => resolve(begin());
        if (queue === undefined) waiting.set(connectionId, [go]);
        else queue.push(go);
      });
    },
  };
}
