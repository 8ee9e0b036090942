import { type SessionKey, sessionDeadline } from '../model/client-session.ts';
import type { EndConnectionDeps } from './end-connection.ts';
import { announceEnd } from './end-sessions.ts';

/**
 * Looks at a session whose backstop deadline has passed. Its connection's end should have ended it;
 * if the connection still lives, with a token that was refreshed, the deadline follows the token.
 *
 * @returns whether it was ended.
 */
export async function endDueSession(deps: EndConnectionDeps, key: SessionKey, now: number): Promise<boolean> {
  const session = await deps.sessions.get(key);
  if (session === undefined) return false;
  const connection = await deps.connections.get(session.socket.connectionId);
  if (connection !== undefined && connection.state !== 'closing') {
    const tokenExpiresAt = connection.token.expiresAt;
    const nextDeadlineAt = sessionDeadline(deps.policy, tokenExpiresAt);
    const { connectionId } = connection;
    if (nextDeadlineAt > now) {
      await deps.sessions.copyToken(key, { connectionId, tokenExpiresAt, nextDeadlineAt });
      return false;
    }
  }
  await deps.robots.dropControl(key.robotId, key.sessionId);
  const removed = await deps.sessions.removeIfDue(key, now);
  if (removed === undefined) return false;
  await announceEnd(deps, removed, { reason: 'expired', tell: 'robot' });
  await deps.clients.removeSession(removed.clientId, key);
  return true;
}
