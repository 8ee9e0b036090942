export type Write<Row, Key = unknown> = {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  readonly key: Key;
};

/** A view of a map whose writes are reported before they are made. */
export function watchedMap<Key, Row>(map: Map<Key, Row>, report: (write: Write<Row, Key>) => void) {
  return new Proxy(map, {
    get(target, key) {
      if (key === 'set') {
        return (id: Key, after: Row) => {
          report({ before: target.get(id), after, key: id });
          return target.set(id, after);
        };
      }
      if (key === 'delete') {
        return (id: Key) => {
          const before = target.get(id);
          if (before !== undefined) report({ before, after: undefined, key: id });
          return target.delete(id);
        };
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
