import fc from 'fast-check';
import { runCleanup } from '../../../../../functions/core/use-cases/cleanup.ts';
import { type Step, steps } from '../steps.ts';
import type { ModelWorld } from '../world.ts';

async function cleanUp(world: ModelWorld) {
  const { by, deps } = world.acts('cleanup');
  world.cleanupBegins(by);
  const limits = { endBy: world.clock.at + 50_000, batch: 2 };
  const { failed, more } = await runCleanup(deps, limits);
  if (failed === 0 && !more) world.cleanupIsWhole(by);
}

/** One run, or two at once, the other of which begins a little later. */
export const cleanups = steps(
  'cleanup',
  fc.record({ runs: fc.constantFrom(1, 1, 2), turnsLater: fc.constantFrom(0, 6, 12) }),
  async (world, { runs, turnsLater }) => {
    const other = async () => {
      for (let turns = turnsLater; turns > 0; turns--) await world.turn('cleanup: later');
      await cleanUp(world);
    };
    await Promise.all([cleanUp(world), ...(runs > 1 ? [other()] : [])]);
  },
);

export const lastCleanup: Step = { name: 'last cleanup', run: cleanUp };
