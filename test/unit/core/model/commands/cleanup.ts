import fc from 'fast-check';
import { runCleanup } from '../../../../../functions/core/use-cases/cleanup.ts';
import { actor, type Step, steps } from '../steps.ts';
import type { ModelWorld } from '../world.ts';

async function cleanUp(world: ModelWorld) {
  const limits = { endBy: world.clock.at + 1, batch: 2 };
  const { failed, more } = await runCleanup(world.depsFor(actor('cleanup')), limits);
  if (failed === 0 && !more) world.cleanedUp();
}

/** One run, or two at once. */
export const cleanups = steps('cleanup', fc.constantFrom(1, 1, 2), async (world, runs) => {
  await Promise.all(Array.from({ length: runs }, () => cleanUp(world)));
});

export const lastCleanup: Step = { name: 'last cleanup', run: cleanUp };
