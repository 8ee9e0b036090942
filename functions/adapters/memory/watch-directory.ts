import type { WatchDirectory } from '../../core/ports/watch-directory.ts';
import { called, type MemoryState } from './memory-state.ts';

export function memoryWatchDirectory({ watchers }: MemoryState): WatchDirectory {
  return {
    watch: (watcher, topics) =>
      called(() => {
        for (const topic of topics) {
          watchers.set(topic, new Map(watchers.get(topic)).set(watcher.connectionId, watcher));
        }
      }),

    unwatch: (connectionId, topics) =>
      called(() => {
        for (const topic of topics) {
          const left = new Map(watchers.get(topic));
          left.delete(connectionId);
          if (left.size === 0) watchers.delete(topic);
          else watchers.set(topic, left);
        }
      }),

    watchersOf: (topics) =>
      called(() => {
        const found = topics.flatMap((topic) => [...(watchers.get(topic)?.values() ?? [])]);
        return [...new Map(found.map((watcher) => [watcher.connectionId, watcher])).values()];
      }),
  };
}
