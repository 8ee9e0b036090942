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

export async function signInFully(
  target: Target,
  userName: string,
): Promise<{ accessToken: string; idToken: string; refreshToken: string }> {
  const isRobot = userName.startsWith('rover');
  const client = new CognitoIdentityProviderClient({
    endpoint: target.identity,
    region: target.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    const { AuthenticationResult: result } = await client.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: isRobot ? target.clientIds.robots : target.clientIds.people,
        AuthParameters: { USERNAME: userName, PASSWORD: seededPassword },
      }),
    );
    const { AccessToken: accessToken, IdToken: idToken, RefreshToken: refreshToken } = result ?? {};
    if (accessToken === undefined || idToken === undefined || refreshToken === undefined) {
      throw new Error(`Signing in as ${userName} gave no tokens`);
    }
    return { accessToken, idToken, refreshToken };
  } finally {
    client.destroy();
  }
}
