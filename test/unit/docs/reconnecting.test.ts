import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectsPerSecond, mostInAnySecond } from '../../../docs/fleet/connect-limit.ts';
import type { Return } from '../../../docs/fleet/fleet.ts';
import { attemptsOf, naivePolicies } from '../../../docs/fleet/naive.ts';
import { plottedFleet, plottedReturn, reconnectingPlot } from '../../../docs/fleet/plot.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('10,000 robots and their operators lose the connection at the same moment', () => {
  let returns: Return[];
  // Real clients, 11,000 of them, on a clock that is stepped.
  beforeAll(async () => {
    returns = await plottedReturn();
  }, 120_000);

  it('F10: who is in a session is back within 2 s', () => {
    const inSession = returns.filter(({ isInSession }) => isInSession);
    expect(inSession).toHaveLength(2 * plottedFleet.sessions);
    for (const { backAfterMs } of inSession) expect(backAfterMs).toBeLessThanOrEqual(2_000);
  });

  it('the others are spread over reconnectSpreadMs, evenly, and come back at their first attempt', () => {
    const spreadMs = (plottedFleet.robots / 300) * 1_000;
    const first = returns.filter(({ isInSession }) => !isInSession).map(({ attempts }) => attempts);
    for (const attempts of first) expect(attempts).toHaveLength(1);
    const times = first.flat();
    expect(Math.max(...times)).toBeLessThanOrEqual(spreadMs);
    for (const tenth of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const before = times.filter((ms) => ms < spreadMs * tenth).length / times.length;
      expect(Math.abs(before - tenth)).toBeLessThan(0.06);
    }
  });

  it('no second sees more than 500 connects', () => {
    const attempts = returns.flatMap((each) => each.attempts);
    expect(attempts).toHaveLength(plottedFleet.robots + plottedFleet.sessions + plottedFleet.lookingOn);
    expect(mostInAnySecond(attempts)).toBeLessThanOrEqual(connectsPerSecond);
  });

  it.each(Object.entries(naivePolicies))('which is not so with: %s', (_, policy) => {
    const attempts = attemptsOf(policy, { count: returns.length, random: seededRandom(1), forMs: 60_000 });
    expect(mostInAnySecond(attempts)).toBeGreaterThan(5 * connectsPerSecond);
  });

  it('the plot in the docs is of this code (npm run docs brings it up to date)', async () => {
    const committed = readFileSync(new URL('../../../docs/reconnecting.svg', import.meta.url), 'utf8');
    expect(committed).toBe(await reconnectingPlot(returns));
  });
});

it('the most in any second counts seconds that begin anywhere', () => {
  expect(mostInAnySecond([])).toBe(0);
  expect(mostInAnySecond([900, 1_100, 1_899, 1_900])).toBe(3);
});
