import type { TokenLife } from './identity.ts';

/**
 * What was revoked of a user, Unix ms. Tokens say when they were made in whole seconds, rounded down,
 * and so do these: what happened within the second of a revocation counts as before it.
 */
export type Revocation = {
  /** Sign-ins of that moment or earlier are revoked, and whatever is refreshed from them. */
  readonly signInsUntil?: number;
  /** Tokens issued at that moment or earlier are refused; the same sign-in may bring a newer one. */
  readonly tokensUntil?: number;
  /** Whether the very sign-in that was asked about is revoked. */
  readonly signInRevoked: boolean;
};

/** Whether a token is refused though it is genuine and alive: its signature knows nothing of a revocation. */
export function isRevoked(life: TokenLife, revocation: Revocation): boolean {
  const { signInsUntil, tokensUntil, signInRevoked } = revocation;
  if (signInRevoked) return true;
  if (signInsUntil !== undefined && life.signedInAt <= signInsUntil) return true;
  return tokensUntil !== undefined && life.issuedAt <= tokensUntil;
}
