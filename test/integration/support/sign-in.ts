import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { seededPassword } from '../../../local/stack/users.ts';
import type { Target } from './target.ts';

/** An access token by Cognito's own API, through the AWS SDK. */
export async function signIn(target: Target, userName: string): Promise<string> {
  return (await signInFully(target, userName)).accessToken;
}

type Tokens = { readonly accessToken: string; readonly idToken: string; readonly refreshToken: string };

export function signInFully(target: Target, userName: string): Promise<Tokens> {
  return atCognito(target, async (cognito) => {
    const { AuthenticationResult: result } = await cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: clientIdOf(target, userName),
        AuthParameters: { USERNAME: userName, PASSWORD: seededPassword },
      }),
    );
    const { AccessToken: accessToken, IdToken: idToken, RefreshToken: refreshToken } = result ?? {};
    if (accessToken === undefined || idToken === undefined || refreshToken === undefined) {
      throw new Error(`Signing in as ${userName} gave no tokens`);
    }
    return { accessToken, idToken, refreshToken };
  });
}

/** A new access token of the same sign-in. */
export function refreshed(target: Target, of: { userName: string; refreshToken: string }): Promise<string> {
  return atCognito(target, async (cognito) => {
    const { AuthenticationResult: result } = await cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        ClientId: clientIdOf(target, of.userName),
        AuthParameters: { REFRESH_TOKEN: of.refreshToken },
      }),
    );
    if (result?.AccessToken === undefined) throw new Error(`Refreshing ${of.userName} gave no token`);
    return result.AccessToken;
  });
}

/** Uses Cognito's API, as an administrator would. */
export async function atCognito<T>(
  target: Target,
  use: (cognito: CognitoIdentityProviderClient) => Promise<T>,
): Promise<T> {
  const cognito = new CognitoIdentityProviderClient({
    endpoint: target.identity,
    region: target.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    return await use(cognito);
  } finally {
    cognito.destroy();
  }
}

function clientIdOf({ clientIds }: Target, userName: string): string {
  return userName.startsWith('rover') ? clientIds.robots : clientIds.people;
}
