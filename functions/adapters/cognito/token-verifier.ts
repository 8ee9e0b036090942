import { CognitoJwtVerifier } from 'aws-jwt-verify';
import {
  CognitoJwtInvalidClientIdError,
  CognitoJwtInvalidTokenUseError,
  FetchError,
  JwksNotAvailableInCacheError,
  JwksValidationError,
  JwkValidationError,
  JwtBaseError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { Clock } from '../../core/ports/clock.ts';
import type { TokenVerifier, Verification } from '../../core/ports/token-verifier.ts';
import { defaultConventions, type PoolConventions } from '../../pool-conventions.ts';
import { judgeClaims } from './claims.ts';
import { cognitoJwksFetcher, jwksFetcherFor } from './jwks-fetcher.ts';
import { unknownKeyLimit } from './unknown-key-limit.ts';

export type TokenVerifierOptions = {
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
  readonly tokenUse: 'access' | 'id' | 'either';
  /** How the pool names robots, roles and fleets; by default as ours does. */
  readonly conventions?: PoolConventions;
  /** For `iat` and `nbf`. `exp` is exact. */
  readonly leewayMs: number;
  /** Decides about expiry too: the machine's clock everywhere but in tests. */
  readonly clock: Clock;
  /** Where the JWKS is, when it is not at Cognito. https, or http on loopback. */
  readonly jwksUri?: string;
};

export type WarmTokenVerifier = TokenVerifier & {
  /** Fetches the JWKS ahead of the first token. Tells whether it worked; a failure is not one of the caller's. */
  warm(): Promise<boolean>;
};

/** The longest token that is looked at. Cognito's are 1 to 3 KB; a handshake carries at most 10 KB of headers. */
const maxTokenLength = 16 * 1024;

/**
 * Verifies tokens of one Cognito user pool offline, by its JWKS.
 *
 * @throws {Error} at once, when the pool id or the JWKS URI cannot be one.
 */
export function cognitoTokenVerifier(options: TokenVerifierOptions): WarmTokenVerifier {
  const { clock, leewayMs, jwksUri, conventions = defaultConventions } = options;
  const fetcher = jwksUri === undefined ? cognitoJwksFetcher() : jwksFetcherFor(jwksUri);
  const verifier = CognitoJwtVerifier.create(
    {
      userPoolId: options.userPoolId,
      clientId: [...options.clientIds],
      tokenUse: options.tokenUse === 'either' ? null : options.tokenUse,
      // The library compares `exp` and `nbf` with the machine's clock, lets a token live on within the
      // very second of `exp`, and has one tolerance for both. So its comparison is switched off for
      // every token, and `judgeClaims`, through which each one must pass, decides by the given clock.
      graceSeconds: Number.POSITIVE_INFINITY,
    },
    { jwksCache: new SimpleJwksCache({ fetcher, penaltyBox: unknownKeyLimit(clock) }) },
  );

  return {
    async verify(token) {
      if (token.length > maxTokenLength) return { ok: false, reason: 'invalid' };
      try {
        if (!isSignedLikeCognito(token)) return { ok: false, reason: 'invalid' };
        const payload: unknown = await verifier.verify(token);
        return judgeClaims(payload, { now: clock.now(), leewayMs, conventions });
      } catch (failure) {
        // What was thrown goes no further: the library's messages quote claims.
        return { ok: false, reason: reasonOf(failure) };
      }
    },
    async warm() {
      try {
        await verifier.hydrate();
        return true;
      } catch {
        return false;
      }
    },
  };
}

/**
 * Cognito signs with RS256 and nothing else. Looked at before any key is: `none` and `HS256` (keyed with
 * the public key) die here, without even the power to make us fetch the JWKS; and a key published
 * without `alg` cannot be used with another algorithm. `crit` names what a verifier must understand or
 * refuse the token (RFC 7515, 4.1.11); the library passes over it, and Cognito never sends it.
 */
function isSignedLikeCognito(token: string): boolean {
  const { header } = decomposeUnverifiedJwt(token);
  return header.alg === 'RS256' && !Object.hasOwn(header, 'crit') && token.split('.').every(isBase64Url);
}

/**
 * Without padding and with nothing in between (RFC 7515, 2). The decoder passes over what does not belong there,
 * which of a signature nobody has signed: one token would have many spellings.
 */
function isBase64Url(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

type Reason = Extract<Verification, { ok: false }>['reason'];

/** Use and client are looked at last: what fails at them has our signature, and its holder is told which it was. */
function reasonOf(failure: unknown): Reason {
  if (failure instanceof CognitoJwtInvalidTokenUseError) {
    const { actual } = failure.failedAssertion;
    return actual === 'access' || actual === 'id' ? 'other_use' : 'invalid';
  }
  if (failure instanceof CognitoJwtInvalidClientIdError) {
    // Without any it is no token of an app client at all.
    return failure.failedAssertion.actual ? 'other_client' : 'invalid';
  }
  return saysNothingOfTheToken(failure) ? 'unavailable' : 'invalid';
}

/**
 * Whether the failure lies in getting the keys, so that the token may well be good (I10: refuse, but let
 * it be tried again; an `invalid` would send its holder to sign in anew because Cognito was out of reach).
 *
 * - The JWKS could not be fetched, or what came is none.
 * - It may not be fetched again yet for a key that was not looked for: see `unknownKeyLimit`.
 * - Anything that is not the library's own error: Node refusing the published key, say. Not understood,
 *   so neither a yes nor a final no.
 */
function saysNothingOfTheToken(failure: unknown): boolean {
  return (
    failure instanceof FetchError ||
    failure instanceof JwksValidationError ||
    failure instanceof JwkValidationError ||
    failure instanceof JwksNotAvailableInCacheError ||
    failure instanceof WaitPeriodNotYetEndedJwkError ||
    !(failure instanceof JwtBaseError)
  );
}
