import * as z from 'zod/mini';
import { principalId } from '../../../protocol/ids.ts';
import { isExpired } from '../../core/model/connection.ts';
import type { VerifiedToken } from '../../core/model/identity.ts';
import type { Verification } from '../../core/ports/token-verifier.ts';
import type { PoolConventions } from '../../pool-conventions.ts';
import { groupsByMeaning, robotNamed } from './pool-reading.ts';

/** A user name can become a robot id and must fit one. */
const userName = z.string().check(z.minLength(1), z.maxLength(128));

/** Seconds; at most what is still a whole number of milliseconds. */
const numericDate = z.number().check(z.nonnegative(), z.maximum(Number.MAX_SAFE_INTEGER / 1000));

const common = {
  sub: principalId,
  exp: numericDate,
  iat: numericDate,
  auth_time: z.optional(numericDate),
  nbf: z.optional(numericDate),
  'cognito:groups': z.optional(z.array(z.string())),
  origin_jti: z.optional(z.string().check(z.minLength(1))),
};

/**
 * The claims of a Cognito token that are used here. The two kinds name the user differently.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
const claims = z.discriminatedUnion('token_use', [
  z.object({ token_use: z.literal('access'), username: userName, ...common }),
  z.object({ token_use: z.literal('id'), 'cognito:username': userName, ...common }),
]);

/** For the one claim whose name the configuration says. */
const allClaims = z.record(z.string(), z.unknown());

/** Judges the claims of a token whose signature, issuer, client and use have been verified. */
export function judgeClaims(
  payload: unknown,
  at: { now: number; leewayMs: number; conventions: PoolConventions },
): Verification {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return { ok: false, reason: 'invalid' };
  const given = parsed.data;
  const life = {
    issuedAt: toMs(given.iat),
    expiresAt: toMs(given.exp),
    // A token that does not say when its user signed in was not made before they did.
    signedInAt: toMs(given.auth_time ?? given.iat),
  };
  // Leeway forgives clocks that differ about a token's beginning. Its end is exact (I1, F7).
  const latestStart = at.now + at.leewayMs;
  if (life.issuedAt > latestStart) return { ok: false, reason: 'invalid' };
  if (given.nbf !== undefined && toMs(given.nbf) > latestStart) return { ok: false, reason: 'invalid' };
  if (isExpired(life.expiresAt, at.now)) return { ok: false, reason: 'expired' };

  const groups = given['cognito:groups'] ?? [];
  const robot = robotNamed({ claims: allClaims.parse(payload), groups }, at.conventions);
  const token: VerifiedToken = {
    principalId: given.sub,
    userName: given.token_use === 'access' ? given.username : given['cognito:username'],
    groups: groupsByMeaning(groups, at.conventions),
    ...(robot === undefined ? {} : { robot }),
    life: given.origin_jti === undefined ? life : { ...life, originJti: given.origin_jti },
  };
  return { ok: true, token };
}

function toMs(seconds: number): number {
  return Math.floor(seconds * 1000);
}
