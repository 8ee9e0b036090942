import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { TokenCarrier } from '../../../protocol/handshake.ts';
import type { ClientId, ConnectionId, PrincipalId, RobotId, SessionId } from '../../../protocol/ids.ts';
import type { Kind } from '../../../protocol/messages/kind.ts';
import type { HowEnded } from '../model/connection.ts';

/**
 * What is worth a line or a count: changes of life and refusals, never a signal (it would cost more
 * than the relay). No field can hold a token, an SDP, a candidate or a text from outside (I9).
 */
export type LifeEvent =
  | {
      type: 'connected';
      connectionId: ConnectionId;
      kind: Kind;
      carrier: TokenCarrier;
      tokenExpiresAt: number;
      tokenRemainingMs: number;
      tokenLifetimeMs: number;
    }
  | { type: 'token_lifetime_mismatch'; connectionId: ConnectionId; lifetimeMs: number; policyMs: number }
  | { type: 'connect_refused'; status: number; reason: string }
  | {
      type: 'welcomed';
      connectionId: ConnectionId;
      kind: Kind;
      robotId?: RobotId;
      clientId?: ClientId;
      epoch?: number;
      /** What became of the sessions of before, for whoever asked for them. */
      resume?: 'kept' | 'lost';
    }
  | { type: 'replaced'; connectionId: ConnectionId; by: ConnectionId; robotId: RobotId }
  | { type: 'claim_given_back'; connectionId: ConnectionId; robotId: RobotId }
  | { type: 'client_given_back'; connectionId: ConnectionId; clientId: ClientId }
  | { type: 'identity_contested'; connectionId: ConnectionId; robotId: RobotId }
  | { type: 'control_changed'; robotId: RobotId; sessionId?: SessionId; leaseEpoch: number }
  | { type: 'refreshed'; connectionId: ConnectionId; tokenExpiresAt: number }
  | { type: 'token_expiring'; connectionId: ConnectionId; kind: Kind; remainingMs: number }
  | { type: 'token_expired'; connectionId: ConnectionId; kind: Kind }
  | { type: 'rolling_over'; connectionId: ConnectionId; kind: Kind }
  | { type: 'revoked'; principalId: PrincipalId; how: HowEnded; closed: number }
  | { type: 'session_opened'; robotId: RobotId; sessionId: SessionId; clientId: ClientId }
  | { type: 'session_closed'; robotId: RobotId; sessionId: SessionId; reason: CloseReason }
  | { type: 'robot_offline'; robotId: RobotId }
  | {
      type: 'disconnected';
      connectionId: ConnectionId;
      kind: Kind;
      how: HowEnded;
      lifetimeMs: number;
      /** Below zero when it ran out before the end. */
      tokenRemainingMs: number;
      /** Number of times that the token was refreshed. */
      refreshes: number;
    }
  | { type: 'message_refused'; action: string; code: ErrorCode; connectionId: ConnectionId }
  /** Posts that did not go out, summed over a short time: bursts must not cost a line each. */
  | { type: 'posts_failed'; why: 'gone' | 'throttled'; count: number }
  | { type: 'robots_counted'; online: number; away: number; known: number }
  | { type: 'dependency_unavailable'; where: string; code: string }
  | { type: 'fault'; where: string; name: string; stack?: string }
  | {
      type: 'cleanup_done';
      closed: number;
      announced: number;
      checked: number;
      robotsOffline: number;
      sessionsEnded: number;
      failed: number;
      more: boolean;
      /** How long after its deadline the latest item was taken up; 0 when nothing was due. */
      lagMs: number;
      tookMs: number;
    };

export type LifeLog = { note(event: LifeEvent): void };
