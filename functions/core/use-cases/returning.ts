import type { SessionId } from '../../../protocol/ids.ts';
import { type Refusal, refused } from '../outcome.ts';

/** Nothing is wrong for who is welcomed; only those who would send to it again do not know. */
const againAfterMs = 10_000;

/** What a `hello` says of the sessions of before. */
export type Returning = {
  /** By session, the highest `seq` without a gap that has arrived. */
  readonly received: Readonly<Record<string, number>> | undefined;
};

/** What the one who comes back has told to have received in a session; undefined when it said nothing of it. */
export function receivedBy({ received }: Returning, sessionId: SessionId): number | undefined {
  return received !== undefined && Object.hasOwn(received, sessionId) ? received[sessionId] : undefined;
}

/**
 * Answers a `hello` after its `welcome`, when another side could not be told that this one is back: it would not send
 * again what was lost on the way, and of the last signals nobody would notice. Its next `hello`,
 * on this connection or another, tells those.
 */
export function notAllTold(): { ok: false; refusal: Refusal } {
  const message = 'Another side could not be told that you are back; say hello again after the wait.';
  return refused('unavailable', message, { retryAfterMs: againAfterMs });
}
