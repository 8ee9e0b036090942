import type { ConnectionId } from '../../protocol/ids.ts';
import type { Clock } from '../core/ports/clock.ts';

export type RateLimit = {
  /** Takes one message of a connection; or says in how many ms there is room for the next. */
  take(connectionId: ConnectionId): number | undefined;
};

type Bucket = { tokens: number; at: number };

/** What a negotiation at its busiest stays far below: candidates trickle in dozens, not in hundreds. */
const perSecond = 100;
const burst = 200;
/** Connections remembered; the one that was silent for longest is forgotten, and begins anew. */
const remembered = 5_000;

/**
 * A token bucket for each connection, in the memory of this instance: several instances allow several
 * times as much. It keeps one connection from using up what the others need; the hard limit is the
 * throttle of the stage.
 */
export function rateLimit(clock: Clock): RateLimit {
  const buckets = new Map<ConnectionId, Bucket>();
  return {
    take(connectionId) {
      const now = clock.now();
      const before = buckets.get(connectionId) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, before.tokens + (Math.max(0, now - before.at) / 1000) * perSecond);
      const allowed = tokens >= 1;
      // Taken out and put in again, so that the first in the map is the one that was silent for longest.
      buckets.delete(connectionId);
      buckets.set(connectionId, { tokens: allowed ? tokens - 1 : tokens, at: now });
      const [oldest] = buckets.keys();
      if (buckets.size > remembered && oldest !== undefined) buckets.delete(oldest);
      return allowed ? undefined : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}
