import type { ConnectionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../model/client-session.ts';
import { announceControl } from './announce-control.ts';
import { type EndSessionsDeps, finishEnd } from './end-sessions.ts';

/**
 * Undoes an opening that has failed, with the control that it took; it may not have come to a row. Not
 * one that the same request, sent again, was answered with, on this connection or on the client's next:
 * so the row goes before control here. A client that has moved meanwhile was welcomed with the session,
 * and is told; who asked for it is answered.
 */
export async function takeBack(
  deps: EndSessionsDeps,
  key: SessionKey,
  { tell, except }: { tell: 'client' | 'both'; except: ConnectionId },
): Promise<void> {
  const { robotId, sessionId } = key;
  const removed = await deps.sessions.removeUnadopted(key);
  if (removed === undefined && (await deps.sessions.get(key)) !== undefined) return;
  const freed = removed
    ? await finishEnd(deps, removed, { reason: 'closed', tell, except })
    : await deps.robots.dropControl(robotId, sessionId);
  // Of what the robot was not asked for it may have heard all the same: by a `welcome` at that very moment.
  if (freed !== undefined) await announceControl(deps, freed, tell === 'client' ? { sessions: 'all' } : {});
}
