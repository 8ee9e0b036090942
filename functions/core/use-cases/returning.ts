import type { SessionId } from '../../../protocol/ids.ts';

/** What a `hello` says of the sessions of before. */
export type Returning = {
  /** By session, the highest `seq` without a gap that has arrived. */
  readonly received: Readonly<Record<string, number>> | undefined;
};

/** What the one who comes back has told to have received in a session; undefined when it said nothing of it. */
export function receivedBy({ received }: Returning, sessionId: SessionId): number | undefined {
  return received !== undefined && Object.hasOwn(received, sessionId) ? received[sessionId] : undefined;
}
