import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { SessionKey } from '../model/client-session.ts';
import type { SocketAddress } from '../model/connection.ts';
import { done, type Outcome } from '../outcome.ts';
import { afterRemoval, type EndSessionsDeps } from './end-sessions.ts';
import type { SenderDeps } from './sender.ts';
import { sideOf } from './session-side.ts';

export type CloseSessionDeps = SenderDeps & EndSessionsDeps;

export type CloseSession = SessionKey & {
  readonly caller: SocketAddress;
  readonly reason: Extract<CloseReason, 'closed' | 'refused' | 'busy'>;
};

/** Ends a session at the wish of one of its sides, and tells the other. */
export async function closeSession(
  deps: CloseSessionDeps,
  input: CloseSession,
): Promise<Outcome<{ sessionId: SessionKey['sessionId']; reason: CloseReason }>> {
  const key = { robotId: input.robotId, sessionId: input.sessionId };
  const [robot, session] = await Promise.all([deps.robots.get(input.robotId), deps.sessions.get(key)]);
  const side = await sideOf(deps, input.caller, { robot, session });
  if (!side.ok) return side;

  const removed = await deps.sessions.remove(key);
  if (removed !== undefined) {
    await deps.clients.removeSession(removed.clientId, key);
    await afterRemoval(deps, removed, { reason: input.reason, tell: side.value.peer });
  }
  return done({ sessionId: input.sessionId, reason: input.reason });
}
