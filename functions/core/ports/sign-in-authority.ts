import type { PrincipalId } from '../../../protocol/ids.ts';

/** Who issues the tokens, as far as it can be told to stop. @throws {DependencyUnavailable} */
export type SignInAuthority = {
  /**
   * Ends every sign-in of a user: no refresh token of before gives tokens any more.
   *
   * @returns who that is in tokens, and when it was done by the authority's own clock (Unix ms, whole
   * seconds); undefined when there is no such user.
   */
  signOutEverywhere(userName: string): Promise<{ principalId: PrincipalId; at: number } | undefined>;
};
