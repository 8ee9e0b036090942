import type { ClientSession } from '../model/client-session.ts';
import { copyOf } from '../model/connection.ts';
import type { RobotSession } from '../model/robot-session.ts';
import { tellRobotOfClient } from './announce-client.ts';
import { announceControl } from './announce-control.ts';
import { announceRobot } from './announce-robot.ts';
import { dismiss } from './dismiss.ts';
import { endSessionsOfRobot } from './end-sessions.ts';
import type { HelloDeps } from './hello-deps.ts';
import { receivedBy } from './returning.ts';
import { arrivalOf, type Claimed, isKept, type RobotHello } from './robot-claim.ts';
import { orNote, tell, tellIfThere } from './tell.ts';

/** A third claim within this time, while the second still held: two devices take themselves for one robot. */
const contestedWithinMs = 10 * 60_000;

/**
 * Ends what the claim has superseded. Nothing of it can undo the `hello` any more. False when somebody could not be
 * told that the robot is back: its arrival is not over then, and its next `hello` goes on with it.
 */
export async function settleRobot(
  deps: HelloDeps,
  hello: RobotHello,
  claimed: Claimed & { sessions: readonly ClientSession[] },
): Promise<boolean> {
  const { connection, robotId } = hello;
  const { connectionId } = connection;
  const { current, arrival, sessions, undo } = claimed;
  const old = arrival.replaced;
  if (old !== undefined) {
    const wasThere = await dismiss(deps, old);
    deps.lifeLog.note({ type: 'replaced', connectionId: old.connectionId, by: connectionId, robotId });
    if (wasThere && isContested(deps, current, undo?.previous)) {
      deps.lifeLog.note({ type: 'identity_contested', robotId, connectionId });
    }
  }
  // Only now: had the claim been given back, the robot would be missing in the fleets that it is in.
  const { fleets } = current;
  const left = arrival.fleets.filter((fleet) => !fleets.includes(fleet));
  if (left.length > 0) {
    await orNote(deps.lifeLog, 'hello.leave-fleets', () => deps.fleets.enlist(robotId, { fleets, left }));
  }
  let areTold = false;
  const isDone = await orNote(deps.lifeLog, 'hello.previous-sessions', async () => {
    const kept = sessions.filter((session) => isKept(session, claimed));
    const over = sessions.filter((session) => !kept.includes(session));
    // The robot too: it may have been asked for one that was opened at this very moment.
    await endSessionsOfRobot(deps, over, { reason: 'closed', tell: 'both' });
    areTold = await tellBack(deps, hello, arrival.resume ? sessions : []);
    await tellWhatHasChanged(deps, hello, { told: kept });
    if (arrival.from !== 'online') await announceRobot(deps, robotId, { first: current });
    await tellWhatCameBefore(deps, hello, { current, areTold });
  });
  return isDone && areTold;
}

/** A connection that is old enough for its roll-over makes room for the next of the same device. */
function isContested(
  { policy }: Pick<HelloDeps, 'policy'>,
  current: RobotSession,
  previous: RobotSession | undefined,
): boolean {
  const [now = 0] = current.claimedAt;
  const { claimedAt = [], socket } = previous ?? {};
  if (socket !== undefined && now - socket.connectedAt >= policy.rollOverMs.from) return false;
  const [, beforeLast] = claimedAt;
  return beforeLast !== undefined && now - beforeLast < contestedWithinMs;
}

/** Who took the robot, or control of it, while `welcome` was under way has told it before that arrived. */
async function tellWhatCameBefore(
  deps: HelloDeps,
  hello: RobotHello,
  { current, areTold }: { current: RobotSession; areTold: boolean },
): Promise<void> {
  const told = areTold ? await deps.robots.noteArrivalTold(hello.robotId, current.epoch) : undefined;
  const robot = told ?? (await arrivalOf(deps, hello))?.robot;
  if (robot === undefined) await dismiss(deps, hello.connection);
  else if (robot.leaseEpoch > current.leaseEpoch && robot.controlUnconfirmed !== true) {
    await announceControl(deps, robot, { sessions: 'all' });
  }
}

/** The clients send again what the robot has not received. False when one of them could not be told. */
async function tellBack(
  deps: HelloDeps,
  hello: RobotHello,
  sessions: readonly ClientSession[],
): Promise<boolean> {
  const told = await Promise.all(
    sessions.map(async (session) => {
      const { sessionId, socket } = session;
      const received = receivedBy(hello, sessionId);
      if (received !== undefined) await deps.sessions.noteReceived(session, { byRobot: received });
      return tellIfThere(deps, socket, { type: 'peerBack', sessionId, received: received ?? 0 });
    }),
  );
  return !told.includes(false);
}

/** A client that came, went or ended a session while `welcome` was under way has told the robot before that arrived. */
export async function tellWhatHasChanged(
  deps: HelloDeps,
  { connection, robotId }: RobotHello,
  { told }: { told: readonly ClientSession[] },
): Promise<void> {
  if (told.length === 0) return;
  const now = await deps.sessions.listByRobot(robotId);
  await Promise.all(
    told.map(async (session) => {
      const { sessionId } = session;
      const isThere = session.socket !== undefined;
      const current = now.find((each) => each.sessionId === sessionId);
      if (current === undefined) {
        await tell(deps, copyOf(connection), { type: 'sessionClosed', sessionId, reason: 'closed' });
      } else if ((current.socket !== undefined) !== isThere) {
        await tellRobotOfClient(deps, session, { told: { isThere } });
      }
    }),
  );
}
