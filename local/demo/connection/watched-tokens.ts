import type { AccessToken, TokenSource } from '../../../client/src/node.ts';

/** A token source that tells how it fares: what fails for the moment the client repeats in silence. */
export function watchedTokens(
  source: TokenSource,
  hear: { readonly onToken?: () => void; readonly onFailure?: (failure: unknown) => void },
): TokenSource {
  const watched = (ask: () => Promise<AccessToken>) => async () => {
    try {
      const token = await ask();
      hear.onToken?.();
      return token;
    } catch (failure) {
      hear.onFailure?.(failure);
      throw failure;
    }
  };
  const { token, renew } = source;
  return { token: watched(token), ...(renew === undefined ? {} : { renew: watched(renew) }) };
}
