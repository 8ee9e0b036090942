import type { Random } from '../../client/src/environment/clock.ts';
import { backoffMs } from '../../client/src/reconnect/backoff.ts';
import { createConnectLimit } from './connect-limit.ts';

/** The pause before an attempt, ms, after so many failed ones; 0 failures: after the loss. */
export type Policy = (failures: number, random: Random) => number;

/** What is met in the field, and what this package would do without a spread. */
export const naivePolicies = {
  'every 5 s, no jitter': () => 5_000,
  'doubled from 0.5 s to 20 s, no jitter': (failures) => Math.min(20_000, 500 * 2 ** Math.min(failures, 10)),
  'doubled from 0.5 s to 20 s, full jitter': (failures, random) => backoffMs(failures + 1, random),
} satisfies Record<string, Policy>;

/** When so many who lost the connection together try to connect, ms after the loss; whom the server refuses tries again. */
export function attemptsOf(policy: Policy, of: { count: number; random: Random; forMs: number }): number[] {
  const limit = createConnectLimit();
  const attempts: number[] = [];
  const due = new Map<number, number[]>();
  const plan = (failures: number, nowMs: number): void => {
    const at = nowMs + Math.max(1, Math.round(policy(failures, of.random)));
    const others = due.get(at);
    if (others === undefined) due.set(at, [failures]);
    else others.push(failures);
  };
  for (let index = 0; index < of.count; index += 1) plan(0, 0);
  for (let nowMs = 0; nowMs <= of.forMs; nowMs += 1) {
    for (const failures of due.get(nowMs) ?? []) {
      attempts.push(nowMs);
      if (!limit.take(nowMs)) plan(failures + 1, nowMs);
    }
    due.delete(nowMs);
  }
  return attempts;
}
