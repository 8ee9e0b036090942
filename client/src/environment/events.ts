import type { Logger } from './logger.ts';

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
  const listeners: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {};
  return {
    on(name, hear) {
      let all = listeners[name];
      if (all === undefined) {
        all = new Set();
        listeners[name] = all;
      }
      // Wrapped, so that one function can listen twice and be taken away once.
      const own: typeof hear = (event) => hear(event);
      all.add(own);
      return () => void all.delete(own);
    },
    emit(name, event) {
      const failed = (failure: unknown): void => {
        // Its message may quote what it was given, so only its name is told (I9).
        const kind = failure instanceof Error ? failure.name : typeof failure;
        logger.warn(`A listener of ${String(name)} threw ${kind}.`);
      };
      for (const hear of [...(listeners[name] ?? [])]) {
        try {
          // An async function is a listener by its type, too: its rejection would be nobody's.
          const given: unknown = hear(event);
          if (given instanceof Promise) given.catch(failed);
        } catch (failure) {
          failed(failure);
        }
      }
    },
  };
}
