import type { Random } from '../environment/clock.ts';
import { backoffMs } from '../reconnect/backoff.ts';
import type { Welcome } from '../wire/messages.ts';

/** Who has a session returns at once: the pause and the handshake fit into 2 s. */
const atOnceMs = 500;
/** The ends of the spread that are left free: the first for those who have a session, the last for who was refused. */
const freeEnds = 0.05;

/** How long to wait before the next attempt, when nobody has asked for more. */
export function pauseMs(of: {
  /** The connection has just been lost: nothing has failed yet. */
  readonly isFirst: boolean;
  readonly failures: number;
  /** A session is open, or somebody waits for an answer. */
  readonly isBusy: boolean;
  readonly welcome: Welcome | undefined;
  readonly random: Random;
}): number {
  if (!of.isFirst) return backoffMs(of.failures, of.random);
  if (of.isBusy || of.welcome === undefined) return Math.round(of.random() * atOnceMs);
  // A fleet that lost its server together must not come back together.
  const { reconnectSpreadMs } = of.welcome.policy;
  return Math.round(reconnectSpreadMs * (freeEnds + of.random() * (1 - 2 * freeEnds)));
}
