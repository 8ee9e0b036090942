import { describe, expect, it } from 'vitest';
import { amplifyTokens } from '../../../client/src/tokens/amplify-tokens.ts';
import { type CognitoOptions, cognitoTokens } from '../../../client/src/tokens/cognito/cognito-tokens.ts';
import { memoryStore } from '../../../client/src/tokens/cognito/kept-sign-in.ts';
import { tokenCallback } from '../../../client/src/tokens/token-callback.ts';
import { TokenUnavailable } from '../../../client/src/tokens/token-source.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { type CognitoAnswer, createFakeCognito, refused, signedIn, tokens } from './support/fake-cognito.ts';

const dayMs = 86_400_000;
const byPassword = { signIn: { userName: 'rover-1', password: 'secret-1' } } as const;

function source(options: Partial<CognitoOptions> = byPassword) {
  const clock = createFakeClock();
  const cognito = createFakeCognito();
  cognito.answer = ({ body }) =>
    body.AuthFlow === 'USER_PASSWORD_AUTH' ? signedIn(cognito.requests.length) : undefined;
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const store = memoryStore();
  const made = cognitoTokens({
    endpoint: 'http://identity.example',
    clientId: 'app',
    fetch: cognito.fetch,
    clock,
    store,
    logger: { info: log, warn: log },
    ...options,
  } as CognitoOptions);
  const renew = () => (made.renew === undefined ? Promise.reject(new Error('no renew')) : made.renew());
  return { clock, cognito, lines, store, token: made.token, renew };
}

const caught = async (work: Promise<unknown>): Promise<TokenUnavailable> => {
  const failure = await work.catch((thrown: unknown) => thrown);
  if (failure instanceof TokenUnavailable) return failure;
  throw new Error(`Expected TokenUnavailable, got ${String(failure)}`);
};

describe('Cognito', () => {
  it('signs in by password, and refreshes by the refresh token', async () => {
    const { cognito, clock, token, renew } = source();
    expect(await token()).toEqual({
      token: 'access-1',
      expiresAt: clock.now() + 3_600_000,
      lifeMs: 3_600_000,
    });
    expect(await token()).toMatchObject({ token: 'access-1' });
    expect(await renew()).toMatchObject({ token: 'access-2' });
    expect(cognito.requests).toEqual([
      {
        operation: 'InitiateAuth',
        body: {
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: 'app',
          AuthParameters: { USERNAME: 'rover-1', PASSWORD: 'secret-1' },
        },
      },
      {
        operation: 'InitiateAuth',
        body: {
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          ClientId: 'app',
          AuthParameters: { REFRESH_TOKEN: 'refresh-1' },
        },
      },
    ]);
  });

  it('gives the ID token where the server wants it', async () => {
    expect(await source({ ...byPassword, use: 'id' }).token()).toMatchObject({ token: 'id-1' });
  });

  it('answers NEW_PASSWORD_REQUIRED with the name that Cognito gave', async () => {
    const newPassword = () => 'secret-2';
    const { cognito, token } = source({ signIn: { ...byPassword.signIn, newPassword } });
    cognito.answer = ({ operation }) =>
      operation === 'RespondToAuthChallenge'
        ? signedIn(1)
        : {
            body: {
              ChallengeName: 'NEW_PASSWORD_REQUIRED',
              Session: 'challenge',
              ChallengeParameters: { USER_ID_FOR_SRP: 'uuid-1' },
            },
          };
    expect(await token()).toMatchObject({ token: 'access-1' });
    expect(cognito.requests[1]).toEqual({
      operation: 'RespondToAuthChallenge',
      body: {
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        ClientId: 'app',
        Session: 'challenge',
        ChallengeResponses: { USERNAME: 'uuid-1', NEW_PASSWORD: 'secret-2' },
      },
    });
  });

  it.each(['NEW_PASSWORD_REQUIRED', 'SOFTWARE_TOKEN_MFA'])(
    '%s that nobody can answer is final',
    async (name) => {
      const { cognito, token } = source();
      cognito.answer = () => ({ body: { ChallengeName: name, Session: 'x' } });
      expect(await caught(token())).toMatchObject({ retryable: false, code: name });
    },
  );

  it('with rotation: finds the other call by itself, and uses each refresh token once', async () => {
    const { cognito, token, renew, store } = source();
    await token();
    cognito.answer = ({ operation }) =>
      operation === 'GetTokensFromRefreshToken'
        ? signedIn(cognito.requests.length)
        : refused('InvalidParameterException', 'REFRESH_TOKEN_AUTH flow not enabled for this client');
    await renew();
    expect((await store.load())?.refreshToken).toBe('refresh-3');
    await renew();
    expect(cognito.requests.slice(1).map(({ operation, body }) => [operation, body.RefreshToken])).toEqual([
      ['InitiateAuth', undefined],
      ['GetTokensFromRefreshToken', 'refresh-1'],
      ['GetTokensFromRefreshToken', 'refresh-3'],
    ]);
  });

  it('a rotated refresh token is kept before the access token is given', async () => {
    const { cognito, token, renew, store } = source({
      ...byPassword,
      refreshCall: 'GetTokensFromRefreshToken',
    });
    await token();
    cognito.answer = () => signedIn(9);
    const order: string[] = [];
    const { save } = store;
    store.save = async (kept) => {
      await Promise.resolve();
      order.push(`saved ${kept.refreshToken}`);
      await save(kept);
    };
    await renew().then(({ token: given }) => order.push(`gave ${given}`));
    expect(order).toEqual(['saved refresh-9', 'gave access-9']);
    store.save = () => Promise.reject(new Error('disk full'));
    await expect(renew()).rejects.toThrow('disk full');
  });

  it('F13: a revoked refresh token: by password where there is one, else final', async () => {
    const revoked = refused('NotAuthorizedException', 'Refresh Token has been revoked');
    const robot = source();
    await robot.token();
    robot.cognito.answer = ({ body }) => (body.AuthFlow === 'REFRESH_TOKEN_AUTH' ? revoked : signedIn(7));
    expect(await robot.renew()).toMatchObject({ token: 'access-7' });
    const page = source({ refreshToken: 'given', identity: 'me' });
    page.cognito.answer = () => revoked;
    expect(await caught(page.token())).toMatchObject({ retryable: false, code: 'NotAuthorizedException' });
  });

  it('starts from an existing refresh token', async () => {
    const { cognito, token } = source({ refreshToken: 'given', identity: 'me' });
    expect(await token()).toMatchObject({ token: 'access-1' });
    expect(cognito.requests[0]?.body.AuthParameters).toEqual({ REFRESH_TOKEN: 'given' });
  });

  const failures: { what: string; answer: CognitoAnswer; retryable: boolean }[] = [
    { what: 'no network', answer: 'no network', retryable: true },
    { what: 'HTML with 200', answer: { body: '<html>Sign in to the Wi-Fi</html>' }, retryable: true },
    { what: 'HTML with 401', answer: { status: 401, body: '<html></html>' }, retryable: true },
    { what: 'HTML with 403', answer: { status: 403, body: '<html>blocked</html>' }, retryable: true },
    { what: 'an empty 429', answer: { status: 429, body: '' }, retryable: true },
    { what: 'an empty 500', answer: { status: 500, body: '' }, retryable: true },
    { what: 'JSON that is none of Cognito’s', answer: { body: [1, 2] }, retryable: true },
    { what: 'no tokens', answer: { body: { AuthenticationResult: {} } }, retryable: true },
    { what: 'a life of nothing', answer: tokens(1, { ExpiresIn: 0 }), retryable: true },
    { what: 'throttling', answer: refused('TooManyRequestsException'), retryable: true },
    { what: 'a fault', answer: refused('InternalErrorException', '', 500), retryable: true },
    {
      what: 'the lock-out',
      answer: refused('NotAuthorizedException', 'Password attempts exceeded'),
      retryable: true,
    },
    {
      what: 'a wrong password',
      answer: refused('NotAuthorizedException', 'Incorrect username or password.'),
      retryable: false,
    },
    {
      what: 'a wrong password, with a namespace',
      answer: refused('com.amazonaws.cognito#NotAuthorizedException'),
      retryable: false,
    },
    { what: 'no such user', answer: refused('UserNotFoundException'), retryable: false },
    { what: 'no such app client', answer: refused('ResourceNotFoundException'), retryable: false },
    { what: 'a password to reset', answer: refused('PasswordResetRequiredException'), retryable: false },
  ];
  it.each(failures)('F12: $what: retryable is $retryable', async ({ answer, retryable }) => {
    const { cognito, token } = source();
    cognito.answer = () => answer;
    const failure = await caught(token());
    expect(failure.retryable).toBe(retryable);
    expect(`${failure.message} ${JSON.stringify(failure)}`).not.toContain('secret');
  });

  it('an endpoint that never answers has a time limit', async () => {
    const { clock, cognito, token } = source();
    cognito.answer = () => 'hang';
    const failing = caught(token());
    await clock.advance(10_000);
    expect(await failing).toMatchObject({ retryable: true, code: 'unreachable' });
    // Else its socket keeps a command that has said so for five minutes.
    expect(cognito.signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('says that it uses the kept token, or why not; and not one of another identity', async () => {
    const { clock, lines, store, token } = source();
    const keep = (identity: string) =>
      store.save({ token: 'kept', identity, savedAt: clock.now(), expiresAt: clock.now() + 7_200_000 });
    await keep('rover-1');
    expect(await token()).toMatchObject({ token: 'kept' });
    expect(lines.at(-1)).toBe('Using the cached token of rover-1, expires in 2 h.');
    await keep('rover-2');
    expect(await token()).toMatchObject({ token: 'access-1' });
    expect(lines.at(-1)).toContain('there is none');
    await clock.advance(3_700_000);
    await token();
    expect(lines.at(-1)).toContain('it has run out');
  });

  it('a token that was kept by a clock of the future is not believed', async () => {
    const { clock, store, token } = source();
    const savedAt = clock.now() + dayMs;
    await store.save({ token: 'kept', identity: 'rover-1', savedAt, expiresAt: savedAt + 3_600_000 });
    expect(await token()).toMatchObject({ token: 'access-1' });
  });

  it('what another process has renewed meanwhile is used', async () => {
    const { clock, cognito, store, token, renew } = source();
    await token();
    await store.save({
      token: 'of another',
      identity: 'rover-1',
      refreshToken: 'rotated',
      savedAt: clock.now(),
      expiresAt: clock.now() + 3_600_000,
    });
    expect(await renew()).toMatchObject({ token: 'of another' });
    expect(cognito.requests).toHaveLength(1);
    await renew();
    expect(cognito.requests[1]?.body.AuthParameters).toEqual({ REFRESH_TOKEN: 'rotated' });
  });

  it('announces a refresh token that ends within 30 days; rotation does not move its end', async () => {
    const announced: number[] = [];
    const { clock, cognito, lines, token, renew } = source({
      ...byPassword,
      refreshTokenLifeMs: 365 * dayMs,
      onRefreshTokenEnding: (endsAt) => announced.push(endsAt),
    });
    const endsAt = clock.now() + 365 * dayMs;
    await token();
    await renew();
    expect(announced).toEqual([]);
    clock.sleep(336 * dayMs);
    cognito.answer = () => signedIn(3);
    await renew();
    expect(announced).toEqual([endsAt]);
    expect(lines.at(-1)).toContain('ends in 29 days');
  });

  it('I9: says no token and no password', async () => {
    const { lines, token, renew } = source();
    await token();
    await renew();
    expect(lines.join()).not.toMatch(/access-|refresh-|secret/);
  });
});

describe('Amplify', () => {
  it('gives what fetchAuthSession gives, and forces a refresh to renew', async () => {
    const asked: unknown[] = [];
    const made = amplifyTokens(async (options) => {
      asked.push(options);
      return { tokens: { accessToken: { toString: () => 'access' }, idToken: { toString: () => 'id' } } };
    });
    expect(await made.token()).toEqual({ token: 'access' });
    await made.renew?.();
    expect(asked).toEqual([{ forceRefresh: false }, { forceRefresh: true }]);
  });

  it.each([
    { thrown: 'NotAuthorizedException', retryable: false },
    { thrown: 'NetworkError', retryable: true },
  ])('$thrown: retryable is $retryable', async ({ thrown, retryable }) => {
    const made = amplifyTokens(async () => {
      throw Object.assign(new Error('x'), { name: thrown });
    });
    expect(await caught(made.token())).toMatchObject({ retryable, code: thrown });
  });

  it('nobody signed in is final', async () => {
    expect(await caught(amplifyTokens(async () => ({})).token())).toMatchObject({ retryable: false });
  });
});

describe('a callback', () => {
  it('is told whether a kept token will do', async () => {
    const asked: boolean[] = [];
    const made = tokenCallback(({ renew }) => {
      asked.push(renew);
      return 'token';
    });
    expect(await made.token()).toEqual({ token: 'token' });
    await made.renew?.();
    expect(asked).toEqual([false, true]);
  });
});
