import type { RobotId, SessionId } from '../../../protocol/ids.ts';
import { mayControl } from '../model/permission.ts';
import type { Holder, RobotSession } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import {
  type AnnounceControlDeps,
  announceControl,
  type Changed,
  changedOf,
  tellRobot,
} from './announce-control.ts';
import { sessionUnknown } from './session-side.ts';
import { orNote } from './tell.ts';

type Refused = ReturnType<typeof refused>;

/** Who gets control, and who is answered, hence need not be told. */
export type ControlWish = { readonly to: SessionId; readonly by: SessionId };

/**
 * Makes pending control stand: the one who gets it may still have it, the robot is told, then it is
 * confirmed, then the others hear of it (I7). May be repeated by whoever asks for the same again.
 */
export async function settleControl(
  deps: AnnounceControlDeps,
  pending: RobotSession,
  { to, by }: ControlWish,
): Promise<Outcome<Changed>> {
  const refusal = await mayNotHave(deps, pending, to);
  if (refusal !== undefined) return refusal;
  if (!(await tellRobot(deps, pending))) return robotAway();
  const confirmed = await deps.robots.confirmControl(pending.robotId, to, pending.leaseEpoch);
  if (confirmed === undefined) {
    // Whoever has changed it since has told of it; but what the robot was told here may have come later.
    await announceControl(deps, pending, { robot: true, sessions: 'all' });
    return refused('unavailable', 'Control changed hands at this very moment; ask again.');
  }
  noteChange(deps, confirmed);
  await announceControl(deps, confirmed, { robot: true, sessions: by });
  return done(changedOf(confirmed));
}

/**
 * Undoes a change that could not be made to stand: control is where it was, under a higher leaseEpoch,
 * and the robot is told, for it may have heard of the change. Without effect on what was confirmed.
 * `holder`: who has it back, and since when: for people nothing has changed.
 */
export async function takeBack(
  deps: AnnounceControlDeps,
  robotId: RobotId,
  { from, to, holder }: { from: SessionId | undefined; to: SessionId; holder: Holder | undefined },
): Promise<void> {
  const back =
    from === undefined
      ? await deps.robots.freeUnconfirmed(robotId, to)
      : await deps.robots.passControl(robotId, { from: to, to: from, holder, unconfirmed: true });
  if (back === undefined) return announceIfStanding(deps, robotId, to);
  if (from === undefined) return announceControl(deps, back, { sessions: 'all' });
  // It may have ended, or lost the permission, while control was not its own.
  if ((await mayNotHave(deps, back, from)) !== undefined) return withdraw(deps, robotId, from);
  await orNote(deps.lifeLog, 'control.take-back', async () => {
    if (!(await tellRobot(deps, back))) return;
    const confirmed = await deps.robots.confirmControl(robotId, from, back.leaseEpoch);
    // Who opened a session, or came back, while it was pending has not been told who is in control.
    if (confirmed !== undefined) await announceControl(deps, confirmed, { robot: true });
  });
}

/** Takes control from a session that may not have it, and tells everybody. */
export async function withdraw(
  deps: AnnounceControlDeps,
  robotId: RobotId,
  sessionId: SessionId,
): Promise<void> {
  const freed = await deps.robots.dropControl(robotId, sessionId);
  if (freed !== undefined) await announceControl(deps, freed);
}

/**
 * Why a session may not have the control that it was just given. Asked after the write: who ends a
 * session, or takes a permission away, writes that and then looks who holds control, so one of the two
 * sees the other. Who is away is looked at when it is back.
 */
async function mayNotHave(
  deps: AnnounceControlDeps,
  { robotId, fleets }: RobotSession,
  sessionId: SessionId,
): Promise<Refused | undefined> {
  const session = await deps.sessions.get({ robotId, sessionId });
  if (session === undefined) return sessionUnknown();
  const holder = session.socket && (await deps.connections.get(session.socket.connectionId));
  if (holder === undefined || mayControl(holder.identity.groups, fleets)) return undefined;
  return notPermitted();
}

/** It was confirmed after all, and only the answer was lost, or another request for it was quicker. */
async function announceIfStanding(deps: AnnounceControlDeps, robotId: RobotId, to: SessionId): Promise<void> {
  const robot = await deps.robots.get(robotId);
  if (robot?.controllerSessionId !== to || robot.controlUnconfirmed === true) return;
  await announceControl(deps, robot, { robot: true });
}

export function noteChange({ lifeLog }: AnnounceControlDeps, robot: RobotSession): void {
  const { robotId, controllerSessionId: sessionId, leaseEpoch } = robot;
  lifeLog.note({
    type: 'control_changed',
    robotId,
    leaseEpoch,
    ...(sessionId !== undefined && { sessionId }),
  });
}

export function notPermitted() {
  return refused('forbidden', 'You may not control this robot.');
}

export function robotAway() {
  return refused('peer_away', 'The robot is not connected now; ask again when it is back.');
}
