import { median, quantile, rounded } from '../statistics.ts';
import { candidateEvent } from './canned.ts';
import { withoutIo, withSdk, withSignedRequests } from './relay-without-io.ts';

/** Run by `measure.ts` with a young generation so large that nothing is collected while bytes are counted. */
const warmUp = 3_000;
const messages = Number(process.argv[2] ?? 5_000);
const counted = 1_000;

async function measure(relay: (event: unknown) => Promise<void>) {
  const tookUs: number[] = [];
  for (let seq = 1; seq <= warmUp; seq += 1) await relay(candidateEvent(seq));
  for (let seq = 1; seq <= messages; seq += 1) {
    const event = candidateEvent(seq);
    const startedAt = performance.now();
    await relay(event);
    tookUs.push((performance.now() - startedAt) * 1_000);
  }
  const events = Array.from({ length: counted }, (_, at) => candidateEvent(at + 1));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (const event of events) await relay(event);
  const allocated = (process.memoryUsage().heapUsed - before) / counted;
  return {
    medianUs: rounded(median(tookUs), 1),
    p99Us: rounded(quantile(tookUs, 0.99), 1),
    allocatedBytes: Math.round(allocated),
    messages,
  };
}

const result = {
  'without I/O': await measure(withoutIo()),
  'with signed requests': await measure(withSignedRequests()),
  'with the SDK': await measure(withSdk()),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
