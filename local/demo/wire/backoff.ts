const firstMs = 500;
const longestMs = 30_000;

/**
 * Pause before the attempt after `failures` failed ones, with full jitter.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(random() * ceilingMs);
}
