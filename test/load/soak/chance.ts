import { seededRandom } from '../../support/seeded-random.ts';

/** All that is left to chance in a run: the same for the same seed. */
export type Chance = {
  readonly random: () => number;
  /** So many times in a thousand. */
  perMille(times: number): boolean;
  between(from: number, to: number): number;
  oneOf<T>(all: readonly T[]): T;
};

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  return {
    random,
    perMille: (times) => random() * 1000 < times,
    between: (from, to) => from + random() * (to - from),
    oneOf<T>(all: readonly T[]): T {
      const chosen = all[Math.floor(random() * all.length)];
      if (chosen === undefined) throw new Error('There is nothing to choose from');
      return chosen;
    },
  };
}
