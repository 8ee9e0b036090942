import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anything, beginnings } from './commands/all.ts';
import { lastCleanup } from './commands/cleanup.ts';
import { invariants } from './invariants/all.ts';
import type { Look } from './look.ts';
import { type Round, rounds } from './steps.ts';
import { type ModelWorld, modelWorld } from './world.ts';

const runs = Number(process.env.HELIOGRAPH_PROPERTY_RUNS ?? 500);
const timeoutMs = Math.max(30_000, runs * 200);

/** Everybody goes, most without a word; nobody tells of it; time passes. */
async function endOf(world: ModelWorld) {
  for (const { connectionId } of world.sockets) world.gateway.cut(connectionId);
  for (let i = 0; i < 10; i++) {
    world.clock.at += 120_000;
    await world.settle(lastCleanup);
  }
}

async function live(scheduler: fc.Scheduler, program: readonly Round[], looks: readonly Look[]) {
  const world = modelWorld(scheduler, looks);
  for (const round of program) await world.play(round);
  await endOf(world);
  for (const look of looks) look.atTheEnd?.(world);
  return world;
}

it.each(invariants)('$name', { timeout: timeoutMs }, async (invariant) => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), beginnings, rounds(anything), async (scheduler, beginning, rest) => {
      await live(scheduler, [...beginning, ...rest], [invariant.look()]);
    }),
    { numRuns: runs },
  );
});

it('the programs are no idle talk: much of what can happen does', { timeout: timeoutMs }, async () => {
  const seen = new Map<string, number>();
  const count = (what: string) => void seen.set(what, (seen.get(what) ?? 0) + 1);
  const counting: Look = {
    delivered: (_world, { message }) => count(message.type === 'goAway' ? message.code : message.type),
    robot: (_world, { after }) => count(after?.state ?? 'deleted'),
    connection: (_world, { by }) => count(by.name),
  };
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), beginnings, rounds(anything), async (scheduler, beginning, rest) => {
      await live(scheduler, [...beginning, ...rest], [counting]);
    }),
    { numRuns: 100, seed: 7 },
  );
  const wanted = [
    ...['welcome', 'signal', 'sessionRequested', 'sessionClosed', 'replaced', 'token_expired', 'error'],
    ...['online', 'away', 'offline', 'connect', 'hello', 'refresh', '$disconnect', 'bye', 'cleanup'],
  ];
  expect(wanted.filter((what) => (seen.get(what) ?? 0) < 20)).toEqual([]);
});
