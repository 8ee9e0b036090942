import {
  cognitoTokens,
  type KeptSignIn,
  type SignInStore,
  type TokenSource,
} from '../../../client/src/index.ts';
import type { Identity } from '../settings.ts';
import { saveSignIn } from './kept-sign-in.ts';

/** How somebody signs in: anew by password, or on with what this tab has kept. */
export type Way =
  | { readonly userName: string; readonly password: string; readonly newPassword: () => Promise<string> }
  | { readonly userName: string; readonly refreshToken: string };

/** Tokens for the signaling client. The access token stays in memory, the refresh token in this tab's storage. */
export function tokensFor(identity: Identity, way: Way): TokenSource {
  const where =
    identity.endpoint === undefined ? { region: identity.region ?? '' } : { endpoint: identity.endpoint };
  const common = { clientId: identity.clientId, store: tabStore(), ...where };
  return 'password' in way
    ? cognitoTokens({ ...common, signIn: way })
    : cognitoTokens({ ...common, identity: way.userName, refreshToken: way.refreshToken });
}

function tabStore(): SignInStore {
  let kept: KeptSignIn | undefined;
  return {
    load: async () => kept,
    async save(signIn) {
      kept = signIn;
      const { identity: userName, refreshToken } = signIn;
      if (refreshToken !== undefined) saveSignIn({ userName, refreshToken });
    },
    exclusively: (work) => work(),
  };
}
