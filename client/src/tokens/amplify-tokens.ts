import { nameOf } from '../environment/name-of.ts';
import { type AccessToken, type TokenSource, TokenUnavailable } from './token-source.ts';

/** The shape of `fetchAuthSession` of aws-amplify/auth, as far as it is used. */
export type FetchAuthSession = (options?: { forceRefresh?: boolean }) => Promise<{
  readonly tokens?:
    | {
        readonly accessToken: { toString(): string };
        readonly idToken?: { toString(): string } | undefined;
      }
    | undefined;
}>;

/** What Amplify throws when only the user can help. @see https://docs.amplify.aws/javascript/build-a-backend/auth/connect-your-frontend/manage-user-sessions/ */
const finalNames: readonly string[] = [
  'NotAuthorizedException',
  'UserNotFoundException',
  'UserUnAuthenticatedException',
  'UserNotConfirmedException',
  'PasswordResetRequiredException',
];

/** Tokens of an application that signs in with Amplify. `use`: default `access`, as the server's. */
export function amplifyTokens(
  fetchAuthSession: FetchAuthSession,
  use: 'access' | 'id' = 'access',
): TokenSource {
  async function ask(forceRefresh: boolean): Promise<AccessToken> {
    const { tokens } = await fetchAuthSession({ forceRefresh }).catch(rethrow);
    const token = use === 'id' ? tokens?.idToken : tokens?.accessToken;
    if (token === undefined) {
      throw new TokenUnavailable('Nobody is signed in with Amplify.', {
        retryable: false,
        code: 'signed_out',
      });
    }
    return { token: token.toString() };
  }
  return { token: () => ask(false), renew: () => ask(true) };
}

function rethrow(cause: unknown): never {
  const name = nameOf(cause);
  throw new TokenUnavailable(`Amplify gave no session: ${name}.`, {
    retryable: !finalNames.includes(name),
    code: name,
    cause,
  });
}
