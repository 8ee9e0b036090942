/**
 * The calls of Cognito's API that revoke something here, written once: the stack's rules and the
 * function behind them are both made from it. `byUser`: made with the user's own token, so that
 * CloudTrail may not name the pool.
 *
 * Missing are `RevokeToken` and `DeleteGroup`: their events say neither which sign-in nor which users
 * they concern. A holder who revokes its refresh token says `bye {signOut: true}`; a group is emptied
 * before it is deleted, or its tokens live on until they end.
 */
export const revokingCalls = {
  /** Cognito has ended every sign-in of the user. */
  signIns: ['AdminUserGlobalSignOut', 'AdminDisableUser', 'AdminDeleteUser', 'GlobalSignOut', 'DeleteUser'],
  /** The user may do less: tokens of before say too much. */
  tokens: ['AdminRemoveUserFromGroup'],
  byUser: ['GlobalSignOut', 'DeleteUser'],
} as const satisfies Record<string, readonly string[]>;
