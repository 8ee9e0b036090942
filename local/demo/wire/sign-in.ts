import * as z from 'zod';

/** Where to sign in, and as which app client. */
export type IdentityEndpoint = { readonly url: string; readonly clientId: string };

export type Tokens = {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly lifeMs: number;
};

/** The identity answered no. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  /** Cognito's name of the error. */
  readonly code: string;
  /** Whether the same attempt may succeed later. */
  readonly retryable: boolean;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    this.retryable = isRetryable(code, message);
  }
}

/** The identity did not answer. */
export class IdentityUnreachable extends Error {
  override readonly name = 'IdentityUnreachable';
}

/** @throws {SignInRefused | IdentityUnreachable} */
export function signInWithPassword(
  identity: IdentityEndpoint,
  { userName, password }: { userName: string; password: string },
): Promise<Tokens> {
  return initiateAuth(identity, 'USER_PASSWORD_AUTH', { USERNAME: userName, PASSWORD: password });
}

/** @throws {SignInRefused | IdentityUnreachable} */
export function signInWithRefreshToken(identity: IdentityEndpoint, refreshToken: string): Promise<Tokens> {
  return initiateAuth(identity, 'REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: refreshToken });
}

const authenticated = z.object({
  AuthenticationResult: z.object({
    AccessToken: z.string(),
    RefreshToken: z.string().optional(),
    ExpiresIn: z.number().positive(),
  }),
});

const refusal = z.object({ __type: z.string(), message: z.string().default('') });

async function initiateAuth(
  identity: IdentityEndpoint,
  flow: string,
  parameters: Record<string, string>,
): Promise<Tokens> {
  const { ok, body } = await post(identity.url, {
    AuthFlow: flow,
    ClientId: identity.clientId,
    AuthParameters: parameters,
  });
  if (!ok) {
    const parsed = refusal.safeParse(body);
    if (!parsed.success) throw new IdentityUnreachable(`${identity.url} answered no words of Cognito's.`);
    // AWS may put a namespace before the name: com.amazonaws.cognito…#NotAuthorizedException
    throw new SignInRefused(parsed.data.__type.split('#').at(-1) ?? '', parsed.data.message);
  }
  const parsed = authenticated.safeParse(body);
  if (!parsed.success) {
    throw new SignInRefused(
      'ChallengeRequired',
      'The identity asks for more than a password; sign in once elsewhere.',
    );
  }
  const { AccessToken, RefreshToken, ExpiresIn } = parsed.data.AuthenticationResult;
  return { accessToken: AccessToken, refreshToken: RefreshToken, lifeMs: ExpiresIn * 1000 };
}

async function post(url: string, request: unknown): Promise<{ ok: boolean; body: unknown }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(10_000),
    });
    return { ok: response.ok, body: await response.json() };
  } catch (cause) {
    throw new IdentityUnreachable(`Nothing that speaks Cognito's API answers at ${url}.`, { cause });
  }
}

const retryableCodes = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'InternalErrorException',
  'ServiceUnavailableException',
]);

function isRetryable(code: string, message: string): boolean {
  // The lock-out has the name of a wrong password and is told apart by its text alone.
  return retryableCodes.has(code) || message === 'Password attempts exceeded';
}
