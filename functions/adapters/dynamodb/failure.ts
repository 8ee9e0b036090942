import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';

/**
 * Throttles, server errors, timeouts, a missing permission: whatever DynamoDB or the way to it
 * answers instead of a result is one thing to the caller, a retryable refusal (I10).
 *
 * @throws {DependencyUnavailable}
 */
export async function orUnavailable<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    throw unavailable(nameOf(cause), cause);
  }
}

export const conditionFailed = Symbol('condition failed');

/** As `orUnavailable`, but a failed condition is an outcome, not a failure. @throws {DependencyUnavailable} */
export async function orConditionFailed<T>(request: Promise<T>): Promise<T | typeof conditionFailed> {
  try {
    return await request;
  } catch (cause) {
    if (nameOf(cause) === 'ConditionalCheckFailedException') return conditionFailed;
    throw unavailable(nameOf(cause), cause);
  }
}

export function unavailable(code: string, cause?: unknown): DependencyUnavailable {
  return new DependencyUnavailable('DynamoDB', code, cause);
}

/** Node's own network errors are all named `Error`; what happened is in their `code`. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'UnknownError';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return cause.name === 'Error' ? (code ?? cause.name) : cause.name;
}
