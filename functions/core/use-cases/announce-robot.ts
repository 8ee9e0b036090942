import type { RobotId } from '../../../protocol/ids.ts';
import type { ClientSession } from '../model/client-session.ts';
import { isSameHolder, isSamePresence, type RobotSession } from '../model/robot-session.ts';
import type { ClientSessionStore } from '../ports/client-session-store.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';
import { type TellDeps, tellIfThere } from './tell.ts';
import { tellTruth } from './tell-truth.ts';
import { type TellWatchersDeps, tellWatchers } from './tell-watchers.ts';

type AnnounceDeps = TellWatchersDeps & {
  readonly robots: RobotSessionStore;
  readonly sessions: ClientSessionStore;
};

/**
 * Tells who watches a robot whether it is there, and who drives it; with `clients` its clients too, of the first alone.
 * `first`: as it is by what was just written.
 */
export async function announceRobot(
  deps: AnnounceDeps,
  robotId: RobotId,
  { clients = false, ...known }: { readonly clients?: boolean; readonly first?: RobotSession } = {},
): Promise<void> {
  let told: RobotSession | undefined;
  await tellTruth({
    ...known,
    read: () => deps.robots.get(robotId),
    isSame: (one, other) => isSamePresence(one, other) && isSameHolder(one, other),
    say: async (robot) => {
      const isNews = told === undefined || !isSamePresence(told, robot);
      told = robot;
      await Promise.all([clients && isNews && tellClients(deps, robot), tellWatchers(deps, robot)]);
    },
  });
}

/** An offline robot's sessions end, which says it all. */
async function tellClients(deps: AnnounceDeps, robot: RobotSession): Promise<void> {
  if (robot.state === 'offline') return;
  const sessions = await deps.sessions.listByRobot(robot.robotId);
  await Promise.all(sessions.map((session) => tellClientOfRobot(deps, session, robot)));
}

export async function tellClientOfRobot(
  deps: TellDeps,
  { sessionId, socket, received }: ClientSession,
  { state, resumeEndsAt = 0 }: RobotSession,
): Promise<void> {
  await tellIfThere(
    deps,
    socket,
    state === 'online'
      ? { type: 'peerBack', sessionId, received: received.byRobot }
      : { type: 'peerAway', sessionId, resumeEndsAt },
  );
}
