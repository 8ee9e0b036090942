import { seed } from '../../../support/property-seed.ts';

/** Number of programs of each kind. */
export const runs = Number(process.env.HELIOGRAPH_PROPERTY_RUNS ?? 500);

/** Said on success too: what held for these programs can be looked at again. */
export function sayHowToRepeat(): void {
  process.stdout.write(
    `The model: HELIOGRAPH_PROPERTY_SEED=${seed} HELIOGRAPH_PROPERTY_RUNS=${runs} repeats this run.\n`,
  );
}
