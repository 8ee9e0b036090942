import { median, quantile, rounded } from '../statistics.ts';
import { candidateEvent } from './canned.ts';
import { withoutIo, withSdk, withSignedRequests } from './relay-without-io.ts';

/** Run by `measure.ts`: `time`, or `bytes` with a young generation so large that nothing is collected meanwhile. */
const [what, given] = process.argv.slice(2);
const messages = Number(given);
const warmUp = 3_000;

type Relay = (event: unknown) => Promise<void>;

async function time(relay: Relay) {
  const tookUs: number[] = [];
  for (let seq = 1; seq <= messages; seq += 1) {
    const event = candidateEvent(seq);
    const startedAt = performance.now();
    await relay(event);
    tookUs.push((performance.now() - startedAt) * 1_000);
  }
  return { medianUs: rounded(median(tookUs), 1), p99Us: rounded(quantile(tookUs, 0.99), 1) };
}

async function bytes(relay: Relay) {
  const events = Array.from({ length: messages }, (_, at) => candidateEvent(at + 1));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (const event of events) await relay(event);
  return { allocatedBytes: Math.round((process.memoryUsage().heapUsed - before) / messages) };
}

async function measure(relay: Relay) {
  for (let seq = 1; seq <= warmUp; seq += 1) await relay(candidateEvent(seq));
  return what === 'bytes' ? bytes(relay) : time(relay);
}

const result = {
  'without I/O': await measure(withoutIo()),
  'with signed requests': await measure(withSignedRequests()),
  'with the SDK': await measure(withSdk()),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
