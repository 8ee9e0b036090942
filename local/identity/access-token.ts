import { refusals } from './cognito-error.ts';
import type { UserRecord } from './user-directory.ts';
import type { UserPool } from './user-pool.ts';

/**
 * Whose access token this is, for the operations that a user calls on themselves. Unlike an offline verifier these
 * see a revocation at once: https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html
 */
export function requireAccessTokenHolder(pool: UserPool, accessToken: string): UserRecord {
  const claims = pool.keys.verifiedClaims(accessToken);
  const session = pool.sessions.findByOriginJti(claims?.origin_jti);
  if (claims === undefined || session === undefined) throw refusals.invalidAccessToken();
  if (claims.token_use !== 'access' || claims.iss !== pool.issuer) throw refusals.invalidAccessToken();
  const { exp } = claims;
  if (typeof exp !== 'number') throw refusals.invalidAccessToken();
  if (exp * 1000 <= pool.clock()) throw refusals.accessTokenExpired();

  const user = pool.users.bySub(session.sub);
  if (user === undefined) throw refusals.unknownUser();
  if (session.revoked) throw refusals.accessTokenRevoked();
  return user;
}
