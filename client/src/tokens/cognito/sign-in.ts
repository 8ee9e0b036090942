import { isRecord } from '../../wire/guards.ts';
import { TokenUnavailable } from '../token-source.ts';
import { type CognitoEndpoint, callCognito } from './cognito-call.ts';

/** What Cognito gives at a sign-in or a refresh. */
export type CognitoTokens = {
  readonly accessToken: string;
  readonly idToken: string | undefined;
  /** Absent after a refresh without rotation: the old one stays. */
  readonly refreshToken: string | undefined;
  /** From the answer, not from the token: no clock is needed to understand it. */
  readonly lifeMs: number;
};

export type PasswordSignIn = {
  readonly userName: string;
  readonly password: string;
  /** Asked when the user must choose a new password (NEW_PASSWORD_REQUIRED); absent: that is a final failure. */
  readonly newPassword?: () => string | Promise<string>;
};

/** @throws {TokenUnavailable} */
export async function signInWithPassword(
  endpoint: CognitoEndpoint,
  { userName, password, newPassword }: PasswordSignIn,
): Promise<CognitoTokens> {
  const first = await callCognito(endpoint, 'InitiateAuth', {
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: endpoint.clientId,
    AuthParameters: { USERNAME: userName, PASSWORD: password },
  });
  const { ChallengeName: challenge } = first;
  if (typeof challenge !== 'string') return readTokens(first);
  if (challenge !== 'NEW_PASSWORD_REQUIRED' || newPassword === undefined) {
    throw new TokenUnavailable(`Cognito asks for ${challenge}: a person has to answer it once.`, {
      retryable: false,
      code: challenge,
    });
  }
  const answered = await callCognito(endpoint, 'RespondToAuthChallenge', {
    ChallengeName: challenge,
    ClientId: endpoint.clientId,
    Session: first.Session,
    ChallengeResponses: { USERNAME: userNameOf(first) ?? userName, NEW_PASSWORD: await newPassword() },
  });
  return readTokens(answered);
}

/** With rotation `REFRESH_TOKEN_AUTH` is not enabled, and without it `GetTokensFromRefreshToken` may not be. */
export type RefreshCall = 'REFRESH_TOKEN_AUTH' | 'GetTokensFromRefreshToken';

/** @throws {TokenUnavailable} */
export async function refreshTokens(
  endpoint: CognitoEndpoint,
  refreshToken: string,
  call: RefreshCall,
): Promise<CognitoTokens> {
  if (call === 'GetTokensFromRefreshToken') {
    const request = { ClientId: endpoint.clientId, RefreshToken: refreshToken };
    return readTokens(await callCognito(endpoint, call, request));
  }
  return readTokens(
    await callCognito(endpoint, 'InitiateAuth', {
      AuthFlow: call,
      ClientId: endpoint.clientId,
      AuthParameters: { REFRESH_TOKEN: refreshToken },
    }),
  );
}

/** Whether the app client does not know this way of refreshing, so that the other may work. */
export function isFlowDisabled(failure: unknown): boolean {
  return failure instanceof TokenUnavailable && failure.code === 'InvalidParameterException';
}

function readTokens({ AuthenticationResult: result }: Readonly<Record<string, unknown>>): CognitoTokens {
  if (isRecord(result)) {
    const { AccessToken, IdToken, RefreshToken, ExpiresIn } = result;
    if (typeof AccessToken === 'string' && typeof ExpiresIn === 'number' && ExpiresIn > 0) {
      return {
        accessToken: AccessToken,
        idToken: typeof IdToken === 'string' ? IdToken : undefined,
        refreshToken: typeof RefreshToken === 'string' ? RefreshToken : undefined,
        lifeMs: ExpiresIn * 1000,
      };
    }
  }
  throw new TokenUnavailable('Cognito answered without tokens.', { retryable: true, code: 'no_token' });
}

/** In pools that sign in by e-mail the challenge is answered with the name that Cognito gave. */
function userNameOf({ ChallengeParameters: given }: Readonly<Record<string, unknown>>): string | undefined {
  const name = isRecord(given) ? given.USER_ID_FOR_SRP : undefined;
  return typeof name === 'string' ? name : undefined;
}
