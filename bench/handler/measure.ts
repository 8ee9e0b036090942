import { resolve } from 'node:path';
import * as z from 'zod';
import { inChild } from '../child.ts';

const figures = z.object({
  medianUs: z.number(),
  p99Us: z.number(),
  allocatedBytes: z.number(),
  messages: z.number(),
});
const result = z.object({
  'without I/O': figures,
  'with signed requests': figures,
  'with the SDK': figures,
});
export type HandlerResult = z.infer<typeof result>;

/** The relay's handler, without a network. In a process of its own: nothing else allocates there. */
export async function measureHandler({ quick }: { quick: boolean }): Promise<HandlerResult> {
  const child = resolve(import.meta.dirname, 'child.ts');
  const flags = ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'];
  return result.parse(await inChild(child, { flags, args: [quick ? '3000' : '20000'] }));
}
