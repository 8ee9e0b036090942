import { randomUUID } from 'node:crypto';
import type { SignInSession } from './session-store.ts';
import type { Claims } from './signing-keys.ts';
import type { UserRecord } from './user-directory.ts';
import type { UserPool } from './user-pool.ts';

export type AuthenticationResult = {
  AccessToken: string;
  IdToken: string;
  RefreshToken?: string;
  ExpiresIn: number;
  TokenType: 'Bearer';
};

/** Groups are read here, so that every refresh sees those of the moment. */
export function issueTokens(
  pool: UserPool,
  grant: { user: UserRecord; session: SignInSession; refreshToken?: string },
): AuthenticationResult {
  const { user, session, refreshToken } = grant;
  const issuedAtS = Math.floor(pool.clock() / 1000);
  const shared = sharedClaims(pool, { user, session });

  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
  const access = {
    ...shared,
    client_id: session.clientId,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time: session.authTimeS,
    exp: issuedAtS + pool.accessLifeMs / 1000,
    iat: issuedAtS,
    jti: randomUUID(),
    username: user.userName,
  };
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
  const id = {
    ...shared,
    ...emailClaims(user),
    'cognito:username': user.userName,
    aud: session.clientId,
    token_use: 'id',
    auth_time: session.authTimeS,
    exp: issuedAtS + pool.idLifeMs / 1000,
    iat: issuedAtS,
    jti: randomUUID(),
  };
  return {
    AccessToken: pool.keys.sign({ use: 'access', claims: access }),
    IdToken: pool.keys.sign({ use: 'id', claims: id }),
    ...(refreshToken === undefined ? {} : { RefreshToken: refreshToken }),
    ExpiresIn: pool.accessLifeMs / 1000,
    TokenType: 'Bearer',
  };
}

function sharedClaims(pool: UserPool, grant: { user: UserRecord; session: SignInSession }): Claims {
  const groups = [...grant.user.groups];
  return {
    sub: grant.user.sub,
    // Cognito leaves the claim out for a user without groups; an empty list would hide that from a verifier.
    ...(groups.length === 0 ? {} : { 'cognito:groups': groups }),
    iss: pool.issuer,
    origin_jti: grant.session.originJti,
    event_id: grant.session.eventId,
  };
}

function emailClaims(user: UserRecord): Claims {
  const email = user.attributes.get('email');
  if (email === undefined) return {};
  return { email, email_verified: user.attributes.get('email_verified') === 'true' };
}
