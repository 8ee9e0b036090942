import type { ClientId, RobotId, SessionId } from '../../../protocol/ids.ts';
import type { SessionMode } from '../../../protocol/messages/session-words.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { SocketCopy } from './connection.ts';

export type SessionKey = { readonly robotId: RobotId; readonly sessionId: SessionId };

/**
 * A session's place among those of its robot: there is one session at a time in each, and one place for
 * each request of a client, so that a request that is repeated finds the session of the first. The rest
 * of the id is new each time: an id is never used again, and who ends a session that is over does
 * nothing to the next in its place.
 */
export function placeOf(sessionId: SessionId): string {
  return sessionId.split('.', 1)[0] ?? sessionId;
}

/** Highest `seq` without a gap that a side has told to have of the other's. */
export type Received = { readonly byRobot: number; readonly byClient: number };

/** One client's negotiation with one robot. Ends with the client; only waits when one of the two is away. */
export type ClientSession = SessionKey & {
  readonly clientId: ClientId;
  /** The age of the client that last put its socket here: the fence between an old connection and a new one. */
  readonly clientEpoch: number;
  /** Absent while the client is away. */
  readonly socket?: SocketCopy;
  /** Unix ms; only while the client is away. */
  readonly resumeEndsAt?: number;
  /** What was granted when it was opened. Who holds control now stands in the robot's row. */
  readonly mode: SessionMode;
  readonly received: Received;
  /** The request that opened it was repeated, and that was answered with it: the first does not take it back. */
  readonly isAdopted?: true;
  readonly openedAt: number;
  readonly nextDeadlineAt: number;
};

/**
 * When the cleanup should ask whether a session still has its connection. Later than anything that
 * the connection's own deadline leads to: it only finds what a failure in the middle left behind.
 */
export function sessionDeadline(policy: TokenPolicy, tokenExpiresAt: number): number {
  return tokenExpiresAt + policy.graceMs + policy.resumeWindowMs;
}
