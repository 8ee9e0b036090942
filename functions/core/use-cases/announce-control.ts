import type { RobotId, SessionId } from '../../../protocol/ids.ts';
import type { ControlChanged } from '../../../protocol/messages/from-server/control.ts';
import { isSamePresence, type RobotSession } from '../model/robot-session.ts';
import type { ClientSessionStore } from '../ports/client-session-store.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';
import { isReallyExpired } from './session-side.ts';
import { orNote, tellIfThere } from './tell.ts';
import { tellTruth } from './tell-truth.ts';
import { type TellWatchersDeps, tellWatchers } from './tell-watchers.ts';

export type AnnounceControlDeps = TellWatchersDeps & {
  readonly robots: RobotSessionStore;
  readonly sessions: ClientSessionStore;
};

export type Changed = Omit<ControlChanged, 'type' | 'requestId'>;

/** Who knows already. */
type Told = { readonly robot?: true; readonly sessions?: 'all' | SessionId };

/**
 * Tells the robot, all of its sessions and who watches it who holds control, but for those who know it. Looks again
 * afterwards: of two changes at once the older word may have been the last to arrive, and the robot may
 * be on another connection.
 */
export async function announceControl(
  deps: AnnounceControlDeps,
  robot: RobotSession,
  told: Told = {},
): Promise<void> {
  const isSameLease = (one: RobotSession, other: RobotSession) =>
    one.leaseEpoch === other.leaseEpoch && one.socket?.connectionId === other.socket?.connectionId;
  let last: RobotSession | undefined;
  await orNote(deps.lifeLog, 'announce-control', () =>
    tellTruth<RobotSession>({
      first: robot,
      say: async (current) => {
        const isNews = last === undefined || !isSameLease(last, current);
        last = current;
        await Promise.all([
          isNews && tellAll(deps, current, current === robot ? told : {}),
          // What is pending is told by who gives it.
          current.controlUnconfirmed !== true && tellWatchers(deps, current),
        ]);
      },
      read: () => confirmed(deps, robot.robotId),
      // A word to who watches says both: it must not bring back a state that has passed.
      isSame: (one, other) => isSameLease(one, other) && isSamePresence(one, other),
    }),
  );
}

/**
 * Tells the robot who holds control, at its newest connection. Unlike an announcement it decides: a
 * change is pending until the robot knows of it (I7).
 *
 * @returns whether it was told; false when it is not there.
 * @throws {DependencyUnavailable} when that is not known.
 */
export async function tellRobot(deps: AnnounceControlDeps, robot: RobotSession): Promise<boolean> {
  const { robotId, socket } = robot;
  if (socket === undefined || (await isReallyExpired(deps, socket))) return false;
  const message = controlWord(robot);
  if ((await deps.peers.post(socket, message)) === 'delivered') return true;
  const moved = (await deps.robots.get(robotId))?.socket;
  if (moved === undefined || moved.connectionId === socket.connectionId) return false;
  return (await deps.peers.post(moved, message)) === 'delivered';
}

export function changedOf({ robotId, controllerSessionId, leaseEpoch }: RobotSession): Changed {
  return { robotId, sessionId: controllerSessionId ?? null, leaseEpoch };
}

function controlWord(robot: RobotSession): ControlChanged {
  return { type: 'controlChanged', ...changedOf(robot) };
}

/** The row, unless its control is pending: who gives that tells of it. */
async function confirmed(deps: AnnounceControlDeps, robotId: RobotId): Promise<RobotSession | undefined> {
  const robot = await deps.robots.get(robotId);
  return robot?.controlUnconfirmed === true ? undefined : robot;
}

/** The robot hears of it though its sessions cannot be listed. */
async function tellAll(deps: AnnounceControlDeps, robot: RobotSession, told: Told): Promise<void> {
  const message = controlWord(robot);
  await Promise.all([
    told.robot === true ? undefined : tellIfThere(deps, robot.socket, message),
    told.sessions === 'all'
      ? undefined
      : orNote(deps.lifeLog, 'announce-control', async () => {
          const sessions = await deps.sessions.listByRobot(robot.robotId);
          const others = sessions.filter(({ sessionId }) => sessionId !== told.sessions);
          await Promise.all(others.map(({ socket }) => tellIfThere(deps, socket, message)));
        }),
  ]);
}
