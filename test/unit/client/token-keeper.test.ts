import { describe, expect, it } from 'vitest';
import { createTokenKeeper } from '../../../client/src/tokens/token-keeper.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { fakeTokens, jwt } from './support/tokens.ts';

describe('TokenKeeper', () => {
  it('never asks its source twice at once: who asks meanwhile shares the answer', async () => {
    const clock = createFakeClock();
    let inside = 0;
    let asked = 0;
    const ask = async () => {
      asked += 1;
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return { token: jwt({ jti: asked }) };
    };
    const keeper = createTokenKeeper({ token: ask, renew: ask }, clock);
    const [a, b] = await Promise.all([keeper.forConnect(), keeper.forConnect()]);
    expect(a).toBe(b);
    keeper.distrust();
    await Promise.all([keeper.forConnect(), keeper.newerThan(a), keeper.newerThan(a)]);
    expect(asked).toBe(2);
  });

  it('F7: renews what has less than a minute, or a fifth of a short life', async () => {
    for (const [lifeMs, leastMs] of [
      [3_600_000, 60_000],
      [20_000, 4_000],
    ] as const) {
      const clock = createFakeClock();
      const tokens = fakeTokens(clock, { lifeMs });
      const keeper = createTokenKeeper(tokens, clock);
      await keeper.forConnect();
      clock.sleep(lifeMs - leastMs - 1_000);
      await keeper.forConnect();
      expect(tokens.renewals()).toBe(0);
      clock.sleep(2_000);
      await keeper.forConnect();
      expect(tokens.renewals()).toBe(1);
    }
  });

  it.each([6_000, 30_000])('F7: a token of %i ms is renewed again when it nears its end', async (lifeMs) => {
    const clock = createFakeClock();
    const tokens = fakeTokens(clock, { lifeMs });
    const keeper = createTokenKeeper(tokens, clock);
    await keeper.forConnect();
    for (let life = 1; life <= 5; life += 1) {
      await clock.advance(lifeMs * 0.9);
      await keeper.forConnect();
      expect(tokens.renewals()).toBe(life);
    }
  });

  it('a refused token is not given again, another’s refusal changes nothing', async () => {
    const clock = createFakeClock();
    const tokens = fakeTokens(clock);
    const keeper = createTokenKeeper(tokens, clock);
    const first = await keeper.forConnect();
    keeper.refused('of another');
    expect(await keeper.forConnect()).toBe(first);
    keeper.refused(first);
    expect(await keeper.forConnect()).not.toBe(first);
  });

  it.each([undefined, null, {}, { token: '' }, { token: 7 }])(
    'a source that gives %j has failed for now',
    async (given) => {
      const keeper = createTokenKeeper({ token: async () => given as never }, createFakeClock());
      await expect(keeper.forConnect()).rejects.toMatchObject({ name: 'TokenUnavailable', retryable: true });
    },
  );

  it('a token that is no JWT is taken for good until it is refused', async () => {
    const clock = createFakeClock();
    const keeper = createTokenKeeper({ token: async () => ({ token: 'opaque' }) }, clock);
    expect(await keeper.forConnect()).toBe('opaque');
    clock.sleep(10 * 86_400_000);
    expect(await keeper.forConnect()).toBe('opaque');
    keeper.refused('opaque');
    await expect(keeper.forConnect()).rejects.toMatchObject({ retryable: false, code: 'cannot_renew' });
  });
});
