import type { ConnectionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../model/client-session.ts';
import { maySee, mayUse } from '../model/permission.ts';
import { type EndSessionsDeps, endSession } from './end-sessions.ts';
import { withdraw } from './pending-control.ts';

/**
 * Ends those of a client's sessions that its new groups no longer allow (I5): a fleet was left, or an
 * operator has become a viewer. Both sides are told, the client too, which did not ask for it. A session
 * that was opened to view goes on, without the control that it was given since. Only those on the
 * connection that has these groups: the client may be on a newer one.
 */
export async function endForbiddenSessions(
  deps: EndSessionsDeps,
  sessions: readonly SessionKey[],
  { connectionId, groups }: { connectionId: ConnectionId; groups: readonly string[] },
): Promise<void> {
  await Promise.all(
    sessions.map(async (key) => {
      const [session, robot] = await Promise.all([deps.sessions.get(key), deps.robots.get(key.robotId)]);
      if (session?.socket?.connectionId !== connectionId || robot === undefined) return;
      if (!maySee(groups, robot.fleets) || !mayUse(groups, session.mode)) {
        await endSession(deps, key, { reason: 'forbidden', tell: 'both', onlyOn: connectionId });
      } else if (robot.controllerSessionId === key.sessionId && !mayUse(groups, 'control')) {
        await withdraw(deps, key.robotId, key.sessionId);
      }
    }),
  );
}
