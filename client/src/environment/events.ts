import type { Logger } from './logger.ts';
import { nameOf } from './name-of.ts';

/** Listens, and gives what ends the listening. */
export type On<Events> = <Name extends keyof Events>(
  name: Name,
  hear: (event: Events[Name]) => void,
) => () => void;

export type Emitter<Events> = {
  readonly on: On<Events>;
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void;
};

/**
 * Typed events. A listener that throws, or gives a promise that rejects, is logged and disturbs neither the others
 * nor the library. None is waited for.
 */
export function createEmitter<Events>(logger: Logger): Emitter<Events> {
  const listeners = new Set<{ name: keyof Events; hear: (event: never) => void }>();
  return {
    on(name, hear) {
      // One of its own each time: a function can listen twice, and be taken away once.
      const listener = { name, hear };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit(name, event) {
      const failed = (failure: unknown): void =>
        logger.warn(`A listener of ${String(name)} threw ${nameOf(failure)}.`);
      for (const listener of [...listeners]) {
        if (listener.name !== name) continue;
        try {
          // An async function is a listener by its type, too: its rejection would be nobody's.
          const given: unknown = listener.hear(event as never);
          if (given instanceof Promise) given.catch(failed);
        } catch (failure) {
          failed(failure);
        }
      }
    },
  };
}
