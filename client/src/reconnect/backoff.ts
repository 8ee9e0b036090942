import type { Random } from '../environment/clock.ts';

const firstMs = 500;
const longestMs = 20_000;

/**
 * The pause before the attempt that follows `failures` failed ones, with full jitter: anything from 0
 * to a ceiling that grows from 0.5 s to 20 s.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(failures: number, random: Random): number {
  const doublings = Math.min(Math.max(0, failures - 1), 10);
  return Math.round(random() * Math.min(longestMs, firstMs * 2 ** doublings));
}
