import { KidNotFoundInJwksError, WaitPeriodNotYetEndedJwkError } from 'aws-jwt-verify/error';
import type { PenaltyBox } from 'aws-jwt-verify/jwk';
import type { Clock } from '../../core/ports/clock.ts';

/** How long after a fetch that did not have a key no other fetch is made. */
const waitMs = 10_000;

/** More than a burst within one fetch brings; a stranger must not be able to fill the memory. */
const maxRemembered = 64;

type Miss = { readonly fetchedAt: number; readonly keyIds: Set<string> };

/**
 * Limits how often a key id that is not in the cached JWKS makes us fetch it anew: anybody can send a
 * token with an invented key id, and each would otherwise cost a request to Cognito.
 *
 * aws-jwt-verify's own `SimplePenaltyBox` does the same for all key ids of a JWKS alike: after one
 * stranger's token every unknown key waits, also the one that Cognito has begun to sign with, and the
 * error is the same for both. This one remembers which key ids the fetched set was seen to lack:
 *
 * - such a key id is answered `KidNotFound`, which is the truth (the keys were had, this is none of
 *   them), hence `invalid`;
 * - any other key id within the wait is answered `WaitPeriodNotYetEnded`: we have not looked, so
 *   nothing can be said about it, hence `unavailable` (I10). An `invalid` here would send the holders
 *   of tokens of a rotated key to the login page because of a stranger's burst. They repeat, and the
 *   next fetch, whoever causes it, brings their key.
 *
 * The library registers only fetches that succeeded: a JWKS that cannot be reached is asked for again
 * with the next token, so nothing has to wait once it is back.
 */
export function unknownKeyLimit(clock: Clock): PenaltyBox {
  const misses = new Map<string, Miss>();

  function missOf(jwksUri: string): Miss | undefined {
    const miss = misses.get(jwksUri);
    if (miss === undefined) return undefined;
    const ageMs = clock.now() - miss.fetchedAt;
    // A clock that was set back must not prolong the wait.
    return ageMs >= 0 && ageMs < waitMs ? miss : undefined;
  }

  return {
    async wait(jwksUri, keyId) {
      const miss = missOf(jwksUri);
      if (miss === undefined) return;
      if (miss.keyIds.has(keyId)) throw new KidNotFoundInJwksError('Key id not in the JWKS fetched last');
      throw new WaitPeriodNotYetEndedJwkError('Key id unknown, and too early to fetch the JWKS again');
    },
    registerFailedAttempt(jwksUri, keyId) {
      // Several tokens can have waited for the same fetch.
      const miss = missOf(jwksUri) ?? { fetchedAt: clock.now(), keyIds: new Set() };
      if (miss.keyIds.size < maxRemembered) miss.keyIds.add(keyId);
      misses.set(jwksUri, miss);
    },
    registerSuccessfulAttempt(jwksUri) {
      misses.delete(jwksUri);
    },
  };
}
