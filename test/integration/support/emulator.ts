import { it } from 'vitest';
import { differences } from '../../localstack/differences.ts';

const emulated = process.env.HELIOGRAPH_TARGET !== undefined;

/**
 * A case that needs what an emulator lacks. There it is skipped by the name of the difference, which
 * the run prints with its reason; an unknown name is an error, so that none is skipped in silence.
 */
export function itUnless(difference: string, name: string, run: () => Promise<void>): void {
  if (!differences.some((known) => known.name === difference)) {
    throw new Error(`No difference is named ${difference} in test/localstack/differences.ts`);
  }
  it.skipIf(emulated)(emulated ? `[${difference}] ${name}` : name, run);
}

/** A file whose cases reach into the local stack (its faults, short lives, counters). On an emulator it does not run, and says so. */
export const localOnly = emulated;
