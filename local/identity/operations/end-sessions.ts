import type { RevocationCause } from '../identity-options.ts';
import type { UserRecord } from '../user-directory.ts';
import type { UserPool } from '../user-pool.ts';

/** Ends every sign-in of the user and tells of it: the last step of the operation that is the cause. */
export function endSessionsOf(
  pool: UserPool,
  user: UserRecord,
  cause: Exclude<RevocationCause, 'RevokeToken'>,
): void {
  pool.sessions.revokeAllOf(user.sub);
  pool.emit({ kind: 'revoked', userName: user.userName, cause });
  pool.tellManagement({ eventName: cause, sub: user.sub });
}
