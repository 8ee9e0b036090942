import {
  isServerError,
  isThrottlingError,
  isTransientError,
  StandardRetryStrategy,
} from '@smithy/core/retry';
import { AwsFailure, failureOnTheWay, timeoutName } from './failure.ts';

export type Retrying = <Answer>(attempt: (deadline: AbortSignal) => Promise<Answer>) => Promise<Answer>;

/**
 * Attempts as often as the SDK's clients do: what is throttled, a server's 5xx, a timeout and a lost
 * connection are tried again after a jittered backoff, unless so much fails that retries would be a
 * load of their own. The deadline ends the attempt that is under way and the wait before the next one.
 */
export function retrying({ maxAttempts, totalMs }: { maxAttempts: number; totalMs: number }): Retrying {
  const strategy = new StandardRetryStrategy(maxAttempts);

  return async (attempt) => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), totalMs);
    try {
      let token = await strategy.acquireInitialRetryToken('');
      for (let attempts = 1; ; attempts += 1) {
        try {
          const answer = await attempt(deadline.signal);
          strategy.recordSuccess(token);
          return answer;
        } catch (thrown) {
          const failure = failureOnTheWay(thrown);
          failure.$metadata.attempts = attempts;
          if (deadline.signal.aborted) throw failure;
          const next = strategy.refreshRetryTokenForRetry(token, { errorType: kindOf(failure) });
          // What failed says more than that there was no time to try again.
          token = await before(deadline.signal, next).catch(() => {
            throw failure;
          });
        }
      }
    } finally {
      clearTimeout(timer);
    }
  };
}

/** In the order in which the SDK asks: a 503 that is called throttling is throttling. */
function kindOf(failure: AwsFailure) {
  if (isThrottlingError(failure)) return 'THROTTLING';
  if (isTransientError(failure)) return 'TRANSIENT';
  return isServerError(failure) ? 'SERVER_ERROR' : 'CLIENT_ERROR';
}

async function before<T>(deadline: AbortSignal, awaited: Promise<T>): Promise<T> {
  let onAbort: (() => void) | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new AwsFailure(timeoutName));
    deadline.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([awaited, over]);
  } finally {
    if (onAbort !== undefined) deadline.removeEventListener('abort', onAbort);
  }
}
