import { type Pair, payloads } from '../messages/contender.ts';
import { heliograph, heliographPlace } from '../messages/heliograph.ts';
import { startBackend } from '../stack/backend.ts';
import { interleaved, quantile, rounded } from '../statistics.ts';

/** What those wait for who send calmly. */
export type Calm = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly signals: number;
  readonly lost: number;
};
export type FloodResult = {
  readonly pairs: number;
  readonly calmPerSecond: number;
  readonly quiet: Calm;
  readonly flooded: Calm;
  /** Sent by the one connection that floods, and what became of it. */
  readonly flood: { readonly perSecond: number; readonly passedOn: number; readonly rateLimited: number };
};

type Round = { readonly tookMs: number[]; readonly sent: number };

/** Each calm pair sends once in so many ms; what is late counts as late, and not as less traffic. */
const everyMs = 500;
/** The one that floods: ten times as many a second as one connection may send. */
const floodPerSecond = 1_000;

/**
 * One connection floods while others send calmly, in turns with rounds in which it is silent. Everything is one
 * process here, so that what is refused costs the others as well; in the cloud it does not.
 */
export async function measureFlood({ quick }: { quick: boolean }): Promise<FloodResult> {
  const count = 4;
  const forMs = quick ? 4_000 : 10_000;
  const backend = await startBackend({ pairs: count + 1, metered: false });
  try {
    const contender = heliograph(backend, await heliographPlace(backend));
    const loud = await contender.pair(0);
    const calm: Pair[] = [];
    for (let index = 1; index <= count; index += 1) calm.push(await contender.pair(index));
    const flood = floodOf(loud);
    const sending = sendingOf(calm);
    await sending(2_000);
    const flooded = async () => {
      const stop = flood.begin();
      try {
        return await sending(forMs);
      } finally {
        stop();
        // What is still on its way is not to fall into a quiet round.
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      }
    };
    const rounds = await interleaved({ quiet: () => sending(forMs), flooded }, quick ? 2 : 4);
    const calmPerSecond = rounded((count * 1_000) / everyMs, 0);
    const perSecond = rounded(flood.counts.sent / ((rounds.flooded.length * forMs) / 1_000), 0);
    const { passedOn, rateLimited } = flood.counts;
    return {
      pairs: count,
      calmPerSecond,
      quiet: calmOf(rounds.quiet),
      flooded: calmOf(rounds.flooded),
      flood: { perSecond, passedOn, rateLimited },
    };
  } finally {
    await backend.close();
  }
}

function calmOf(rounds: readonly Round[]): Calm {
  const tookMs = rounds.flatMap((round) => round.tookMs);
  const sent = rounds.reduce((sum, round) => sum + round.sent, 0);
  return {
    p50Ms: rounded(quantile(tookMs, 0.5)),
    p99Ms: rounded(quantile(tookMs, 0.99)),
    signals: tookMs.length,
    lost: sent - tookMs.length,
  };
}

function floodOf({ client, robot, key }: Pair) {
  const counts = { sent: 0, passedOn: 0, rateLimited: 0 };
  robot.hear(({ type }) => {
    if (type === 'signal') counts.passedOn += 1;
  });
  client.hear(({ type, code }) => {
    if (type === 'error' && code === 'rate_limited') counts.rateLimited += 1;
  });
  return {
    counts,
    /** @returns what ends it. */
    begin() {
      const everyMs = 10;
      const timer = setInterval(() => {
        for (let each = 0; each < (floodPerSecond * everyMs) / 1_000; each += 1) {
          counts.sent += 1;
          client.send({
            action: 'signal',
            ...key,
            seq: counts.sent,
            kind: 'candidate',
            data: payloads.candidate,
          });
        }
      }, everyMs);
      return () => clearInterval(timer);
    },
  };
}

function sendingOf(pairs: readonly Pair[]): (forMs: number) => Promise<Round> {
  let seq = 0;
  let tookMs: number[] = [];
  const sentAt = new Map<string, number>();
  for (const { robot, index } of pairs) {
    robot.hear((message) => {
      const at = message.type === 'signal' ? sentAt.get(`${index} ${String(message.seq)}`) : undefined;
      if (at !== undefined) tookMs.push(performance.now() - at);
    });
  }
  return async (forMs) => {
    tookMs = [];
    sentAt.clear();
    const timers = pairs.map(({ client, key, index }, at) => {
      const send = () => {
        seq += 1;
        sentAt.set(`${index} ${seq}`, performance.now());
        client.send({ action: 'signal', ...key, seq, kind: 'candidate', data: payloads.candidate });
      };
      let next: NodeJS.Timeout | undefined;
      // Spread, as those are who know nothing of each other.
      const first = setTimeout(
        () => {
          next = setInterval(send, everyMs);
        },
        (at / pairs.length) * everyMs,
      );
      return () => {
        clearTimeout(first);
        clearInterval(next);
      };
    });
    await new Promise((resolve) => setTimeout(resolve, forMs));
    for (const stop of timers) stop();
    for (let waited = 0; waited < 30 && tookMs.length < sentAt.size; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { tookMs: [...tookMs], sent: sentAt.size };
  };
}
