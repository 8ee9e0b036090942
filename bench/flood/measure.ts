import { type Pair, payloads } from '../messages/contender.ts';
import { heliograph, heliographPlace } from '../messages/heliograph.ts';
import { startBackend } from '../stack/backend.ts';
import { interleaved, median, quantile, rounded } from '../statistics.ts';
import { startFlood } from './flood.ts';

/** What those wait for who send calmly. */
export type Calm = {
  /** Each of a round; the median of all rounds, so that what else the machine did in one of them is not told. */
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

/** Each calm pair sends once in so many ms, hundreds in a round; what is late counts as late, and not as less traffic. */
const everyMs = 125;
/**
 * One connection floods while others send calmly, in turns with rounds in which it is silent. Functions, store and gateway
 * share one thread here, so that what is refused costs the others as well; in the cloud it does not. The gateway lets
 * connections take turns (ADR 0073).
 */
export async function measureFlood({ quick }: { quick: boolean }): Promise<FloodResult> {
  const count = 4;
  const forMs = quick ? 4_000 : 10_000;
  const backend = await startBackend({ pairs: count + 1, metered: false });
  const stops = [() => backend.close()];
  try {
    const place = await heliographPlace(backend);
    const contender = heliograph(backend, place);
    const calm: Pair[] = [];
    for (let index = 1; index <= count; index += 1) calm.push(await contender.pair(index));
    const flood = await startFlood(backend, place);
    stops.push(() => flood.close());
    const sending = sendingOf(calm);
    await sending(2_000);
    const flooded = async () => {
      flood.begin();
      try {
        return await sending(forMs);
      } finally {
        flood.pause();
        // What is still on its way is not to fall into a quiet round.
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      }
    };
    const rounds = await interleaved({ quiet: () => sending(forMs), flooded }, quick ? 2 : 8);
    const calmPerSecond = rounded((count * 1_000) / everyMs, 0);
    const { sent, passedOn, rateLimited } = await flood.counts();
    const perSecond = rounded(sent / ((rounds.flooded.length * forMs) / 1_000), 0);
    return {
      pairs: count,
      calmPerSecond,
      quiet: calmOf(rounds.quiet),
      flooded: calmOf(rounds.flooded),
      flood: { perSecond, passedOn, rateLimited },
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function calmOf(rounds: readonly Round[]): Calm {
  const signals = rounds.reduce((sum, round) => sum + round.tookMs.length, 0);
  const sent = rounds.reduce((sum, round) => sum + round.sent, 0);
  const ofRounds = (part: number) => rounded(median(rounds.map(({ tookMs }) => quantile(tookMs, part))));
  return { p50Ms: ofRounds(0.5), p99Ms: ofRounds(0.99), signals, lost: sent - signals };
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
