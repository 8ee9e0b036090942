import type { Random } from '../environment/clock.ts';
import { backoffMs } from '../reconnect/backoff.ts';
import type { Welcome } from '../wire/messages.ts';

/** Who has a session returns at once: the pause and the handshake fit into 2 s. */
const atOnceMs = 500;

/** How long to wait before the next attempt, when nobody has asked for more. */
export function pauseMs(of: {
  /** The connection has just been lost: nothing has failed yet. */
  readonly isFirst: boolean;
  readonly failures: number;
  readonly isBusy: boolean;
  readonly welcome: Welcome | undefined;
  readonly random: Random;
}): number {
  if (!of.isFirst) return backoffMs(of.failures, of.random);
  // A fleet that lost its server together must not come back together.
  const isSpread = of.welcome?.kind === 'robot' && !of.isBusy;
  return Math.round(of.random() * (isSpread ? of.welcome.policy.reconnectSpreadMs : atOnceMs));
}
