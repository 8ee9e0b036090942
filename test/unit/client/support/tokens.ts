import type { TokenSource } from '../../../../client/src/tokens/token-source.ts';
import type { FakeClock } from './fake-clock.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT in form, signed by nobody. */
export function jwt(claims: Readonly<Record<string, unknown>>): string {
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`;
}

export type FakeTokens = TokenSource & {
  /** How often a token was renewed. */
  renewals(): number;
  /** The next calls throw this; undefined: they work again. */
  fail(failure: Error | undefined): void;
  /** The next calls never end. */
  hang(): void;
};

/** Tokens named `token-1`, `token-2`, … that live this long by the clock of whoever issues them. */
export function fakeTokens(clock: FakeClock, of: { lifeMs?: number; skewMs?: number } = {}): FakeTokens {
  let count = 0;
  let renewals = 0;
  let failure: Error | undefined;
  let isHanging = false;
  async function issue() {
    if (isHanging) await new Promise(() => undefined);
    if (failure !== undefined) throw failure;
    count += 1;
    const { lifeMs = 4 * 3_600_000, skewMs = 0 } = of;
    const iat = Math.floor((clock.now() + skewMs) / 1000);
    return { token: jwt({ jti: `token-${count}`, iat, exp: iat + lifeMs / 1000 }) };
  }
  return {
    token: issue,
    renew() {
      renewals += 1;
      return issue();
    },
    renewals: () => renewals,
    fail: (next) => {
      failure = next;
    },
    hang: () => {
      isHanging = true;
    },
  };
}
