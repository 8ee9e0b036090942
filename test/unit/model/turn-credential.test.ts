import { expect, it } from 'vitest';
import { turnCredential } from '../../../functions/core/model/turn-credential.ts';

const sign = (username: string) => `signed(${username})`;

it('names the end before the holder, and signs just that', () => {
  expect(turnCredential({ id: 'client.abc', now: 1_800_000_000_000, lifeMs: 3_600_000 }, sign)).toEqual({
    username: '1800003600:client.abc',
    credential: 'signed(1800003600:client.abc)',
    expiresAt: 1_800_003_600_000,
  });
});

it.each([
  [1_800_000_000_999, 60_000, 1_800_000_060],
  [1_800_000_000_001, 59_999, 1_800_000_060],
  [1_800_000_000_000, 59_999, 1_800_000_059],
])('at %i for %i ms, ends with a whole second that is not later', (now, lifeMs, seconds) => {
  const { username, expiresAt } = turnCredential({ id: 'x', now, lifeMs }, sign);
  expect(username).toBe(`${seconds}:x`);
  expect(expiresAt).toBe(seconds * 1000);
  expect(expiresAt).toBeLessThanOrEqual(now + lifeMs);
});
