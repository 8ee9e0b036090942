import { resolve } from 'node:path';
import * as z from 'zod';
import { inChild } from '../child.ts';
import { median, quantile } from '../statistics.ts';

const ways = z.enum(['without I/O', 'with signed requests', 'with the SDK']);
type Way = z.infer<typeof ways>;
const times = z.record(ways, z.object({ medianUs: z.number(), p99Us: z.number() }));
const allocations = z.record(ways, z.object({ allocatedBytes: z.number() }));

export type Handled = {
  /** The median of the processes' medians, the least and the most of these, and the median of their p99. */
  readonly medianUs: number;
  readonly leastUs: number;
  readonly mostUs: number;
  readonly p99Us: number;
  readonly allocatedBytes: number;
  /** In each process. */
  readonly messages: number;
  readonly processes: number;
};
export type HandlerResult = Readonly<Record<Way, Handled>>;

const child = resolve(import.meta.dirname, 'child.ts');

/**
 * The relay's handler, without a network, in processes of its own: how well a process is compiled differs from one
 * to the next. Times are taken with the heap that Node has by itself; bytes are counted in another process, whose
 * young generation is so large that each message touches new memory, which would be timed too.
 */
export async function measureHandler({ quick }: { quick: boolean }): Promise<HandlerResult> {
  const messages = quick ? 3_000 : 20_000;
  const processes = quick ? 3 : 9;
  const timed: z.infer<typeof times>[] = [];
  for (let each = 0; each < processes; each += 1) {
    timed.push(times.parse(await inChild(child, { args: ['time', String(messages)] })));
  }
  const flags = ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'];
  const counted = allocations.parse(await inChild(child, { flags, args: ['bytes', '1000'] }));
  const of = (way: Way): Handled => {
    const medians = timed.map((each) => each[way].medianUs);
    return {
      medianUs: median(medians),
      leastUs: quantile(medians, 0),
      mostUs: quantile(medians, 1),
      p99Us: median(timed.map((each) => each[way].p99Us)),
      allocatedBytes: counted[way].allocatedBytes,
      messages,
      processes,
    };
  };
  return {
    'without I/O': of('without I/O'),
    'with signed requests': of('with signed requests'),
    'with the SDK': of('with the SDK'),
  };
}
