import type { Random } from '../../../../client/src/node.ts';

/** From `least` up to `most`. */
export function between(random: Random, [least, most]: readonly [number, number]): number {
  return least + random() * (most - least);
}
