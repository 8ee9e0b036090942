import type { Random } from '../../../../client/src/node.ts';

export { seededRandom } from '../../../../docs/fleet/seeded-random.ts';

/** From `least` up to `most`. */
export function between(random: Random, [least, most]: readonly [number, number]): number {
  return least + random() * (most - least);
}
