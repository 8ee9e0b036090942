import { describe, expect, it } from 'vitest';
import {
  makeTokenPolicy,
  requireDeployable,
  type TokenPolicy,
  tokenPolicySchema,
} from '../../../protocol/token-policy.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

describe('the default policy', () => {
  it('F1: is the table of the design', () => {
    expect(makeTokenPolicy()).toEqual({
      tokenMs: 4 * hourMs,
      refreshTokenMs: { people: 30 * dayMs, robots: 365 * dayMs },
      refreshAtFraction: 0.8,
      warnMs: [10 * minuteMs, 2 * minuteMs],
      graceMs: 60 * secondMs,
      resumeWindowMs: 120 * secondMs,
      rollOverMs: { from: 100 * minuteMs, to: 110 * minuteMs },
      checkEveryMs: 60 * minuteMs,
      helloWithinMs: 30 * secondMs,
      cleanupEveryMs: minuteMs,
      leewayMs: 30 * secondMs,
      heartbeatMs: 8 * minuteMs,
    });
  });

  it('is what Cognito and the gateway take', () => {
    const policy = makeTokenPolicy();
    expect(() => requireDeployable(policy)).not.toThrow();
    expect(policy.rollOverMs.to).toBeLessThan(2 * hourMs);
    expect(policy.heartbeatMs).toBeLessThan(10 * minuteMs);
  });

  it('goes through the environment as JSON and comes out the same', () => {
    const policy = makeTokenPolicy({ tokenMs: 30 * secondMs });
    expect(tokenPolicySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });
});

describe('a short life', () => {
  it.each([
    [30 * secondMs, [3.6 * secondMs, 1.5 * secondMs], 1.5 * secondMs, 6 * secondMs],
    [5 * minuteMs, [36 * secondMs, 15 * secondMs], 15 * secondMs, minuteMs],
    [10 * minuteMs, [72 * secondMs, 30 * secondMs], 30 * secondMs, minuteMs],
    [100 * minuteMs, [10 * minuteMs, 2 * minuteMs], 30 * secondMs, minuteMs],
  ])('of %i ms scales warnings, leeway, grace and cleanup down', (tokenMs, warnMs, leewayMs, graceMs) => {
    const cleanupEveryMs = Math.min(minuteMs, ...warnMs);
    expect(makeTokenPolicy({ tokenMs })).toMatchObject({ warnMs, leewayMs, graceMs, cleanupEveryMs });
  });

  it('F2: is warned of only after its holder should have refreshed, the latest by its jitter included', () => {
    for (const tokenMs of [6 * secondMs, 30 * secondMs, 5 * minuteMs, hourMs, 4 * hourMs]) {
      const { warnMs, refreshAtFraction } = makeTokenPolicy({ tokenMs });
      expect(tokenMs - Math.max(...warnMs)).toBeGreaterThan(tokenMs * (refreshAtFraction + 0.05));
    }
  });

  it('a grace that is given takes the cleanup along, which must not be slower', () => {
    expect(makeTokenPolicy({ graceMs: 20 * secondMs })).toMatchObject({ cleanupEveryMs: 20 * secondMs });
  });

  it.each([30 * secondMs, 7 * minuteMs, hourMs, 4 * hourMs])(
    'of %i ms is never warned of at more than a fifth of it, longest first',
    (tokenMs) => {
      const { warnMs } = makeTokenPolicy({ tokenMs });
      expect(Math.max(...warnMs)).toBeLessThanOrEqual(tokenMs / 5);
      expect([...warnMs].sort((a, b) => b - a)).toEqual(warnMs);
      expect(warnMs.every(Number.isInteger)).toBe(true);
    },
  );

  it('too short for any warning is refused', () => {
    expect(() => makeTokenPolicy({ tokenMs: 1 })).toThrow();
  });

  it('leaves what was given as it was given', () => {
    const given = { tokenMs: 30 * secondMs, warnMs: [20 * secondMs], leewayMs: 9, graceMs: 5 * secondMs };
    expect(makeTokenPolicy(given)).toMatchObject(given);
  });
});

describe('a policy that cannot hold together is refused, with both values named', () => {
  const cases: readonly { given: Partial<TokenPolicy>; names: readonly string[] }[] = [
    { given: { tokenMs: 60_000, warnMs: [60_000] }, names: ['60000', 'warnMs', 'tokenMs'] },
    { given: { tokenMs: 60_000, warnMs: [1_000, 61_000] }, names: ['61000', '60000'] },
    { given: { rollOverMs: { from: 7_000, to: 7_000 } }, names: ['7000', 'rollOverMs.from'] },
    { given: { rollOverMs: { from: 9_000, to: 8_000 } }, names: ['9000', '8000'] },
  ];
  it.each(cases)('$given', ({ given, names }) => {
    const make = () => makeTokenPolicy(given);
    expect(make).toThrow(RangeError);
    for (const name of names) expect(make).toThrow(name);
  });
});

describe('a policy that a user pool would refuse', () => {
  const cases: readonly { given: Partial<TokenPolicy>; names: readonly string[] }[] = [
    { given: { tokenMs: 5 * minuteMs - 1 }, names: ['tokenMs', '299999', '300000', '86400000'] },
    { given: { tokenMs: dayMs + 1 }, names: ['tokenMs', '86400001', '86400000'] },
    {
      given: { refreshTokenMs: { people: hourMs - 1, robots: dayMs } },
      names: ['refreshTokenMs.people', '3599999', '3600000'],
    },
    {
      given: { refreshTokenMs: { people: dayMs, robots: 3651 * dayMs } },
      names: ['refreshTokenMs.robots', String(3651 * dayMs), String(3650 * dayMs)],
    },
    { given: { cleanupEveryMs: 61_000 }, names: ['61000', '60000', 'cleanupEveryMs', 'graceMs'] },
    { given: { heartbeatMs: 10 * minuteMs }, names: ['heartbeatMs', '600000', 'idle'] },
    { given: { rollOverMs: { from: minuteMs, to: 2 * hourMs } }, names: ['rollOverMs.to', '7200000', 'age'] },
  ];
  it.each(cases)(
    'may be made, for the local stack, but is refused before a deployment: $given',
    ({ given, names }) => {
      const policy = makeTokenPolicy(given);
      const check = () => requireDeployable(policy);
      expect(check).toThrow(RangeError);
      for (const name of names) expect(check).toThrow(name);
    },
  );

  it.each([
    { tokenMs: 5 * minuteMs },
    { tokenMs: dayMs },
    { refreshTokenMs: { people: hourMs, robots: 3650 * dayMs } },
    { cleanupEveryMs: 60_000 },
  ])('is not one at the bound itself: %o', (given) => {
    expect(() => requireDeployable(makeTokenPolicy(given))).not.toThrow();
  });
});

describe('the schema of the policy', () => {
  const policy = makeTokenPolicy();
  it.each([
    ['a life of nothing', { tokenMs: 0 }],
    ['a negative grace', { graceMs: -1 }],
    ['a fraction of a millisecond', { resumeWindowMs: 0.5 }],
    ['a fraction of the whole', { refreshAtFraction: 1 }],
    ['a fraction of nothing', { refreshAtFraction: 0 }],
    ['no warning', { warnMs: [] }],
    ['a text', { tokenMs: '4h' }],
    ['one refresh life for all', { refreshTokenMs: dayMs }],
    ['a negative leeway', { leewayMs: -1 }],
  ])('refuses %s', (_what, wrong) => {
    expect(tokenPolicySchema.safeParse({ ...policy, ...wrong }).success).toBe(false);
  });

  it.each(Object.keys(policy))('asks for %s', (field) => {
    const { [field as keyof TokenPolicy]: _, ...rest } = policy;
    expect(tokenPolicySchema.safeParse(rest).success).toBe(false);
  });
});
