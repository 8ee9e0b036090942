import type { SignalPath } from '../../core/ports/signal-path.ts';
import { called, type MemoryState, sessionName } from './memory-state.ts';

export function memorySignalPath({ robots, sessions }: MemoryState): SignalPath {
  return {
    read: (key) =>
      called(() => ({ robot: robots.get(key.robotId), session: sessions.get(sessionName(key)) })),
  };
}
