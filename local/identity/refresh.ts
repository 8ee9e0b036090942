import { refusals } from './cognito-error.ts';
import type { RefreshTokenRecord } from './session-store.ts';
import { type AuthenticationResult, issueTokens } from './token-issuer.ts';
import type { UserRecord } from './user-directory.ts';
import type { AppClient, UserPool } from './user-pool.ts';

export function refreshTokens(
  pool: UserPool,
  request: { client: AppClient; refreshToken: string },
): AuthenticationResult {
  const { client } = request;
  const record = pool.sessions.findByRefreshToken(request.refreshToken);
  // A token of another client is «invalid», not «unknown client»:
  // https://repost.aws/knowledge-center/cognito-invalid-refresh-token-error
  if (record === undefined || record.session.clientId !== client.id) throw refusals.invalidRefreshToken();
  const user = assertStillGood(pool, client, record);

  const rotated = client.rotation === undefined ? undefined : rotate(pool, record);
  const result = issueTokens(pool, {
    user,
    session: record.session,
    ...(rotated === undefined ? {} : { refreshToken: rotated }),
  });
  pool.emit({ kind: 'refreshed', userName: user.userName, clientId: client.id, groups: [...user.groups] });
  return result;
}

function assertStillGood(pool: UserPool, client: AppClient, record: RefreshTokenRecord): UserRecord {
  const { session, replacedAt } = record;
  const now = pool.clock();
  const user = pool.users.bySub(session.sub);
  if (user === undefined) throw refusals.refreshTokenRevoked();
  // Before «revoked», which is also true of them: it is the reason that an operator can do something about.
  if (!user.enabled) throw refusals.userDisabled();
  if (session.revoked) throw refusals.refreshTokenRevoked();
  if (now >= session.refreshEndsAt) throw refusals.refreshTokenExpired();
  if (replacedAt !== undefined && now >= replacedAt + (client.rotation?.retryGraceMs ?? 0)) {
    throw refusals.refreshTokenReused();
  }
  return user;
}

// A retry within the grace gets a further token and does not lengthen the grace: it runs from the first use.
function rotate(pool: UserPool, record: RefreshTokenRecord): string {
  record.replacedAt ??= pool.clock();
  return pool.sessions.issueRefreshToken(record.session);
}
