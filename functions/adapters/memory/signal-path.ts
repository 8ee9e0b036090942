import type { SignalPath } from '../../core/ports/signal-path.ts';
import { called, type MemoryState, placeName } from './memory-state.ts';

export function memorySignalPath({ robots, sessions }: MemoryState): SignalPath {
  return {
    read: (key) =>
      called(() => {
        const session = sessions.get(placeName(key));
        return {
          robot: robots.get(key.robotId),
          session: session?.sessionId === key.sessionId ? session : undefined,
        };
      }),
  };
}
