import { describe, expect, it } from 'vitest';
import { cognitoTokens } from '../../../client/src/tokens/cognito/cognito-tokens.ts';
import { memoryStore, type SignInStore } from '../../../client/src/tokens/cognito/kept-sign-in.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { createFakeCognito, signedIn } from './support/fake-cognito.ts';

/** What several processes share: one after the other works under the lock. */
function sharedStore(): SignInStore {
  const store = memoryStore();
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...store,
    exclusively(work) {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

function twoProcesses() {
  const clock = createFakeClock();
  const cognito = createFakeCognito();
  // With rotation: each answer has a refresh token of its own.
  cognito.answer = () => signedIn(cognito.requests.length);
  const store = sharedStore();
  const process = () =>
    cognitoTokens({
      endpoint: 'http://cognito.example',
      clientId: 'robots',
      refreshCall: 'GetTokensFromRefreshToken',
      signIn: { userName: 'rover-1', password: 'secret' },
      fetch: cognito.fetch,
      store,
      clock,
    });
  return { cognito, first: process(), second: process() };
}

describe('F11: two processes with one sign-in', () => {
  it('that start at the same moment sign in once', async () => {
    const { cognito, first, second } = twoProcesses();
    const [a, b] = await Promise.all([first.token(), second.token()]);
    expect(a.token).toBe(b.token);
    expect(cognito.requests).toHaveLength(1);
  });

  it('that renew at the same moment use a refresh token once', async () => {
    const { cognito, first, second } = twoProcesses();
    await Promise.all([first.token(), second.token()]);
    const [a, b] = await Promise.all([first.renew?.(), second.renew?.()]);
    expect(a?.token).toBe(b?.token);
    const used = cognito.requests.flatMap(({ body }) => ('RefreshToken' in body ? [body.RefreshToken] : []));
    expect(used).toEqual(['refresh-1']);
  });
});
