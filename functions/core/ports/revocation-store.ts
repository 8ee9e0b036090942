import type { PrincipalId } from '../../../protocol/ids.ts';
import type { Revocation } from '../model/revocation.ts';

/** One sign-in of a user, by the claim that all of its tokens share. */
export type SignIn = { readonly principalId: PrincipalId; readonly originJti: string };

/**
 * What was revoked, kept as long as a refresh token could bring it back. Reads are consistent: what
 * was written before is seen. @throws {DependencyUnavailable}
 */
export type RevocationStore = {
  /** What concerns a token of this user, and of this sign-in where the token names one. */
  of(who: { principalId: PrincipalId; originJti: string | undefined }): Promise<Revocation>;
  /** Both moments never move back: of two revocations the later one holds, in whatever order they come. */
  revokeSignInsUntil(principalId: PrincipalId, of: { at: number; keepUntil: number }): Promise<void>;
  revokeTokensUntil(principalId: PrincipalId, of: { at: number; keepUntil: number }): Promise<void>;
  revokeSignIn(signIn: SignIn, of: { keepUntil: number }): Promise<void>;
};
