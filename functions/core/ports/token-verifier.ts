import type { VerifiedToken } from '../model/identity.ts';

export type Verification =
  | { readonly ok: true; readonly token: VerifiedToken }
  /**
   * `other_use`, `other_client`: genuine, but an ID token where access tokens are taken, say; or of another app client.
   * `unavailable`: the keys cannot be had now, so nothing can be said about the token (I10).
   */
  | {
      readonly ok: false;
      readonly reason: 'invalid' | 'expired' | 'other_use' | 'other_client' | 'unavailable';
    };

/** Decides whether a token is genuine and alive. Never throws for what a token may contain. */
export type TokenVerifier = {
  verify(token: string): Promise<Verification>;
};
