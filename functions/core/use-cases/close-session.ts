import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { SessionKey } from '../model/client-session.ts';
import type { SocketAddress } from '../model/connection.ts';
import { done, type Outcome } from '../outcome.ts';
import { type EndSessionsDeps, endSession } from './end-sessions.ts';
import { sideOf } from './session-side.ts';

export type CloseSessionDeps = EndSessionsDeps;

export type CloseSession = SessionKey & {
  readonly caller: SocketAddress;
  readonly reason: Extract<CloseReason, 'closed' | 'refused' | 'busy'>;
};

/**
 * Ends a session at the wish of one of its sides, and tells all but the caller, which is answered: its own
 * side may be on another connection by then.
 */
export async function closeSession(
  deps: CloseSessionDeps,
  input: CloseSession,
): Promise<Outcome<{ sessionId: SessionKey['sessionId']; reason: CloseReason }>> {
  const key = { robotId: input.robotId, sessionId: input.sessionId };
  const [robot, session] = await Promise.all([deps.robots.get(input.robotId), deps.sessions.get(key)]);
  const side = await sideOf(deps, input.caller, { robot, session });
  if (!side.ok) return side;

  await endSession(deps, key, { reason: input.reason, tell: 'both', except: input.caller.connectionId });
  return done({ sessionId: input.sessionId, reason: input.reason });
}
