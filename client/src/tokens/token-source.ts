/** A token that the server takes, as it is carried to it. */
export type AccessToken = {
  /** A JWT. Never logged. */
  readonly token: string;
  /** When it ends, in Unix ms by the clock of this machine; absent: `exp` of the token. */
  readonly expiresAt?: number;
  /** How long it lives in all, ms; absent: by the token's own `exp` and `iat`. */
  readonly lifeMs?: number;
};

/**
 * Where tokens come from.
 *
 * The contract: whatever fails is thrown. A `TokenUnavailable` says whether the same call may succeed
 * later (`retryable`: it is repeated with backoff) or not until somebody acts (final: the client ends
 * with `sign_in_required`, or lives on while its token does). Anything else that is thrown counts as
 * retryable. Two calls never overlap.
 */
export type TokenSource = {
  /** A token to connect with; may be one that is kept. */
  readonly token: () => Promise<AccessToken>;
  /** A new token, whatever is kept. Absent where there is no way to one. */
  readonly renew?: () => Promise<AccessToken>;
};

/** No token can be had. */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable';
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly retryable: boolean;
  /** A short name of what happened, for programs. */
  readonly code: string;

  constructor(message: string, of: { retryable: boolean; code: string; cause?: unknown }) {
    super(message, of.cause === undefined ? undefined : { cause: of.cause });
    this.retryable = of.retryable;
    this.code = of.code;
  }
}

export function isFinal(failure: unknown): failure is TokenUnavailable {
  return failure instanceof TokenUnavailable && !failure.retryable;
}
