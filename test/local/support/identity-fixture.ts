import {
  CognitoIdentityProviderClient,
  GetTokensFromRefreshTokenCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt, type JWTPayload } from 'jose';
import { onTestFinished } from 'vitest';
import {
  type IdentityEvent,
  type LocalIdentity,
  type LocalIdentityOptions,
  startLocalIdentity,
} from '../../../local/identity/identity.ts';
import { createTestClock, type TestClock } from './identity-clock.ts';

export const password = 'Heliograph-1!';
export const hourMs = 3_600_000;

export type TestIdentity = {
  identity: LocalIdentity;
  sdk: CognitoIdentityProviderClient;
  clock: TestClock;
  events: IdentityEvent[];
  pool: { UserPoolId: string };
};

/** The service with a clock that stands still, and the real AWS SDK on it. Both end with the test. */
export async function startTestIdentity(
  overrides: Partial<LocalIdentityOptions> = {},
): Promise<TestIdentity> {
  const clock = createTestClock();
  const events: IdentityEvent[] = [];
  const identity = await startLocalIdentity({
    port: 0,
    region: 'us-east-1',
    userPoolId: 'us-east-1_Heliograph',
    clients: { robots: 'robotsclient', people: 'peopleclient' },
    lifetimes: {
      accessTokenMs: 4 * hourMs,
      idTokenMs: 4 * hourMs,
      refreshTokenMs: { robots: 365 * 24 * hourMs, people: 30 * 24 * hourMs },
    },
    users: [
      { userName: 'rover-1', password, groups: ['robots', 'fleet:demo'] },
      { userName: 'operator-1', password, groups: ['operators', 'fleet:demo'], email: 'op@example.com' },
      { userName: 'new-1', password, groups: ['viewers'], mustChangePassword: true },
    ],
    clock,
    onEvent: (event) => events.push(event),
    ...overrides,
  });
  const sdk = sdkFor(identity);
  onTestFinished(async () => {
    sdk.destroy();
    await identity.close();
  });
  return { identity, sdk, clock, events, pool: { UserPoolId: identity.userPoolId } };
}

export function sdkFor(identity: LocalIdentity, maxAttempts = 1): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    endpoint: identity.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts,
  });
}

export type Tokens = { access: string; id: string; refresh: string };

export async function signIn(
  service: TestIdentity,
  as: { userName?: string; password?: string; clientId?: string } = {},
): Promise<Tokens> {
  const reply = await service.sdk.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: as.clientId ?? service.identity.clientIds.people,
      AuthParameters: { USERNAME: as.userName ?? 'operator-1', PASSWORD: as.password ?? password },
    }),
  );
  return tokensOf(reply);
}

export async function refresh(
  service: TestIdentity,
  refreshToken: string,
  clientId = service.identity.clientIds.people,
): Promise<Tokens> {
  return tokensOf(
    await service.sdk.send(
      new InitiateAuthCommand({
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        ClientId: clientId,
        AuthParameters: { REFRESH_TOKEN: refreshToken },
      }),
    ),
  );
}

export async function getTokens(
  service: TestIdentity,
  refreshToken: string,
  clientId = service.identity.clientIds.people,
): Promise<Tokens> {
  return tokensOf(
    await service.sdk.send(
      new GetTokensFromRefreshTokenCommand({ ClientId: clientId, RefreshToken: refreshToken }),
    ),
  );
}

/** Absent tokens become empty strings: a refresh without rotation hands out no refresh token. */
export function tokensOf(reply: {
  AuthenticationResult?:
    | { AccessToken?: string | undefined; IdToken?: string | undefined; RefreshToken?: string | undefined }
    | undefined;
}): Tokens {
  const result = reply.AuthenticationResult;
  return {
    access: result?.AccessToken ?? '',
    id: result?.IdToken ?? '',
    refresh: result?.RefreshToken ?? '',
  };
}

export const claimsOf = (token: string): JWTPayload => decodeJwt(token);

/** What a refusal by Cognito looks like to a caller of the SDK, for `rejects.toMatchObject`. */
export const refusal = (name: string, message?: string): object => ({
  name,
  ...(message === undefined ? {} : { message }),
});
