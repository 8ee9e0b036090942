import type { ClientId, RobotId, SessionId } from '../../../protocol/ids.ts';
import type { SessionMode } from '../../../protocol/messages/session.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { SocketCopy } from './connection.ts';

export type SessionKey = { readonly robotId: RobotId; readonly sessionId: SessionId };

/** One client's negotiation with one robot. Ends with the client; only waits when the robot is away. */
export type ClientSession = SessionKey & {
  readonly clientId: ClientId;
  readonly socket: SocketCopy;
  /** What was granted when it was opened. Who holds control now stands in the robot's row. */
  readonly mode: SessionMode;
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
