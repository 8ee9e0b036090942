import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { localOnly } from './support/emulator.ts';
import { type FaultRunOptions, runUnderFaults } from './support/fault-run/fault-run.ts';
import type { Peer } from './support/fault-run/peer.ts';

/** 300 s in the long form (`npm run test:faults`). */
const forMs = Number(process.env.HELIOGRAPH_FAULTS_MS ?? 30_000);
const seed = Number(process.env.HELIOGRAPH_FAULTS_SEED ?? Date.now() % 2 ** 31);

/**
 * Who sits on a half-open connection when its token is due must find out, and come back, before the
 * grace is over: so the grace is not shortened with the lives, and the heartbeats are closer together.
 */
const short: Omit<FaultRunOptions, 'seed' | 'forMs'> = {
  pairs: 5,
  stack: { tokenTtlMs: 10_000, graceMs: 20_000, connectionMaxAgeMs: 20_000, cleanupEveryMs: 500 },
  heartbeat: { pingMs: 2_000, pongWithinMs: 2_000 },
  hitEveryMs: [2_000, 6_000],
  signalEveryMs: 500,
  identityFails: 1 / 3,
};
const long: typeof short = {
  pairs: 20,
  stack: { tokenTtlMs: 30_000, graceMs: 60_000, connectionMaxAgeMs: 60_000, cleanupEveryMs: 1_000 },
  heartbeat: { pingMs: 5_000, pongWithinMs: 3_000 },
  hitEveryMs: [5_000, 15_000],
  signalEveryMs: 3_000,
  identityFails: 1 / 3,
};
const options: FaultRunOptions = { ...(forMs >= 120_000 ? long : short), seed, forMs };

describe.skipIf(localOnly)('[local-only] the client package under faults, in real time', () => {
  it(`I2, I3, I8, F2, F10, F12: ${options.pairs} robots and as many operators for ${forMs / 1000} s`, {
    timeout: forMs + 120_000,
  }, async () => {
    const run = await runUnderFaults(options);
    process.stdout.write(`${run.summary}\n`);
    if (process.env.HELIOGRAPH_FAULTS_TRACE !== undefined) {
      writeFileSync(process.env.HELIOGRAPH_FAULTS_TRACE, run.trace.join('\n'));
    }

    expect(run.wrongs).toEqual([]);
    for (const { name, sent, heard } of run.ways) {
      expect(sent, name).toBeGreaterThan(forMs / options.signalEveryMs / 2);
      expect(heard, name).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    }
    for (const rate of run.refreshesPerLifetime) expect(rate).toBeLessThanOrEqual(1.5);

    // That all of it did happen, and often enough to mean something.
    for (const [hit, count] of Object.entries(run.hits))
      expect(count, hit).toBeGreaterThanOrEqual(options.pairs / 2);
    const total = (count: (peer: Peer) => number) => run.peers.reduce((sum, peer) => sum + count(peer), 0);
    expect(total(({ story }) => story.returns)).toBeGreaterThanOrEqual(2 * options.pairs);
    expect(total(({ story }) => story.rollOvers)).toBeGreaterThanOrEqual(options.pairs / 2);
    expect(total(({ story }) => story.refreshes)).toBeGreaterThanOrEqual(2 * options.pairs);
    expect(total(({ story }) => story.failedCalls)).toBeGreaterThanOrEqual(options.pairs / 2);
    const healed = run.peers.flatMap(({ story }) => story.recoveries.map(({ hit }) => hit));
    expect(healed.filter((hit) => hit === 'half-open').length).toBeGreaterThanOrEqual(options.pairs / 2);
    expect(healed.filter((hit) => hit !== 'half-open').length).toBeGreaterThanOrEqual(2 * options.pairs);
  });
});
