import {
  type IdentityEndpoint,
  SignInRefused,
  signInWithPassword,
  signInWithRefreshToken,
  type Tokens,
} from './sign-in.ts';

export type TokenSource = {
  /** A token with at least half of its life before it, and none that was refused. */
  current(): Promise<string>;
  /** A new token, whatever is held. */
  renewed(): Promise<string>;
  /** The token in hand was refused: `current` renews before it gives another (F6). */
  refused(): void;
};

/** Tokens of one user: refreshed while that works, by password when it does not. */
export function createTokenSource(
  identity: IdentityEndpoint,
  credentials: { userName: string; password: string },
): TokenSource {
  let held: { tokens: Tokens; goodUntil: number } | undefined;

  async function renewed(): Promise<string> {
    const startedAt = Date.now();
    const refreshToken = held?.tokens.refreshToken;
    const tokens =
      (refreshToken === undefined ? undefined : await refreshed(refreshToken)) ??
      (await signInWithPassword(identity, credentials));
    held = { tokens, goodUntil: startedAt + tokens.lifeMs / 2 };
    return tokens.accessToken;
  }

  /** Undefined when the refresh token is no longer good: the password is. */
  async function refreshed(refreshToken: string): Promise<Tokens | undefined> {
    try {
      const tokens = await signInWithRefreshToken(identity, refreshToken);
      return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    } catch (failure) {
      if (failure instanceof SignInRefused && !failure.retryable) return undefined;
      throw failure;
    }
  }

  return {
    renewed,
    async current() {
      return held !== undefined && Date.now() < held.goodUntil ? held.tokens.accessToken : renewed();
    },
    refused() {
      if (held !== undefined) held = { ...held, goodUntil: 0 };
    },
  };
}
