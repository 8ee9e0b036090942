export type AsyncQueue<T> = {
  push(item: T): void;
  /** The oldest item that nobody has taken; waits for one. */
  next(): Promise<T>;
  /** The first item that matches, taken out of the order of the others. */
  nextWhere<S extends T>(matches: (item: T) => item is S): Promise<S>;
  /** What waits to be taken. */
  waiting(): readonly T[];
};

/** Lets a test wait for what happens instead of sleeping. */
export function asyncQueue<T>(): AsyncQueue<T> {
  const items: T[] = [];
  let changed = Promise.withResolvers<void>();

  async function takeWhere(matches: (item: T) => boolean): Promise<T> {
    for (;;) {
      const index = items.findIndex(matches);
      const [item] = index === -1 ? [] : items.splice(index, 1);
      if (item !== undefined) return item;
      await changed.promise;
    }
  }

  return {
    push(item) {
      items.push(item);
      changed.resolve();
      changed = Promise.withResolvers();
    },
    next: () => takeWhere(() => true),
    async nextWhere<S extends T>(matches: (item: T) => item is S): Promise<S> {
      const item = await takeWhere(matches);
      if (!matches(item)) throw new Error('unreachable: taken because it matched');
      return item;
    },
    waiting: () => items,
  };
}
