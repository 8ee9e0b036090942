import { type ClientSession, type SessionKey, sessionDeadline } from '../model/client-session.ts';
import { announceControl } from './announce-control.ts';
import type { EndConnectionDeps } from './end-connection.ts';
import { finishEnd, forgetAway } from './end-sessions.ts';

/**
 * Looks at a session whose deadline has passed: its client did not come back in time; or its
 * connection's end should have ended it, and did not. If the connection still lives, with a token
 * that was refreshed, the deadline follows the token.
 *
 * @returns whether it was ended.
 */
export async function endDueSession(deps: EndConnectionDeps, key: SessionKey, now: number): Promise<boolean> {
  const session = await deps.sessions.get(key);
  if (session === undefined || session.nextDeadlineAt > now) return false;
  if (await follows(deps, session, now)) return false;
  const freed = await deps.robots.dropControl(key.robotId, key.sessionId);
  if (session.socket === undefined) await forgetAway(deps, session);
  const removed = await deps.sessions.removeIfDue(key, now);
  const reason = removed?.socket === undefined ? 'resume_ended' : 'expired';
  const late = removed && (await finishEnd(deps, removed, { reason, tell: 'robot' }));
  const toTell = late ?? freed;
  if (toTell !== undefined) await announceControl(deps, toTell);
  return removed !== undefined;
}

/** Whether its connection lives on with a later token, which the session's deadline then follows. */
async function follows(deps: EndConnectionDeps, session: ClientSession, now: number): Promise<boolean> {
  if (session.socket === undefined) return false;
  const connection = await deps.connections.get(session.socket.connectionId);
  if (connection === undefined || connection.state === 'closing') return false;
  const { connectionId } = connection;
  const tokenExpiresAt = connection.token.expiresAt;
  const nextDeadlineAt = sessionDeadline(deps.policy, tokenExpiresAt);
  if (nextDeadlineAt <= now) return false;
  await deps.sessions.copyToken(session, { connectionId, tokenExpiresAt, nextDeadlineAt });
  return true;
}
