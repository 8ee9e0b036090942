import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { SessionId } from '../../protocol/ids.ts';

/** An expected refusal: a value, not an exception. Becomes an `error` message. */
export type Refusal = {
  readonly code: ErrorCode;
  /** For the caller: what happened and what to do. Never a secret, never an internal. */
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly supported?: readonly number[];
  readonly sessionId?: SessionId;
  readonly seq?: number;
};

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(
  code: ErrorCode,
  message: string,
  more: Omit<Refusal, 'code' | 'message'> = {},
): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message, ...more } };
}
