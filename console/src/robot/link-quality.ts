import { type Signal, signal } from '@preact/signals';

export type Sample = { readonly at: number; readonly roundTripMs: number | null };

export type LinkQuality = {
  readonly roundTripMs: Signal<number | undefined>;
  /** Of the pings of the last half minute, 0 to 1. */
  readonly loss: Signal<number>;
  /** The last two minutes, oldest first; null: lost. */
  readonly samples: Signal<readonly Sample[]>;
  /** A new ping; what to send. */
  ping(): number;
  pong(t: number): void;
};

/** A ping without an answer for so long is lost. */
const lostAfterMs = 2_000;
const lossWindowMs = 30_000;
const keptMs = 120_000;

/** Round trip and loss by own pings over the data channel, which loses as the path does. */
export function measureLink(now: () => number = () => performance.now()): LinkQuality {
  const roundTripMs = signal<number | undefined>(undefined);
  const loss = signal(0);
  const samples = signal<readonly Sample[]>([]);
  const waiting = new Set<number>();

  function record(sample: Sample): void {
    const kept = samples.value.filter(({ at }) => at > now() - keptMs);
    samples.value = [...kept, sample];
    const lately = samples.value.filter(({ at }) => at > now() - lossWindowMs);
    loss.value = lately.filter(({ roundTripMs: answer }) => answer === null).length / lately.length;
  }

  return {
    roundTripMs,
    loss,
    samples,
    ping() {
      const t = now();
      for (const sent of [...waiting].filter((at) => at < t - lostAfterMs)) {
        waiting.delete(sent);
        record({ at: sent, roundTripMs: null });
      }
      waiting.add(t);
      return t;
    },
    pong(t) {
      if (!waiting.delete(t)) return;
      roundTripMs.value = now() - t;
      record({ at: t, roundTripMs: now() - t });
    },
  };
}
