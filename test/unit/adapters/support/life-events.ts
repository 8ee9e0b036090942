import type { LifeEvent } from '../../../../functions/core/ports/life-log.ts';
import { clientId, connectionId, robotId, sessionId } from '../../../../protocol/ids.ts';

export const c = connectionId.parse('L0SM9cOFvHcCIhw=');
const c2 = connectionId.parse('Zz1aBcdEfGhIjkL=');
const r = robotId.parse('0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11');
const s = sessionId.parse('Jx2n0c9Y6XyQm1bq3dE4fA');
const cl = clientId.parse('a1B2c3D4e5F6g7H8i9J0kL');
const exp = 1_795_000_000_000;

/** One of each: a type that is missing here does not compile. */
export const events: { [Type in LifeEvent['type']]: Extract<LifeEvent, { type: Type }> } = {
  connected: {
    type: 'connected',
    connectionId: c,
    kind: 'client',
    carrier: 'subprotocol',
    tokenExpiresAt: exp,
    tokenRemainingMs: 14_400_000,
  },
  token_lifetime_mismatch: {
    type: 'token_lifetime_mismatch',
    connectionId: c,
    lifetimeMs: 3_600_000,
    policyMs: 14_400_000,
  },
  connect_refused: { type: 'connect_refused', status: 503, reason: 'verifier_unavailable' },
  welcomed: { type: 'welcomed', connectionId: c, kind: 'robot', robotId: r, epoch: 12 },
  replaced: { type: 'replaced', connectionId: c, by: c2, robotId: r },
  claim_given_back: { type: 'claim_given_back', connectionId: c, robotId: r },
  refreshed: { type: 'refreshed', connectionId: c, tokenExpiresAt: exp },
  session_opened: { type: 'session_opened', robotId: r, sessionId: s, clientId: cl },
  session_closed: { type: 'session_closed', robotId: r, sessionId: s, reason: 'robot_offline' },
  robot_offline: { type: 'robot_offline', robotId: r },
  disconnected: {
    type: 'disconnected',
    connectionId: c,
    kind: 'client',
    how: 'disconnect',
    lifetimeMs: 6_600_000,
    tokenRemainingMs: -60_000,
  },
  message_refused: { type: 'message_refused', action: 'openSession', code: 'robot_offline', connectionId: c },
  dependency_unavailable: { type: 'dependency_unavailable', where: 'signal', code: 'LimitExceededException' },
  fault: { type: 'fault', where: 'signal', name: 'TypeError' },
  cleanup_done: {
    type: 'cleanup_done',
    closed: 3,
    robotsOffline: 1,
    sessionsEnded: 2,
    failed: 0,
    more: false,
    tookMs: 180,
  },
};
