import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { Backend, Place } from '../stack/backend.ts';
import { operatorName, robotName } from '../stack/users.ts';

/** By user name. */
export type FloodTokens = Readonly<Record<string, string>>;
export type FloodOrder = 'begin' | 'pause' | 'count';
const floodCounts = z.object({ sent: z.number(), passedOn: z.number(), rateLimited: z.number() });
/** What was sent so far by the one that floods, and what became of it. */
export type FloodCounts = z.infer<typeof floodCounts>;

export type Flood = {
  begin(): void;
  pause(): void;
  counts(): Promise<FloodCounts>;
  close(): Promise<void>;
};

/** The pair of which one floods, on a thread of its own: who floods does not do it from within the server. */
export async function startFlood({ tokenOf }: Pick<Backend, 'tokenOf'>, { url }: Place): Promise<Flood> {
  const names = [robotName(0), operatorName(0)];
  const tokens: FloodTokens = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await tokenOf(name)] as const)),
  );
  const worker = new Worker(new URL('./flooder.ts', import.meta.url), { workerData: { url, tokens } });
  const heard = async () => {
    const [counts] = await once(worker, 'message');
    return floodCounts.parse(counts);
  };
  await heard();
  const order = (given: FloodOrder): void => worker.postMessage(given);
  return {
    begin: () => order('begin'),
    pause: () => order('pause'),
    counts() {
      order('count');
      return heard();
    },
    close: async () => void (await worker.terminate()),
  };
}
