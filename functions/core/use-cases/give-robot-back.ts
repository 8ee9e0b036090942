import type { RobotId } from '../../../protocol/ids.ts';
import { copyOf, type SocketCopy } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { announceRobot } from './announce-robot.ts';
import { dismiss } from './dismiss.ts';
import { announceAway } from './end-connection.ts';
import { endOfflineRobot } from './end-sessions.ts';
import type { HelloDeps } from './hello-deps.ts';
import type { Claimed, RobotHello } from './robot-claim.ts';

/**
 * Gives the robot back to who had it. The `$disconnect` of the old connection may have come in the
 * meantime and found the robot not its own; so the old connection's row is looked at afterwards, and
 * if it is closing or gone, the robot is released in its stead. If somebody else has claimed the robot
 * since, there is nothing to give back, and the old one is dismissed as if all had gone well. Unless
 * that was another `hello` of the same connection, which has the robot now, this one is not ready.
 */
export async function giveRobotBack(
  deps: HelloDeps,
  hello: RobotHello,
  { current, undo }: Claimed,
): Promise<void> {
  const { robotId, connection } = hello;
  const { connectionId } = connection;
  const now = deps.clock.now();
  // Two that fail at once cannot be given back. If this was for the end of the connection, that may have
  // found the robot not its own yet.
  const leave = () => releaseIfGone(deps, robotId, { old: copyOf(connection), now });
  if (undo === undefined) {
    await leave();
    return;
  }
  const { previous } = undo;
  const old = previous?.socket;
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'connected' });
  const unmark = () => deps.connections.unmarkReady(connectionId, { nextDeadlineAt });
  if (!(await deps.robots.giveBack(robotId, { epoch: current.epoch, previous, now }))) {
    const holder = (await deps.robots.get(robotId))?.socket?.connectionId;
    // If the old one has it, this was done already, and only the answer lost on the way.
    if (holder === undefined || holder !== old?.connectionId) {
      if (holder === connectionId) await leave();
      else await unmark();
      if (old !== undefined) await dismiss(deps, old);
      return;
    }
  }
  deps.lifeLog.note({ type: 'claim_given_back', connectionId, robotId });
  await unmark();
  if (old === undefined) {
    // Who opened a session meanwhile takes the robot for online.
    if (previous?.state === 'away') await announceAway(deps, robotId);
    else await endOfflineRobot(deps, robotId);
    return;
  }
  const released = await releaseIfGone(deps, robotId, { old, now });
  // The end of this connection may have told everybody that the robot is away.
  const failed = await deps.connections.get(connectionId);
  const isEnding = failed === undefined || failed.state === 'closing';
  if (!released && isEnding) await announceRobot(deps, robotId, { clients: true });
}

async function releaseIfGone(
  deps: HelloDeps,
  robotId: RobotId,
  { old, now }: { old: SocketCopy; now: number },
): Promise<boolean> {
  const oldConnection = await deps.connections.get(old.connectionId);
  if (oldConnection !== undefined && oldConnection.state !== 'closing') return false;
  const resumeEndsAt = now + deps.policy.resumeWindowMs;
  const { connectionId } = old;
  const released = await deps.robots.release(robotId, { connectionId, now, resumeEndsAt });
  if (released) await announceAway(deps, robotId);
  return released;
}
