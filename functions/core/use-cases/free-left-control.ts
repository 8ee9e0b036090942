import type { RobotId, SessionId } from '../../../protocol/ids.ts';
import type { ClientSessionStore } from '../ports/client-session-store.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';

/**
 * Frees control that stands with a session that does not exist: it was left by somebody who died, or
 * who opens it is only now about to write it: that one has confirmed by then, and keeps it, or cannot
 * any more, and gives up.
 *
 * @returns whether the session is no more, so that control may be had.
 */
export async function freeLeftControl(
  deps: { readonly robots: RobotSessionStore; readonly sessions: ClientSessionStore },
  robotId: RobotId,
  holder: SessionId,
): Promise<boolean> {
  const isNoMore = async () => (await deps.sessions.get({ robotId, sessionId: holder })) === undefined;
  if (!(await isNoMore())) return false;
  if ((await deps.robots.freeUnconfirmed(robotId, holder)) !== undefined) return true;
  // Confirmed by now, hence written: only if it still is not there has it gone.
  if (!(await isNoMore())) return false;
  await deps.robots.dropControl(robotId, holder);
  return true;
}
