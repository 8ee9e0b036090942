import type { Clock } from './clock.ts';

/** Whatever was waited for did not come in time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/**
 * The result of `work`, when it comes in time.
 *
 * @throws {TimedOut} after `limitMs`; what `work` gives later is dropped.
 */
export function within<T>(clock: Clock, limit: { ms: number; what: string }, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limit.ms, () => {
      reject(new TimedOut(`${limit.what} took longer than ${limit.ms / 1000} s.`));
    });
    work.then(resolve, reject).finally(cancel);
  });
}
