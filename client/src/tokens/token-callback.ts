import type { AccessToken, TokenSource } from './token-source.ts';

/** What an application's own way to tokens is asked for. */
export type TokenRequest = {
  /** True: a token that was kept will not do, it was refused or nears its end. */
  readonly renew: boolean;
};

/** Tokens of the application's own making. Throw a `TokenUnavailable` with `retryable: false` to end the client. */
export function tokenCallback(
  give: (request: TokenRequest) => Promise<string | AccessToken> | string | AccessToken,
): TokenSource {
  const ask = async (renew: boolean): Promise<AccessToken> => {
    const given = await give({ renew });
    return typeof given === 'string' ? { token: given } : given;
  };
  return { token: () => ask(false), renew: () => ask(true) };
}
