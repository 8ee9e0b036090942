import type { Pair } from '../messages/contender.ts';
import { payloads } from '../messages/contender.ts';
import { heliograph, heliographPlace } from '../messages/heliograph.ts';
import { startBackend } from '../stack/backend.ts';
import { quantile, rounded } from '../statistics.ts';

export type Latency = { readonly p50Ms: number; readonly p99Ms: number; readonly signals: number };
export type UnderSenders = Latency & { readonly senders: number; readonly perSecond: number };
export type AtScale = Latency & {
  readonly pairs: number;
  readonly sentPerSecond: number;
  readonly lost: number;
};
export type LoadResult = {
  /** Each sender sends its next when the one before has arrived. */
  readonly senders: readonly UnderSenders[];
  /** Each pair sends once a second, whatever becomes of it. */
  readonly scale: readonly AtScale[];
  /** What is alive of the whole stack and of the clients, in the same process: heap and buffers, not the kernel's. */
  readonly bytesPerConnection: number;
  readonly idleConnections: number;
};

const latency = (tookMs: readonly number[]): Latency => ({
  p50Ms: rounded(quantile(tookMs, 0.5)),
  p99Ms: rounded(quantile(tookMs, 0.99)),
  signals: tookMs.length,
});

type Sending = (pair: Pair, seq: number) => Promise<void>;

/** Closed loop: what each of so many senders waits for. */
async function underSenders(pairs: readonly Pair[], send: Sending, forMs: number): Promise<UnderSenders> {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    pairs.map(async (pair) => {
      // No faster than one connection may: the limit is not what is measured.
      for (let seq = 1; performance.now() - startedAt < forMs; seq += 1) {
        const sentAt = performance.now();
        await send(pair, seq);
        tookMs.push(performance.now() - sentAt);
        const early = sentAt + 12 - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      }
    }),
  );
  const perSecond = rounded(tookMs.length / ((performance.now() - startedAt) / 1_000), 0);
  return { senders: pairs.length, perSecond, ...latency(tookMs) };
}

/** Open loop: each pair sends once a second; what is late counts as late, and not as less traffic. */
async function atScale(pairs: readonly Pair[], forMs: number): Promise<AtScale> {
  const tookMs: number[] = [];
  const sentAt = new Map<string, number>();
  for (const { robot, index } of pairs) {
    robot.hear(({ type, seq }) => {
      const at = type === 'signal' ? sentAt.get(`${index} ${String(seq)}`) : undefined;
      if (at !== undefined) tookMs.push(performance.now() - at);
    });
  }
  const startedAt = performance.now();
  const timers = pairs.map(({ client, key, index }, at) => {
    let seq = Math.floor(startedAt);
    const send = () => {
      seq += 1;
      sentAt.set(`${index} ${seq}`, performance.now());
      client.send({ action: 'signal', ...key, seq, kind: 'candidate', data: payloads.candidate });
    };
    // Spread over the second, as robots are that know nothing of each other.
    const first = setTimeout(send, (at / pairs.length) * 1_000);
    const next = setInterval(send, 1_000);
    return () => {
      clearTimeout(first);
      clearInterval(next);
    };
  });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  for (const stop of timers) stop();
  for (let waited = 0; waited < 100 && tookMs.length < sentAt.size; waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    pairs: pairs.length,
    sentPerSecond: rounded(sentAt.size / (forMs / 1_000), 0),
    lost: sentAt.size - tookMs.length,
    ...latency(tookMs),
  };
}

/** Through the local gateway and store, all in this one process: what is measured is this machine. */
export async function measureLoad({ quick }: { quick: boolean }): Promise<LoadResult> {
  const steps = quick ? [1, 16, 64] : [1, 16, 128];
  const scaleSteps = quick ? [8, 16, 32, 64] : [8, 16, 32, 64, 96, 128, 192, 256];
  const most = Math.max(...steps, ...scaleSteps);
  const forMs = quick ? 5_000 : 15_000;
  const backend = await startBackend({ pairs: most, metered: false });
  try {
    const contender = heliograph(backend, await heliographPlace(backend));
    const pairs: Pair[] = [];
    // Each pair comes by itself: a sign-in is dear, and its storm is not what is asked for.
    const upTo = async (count: number) => {
      while (pairs.length < count) pairs.push(await contender.pair(pairs.length));
      return pairs.slice(0, count);
    };
    const send: Sending = (pair, seq) =>
      contender.signal(pair, { direction: 'client to robot', kind: 'candidate', seq });
    await underSenders(await upTo(1), send, 2_000);
    const before = await livingBytes();
    await upTo(most);
    const idleConnections = 2 * (most - 1);
    const bytesPerConnection = Math.round(((await livingBytes()) - before) / idleConnections);
    const senders: UnderSenders[] = [];
    for (const count of steps) senders.push(await underSenders(pairs.slice(0, count), send, forMs));
    const scale: AtScale[] = [];
    for (const count of scaleSteps) {
      const step = await atScale(pairs.slice(0, count), forMs);
      scale.push(step);
      if (step.p99Ms > 4 * (scale[0]?.p99Ms ?? step.p99Ms)) break;
    }
    return { senders, scale, bytesPerConnection, idleConnections };
  } finally {
    await backend.close();
  }
}

/** After a full collection. Resident memory would tell as much of what was freed since the sign-ins. */
async function livingBytes(): Promise<number> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 300));
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
