import type { Display } from './display.ts';
import type { OperatorFlags } from './flags.ts';

/** A failure that already says what to do. */
export class DemoStopped extends Error {
  override readonly name = 'DemoStopped';
}

export type Demo = {
  readonly flags: OperatorFlags;
  readonly display: Display;
  /** Aborted by Ctrl-C, `q` or the end of `--seconds`. */
  readonly quit: AbortController;
  /** Starts the time of `--seconds`, once. */
  startClock(): void;
};

/** Rejects when the demo is to end, so that nothing is waited for in vain. */
export async function orQuit<T>({ signal }: AbortController, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const quitting = Promise.withResolvers<never>();
  const quit = () => quitting.reject(signal.reason);
  signal.addEventListener('abort', quit, { once: true });
  try {
    return await Promise.race([work, quitting.promise]);
  } finally {
    signal.removeEventListener('abort', quit);
  }
}
