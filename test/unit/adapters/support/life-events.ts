import type { LifeEvent } from '../../../../functions/core/ports/life-log.ts';
import { clientId, connectionId, principalId, robotId, sessionId } from '../../../../protocol/ids.ts';

export const c = connectionId.parse('L0SM9cOFvHcCIhw=');
const c2 = connectionId.parse('Zz1aBcdEfGhIjkL=');
const r = robotId.parse('0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11');
const s = sessionId.parse('Jx2n0c9Y6XyQm1bq3dE4fA');
const cl = clientId.parse('a1B2c3D4e5F6g7H8i9J0kL');
const p = principalId.parse('9b1c0d2e-3f4a-4b5c-8d6e-7f8091a2b3c4');
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
    tokenLifetimeMs: 14_400_000,
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
  client_given_back: { type: 'client_given_back', connectionId: c, clientId: cl },
  identity_contested: { type: 'identity_contested', connectionId: c, robotId: r },
  control_changed: { type: 'control_changed', robotId: r, sessionId: s, leaseEpoch: 7 },
  refreshed: { type: 'refreshed', connectionId: c, tokenExpiresAt: exp },
  token_expiring: { type: 'token_expiring', connectionId: c, kind: 'robot', remainingMs: 600_000 },
  token_expired: { type: 'token_expired', connectionId: c, kind: 'robot' },
  rolling_over: { type: 'rolling_over', connectionId: c, kind: 'robot' },
  revoked: { type: 'revoked', principalId: p, how: 'revoked', closed: 2 },
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
    refreshes: 2,
  },
  message_refused: { type: 'message_refused', action: 'openSession', code: 'robot_offline', connectionId: c },
  dependency_unavailable: { type: 'dependency_unavailable', where: 'signal', code: 'LimitExceededException' },
  posts_failed: { type: 'posts_failed', why: 'gone', count: 3 },
  robots_counted: { type: 'robots_counted', online: 7, away: 1, known: 9 },
  fault: { type: 'fault', where: 'signal', name: 'TypeError' },
  cleanup_done: {
    type: 'cleanup_done',
    closed: 3,
    announced: 4,
    checked: 5,
    robotsOffline: 1,
    sessionsEnded: 2,
    failed: 0,
    more: false,
    lagMs: 1_200,
    tookMs: 180,
  },
};
