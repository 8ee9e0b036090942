import type { ClientId, SessionId } from '../../../protocol/ids.ts';
import type { ControlChanged } from '../../../protocol/messages/control.ts';
import type { SessionKey } from '../model/client-session.ts';
import type { SocketAddress } from '../model/connection.ts';
import { roleOf } from '../model/identity.ts';
import { maySee, mayUse } from '../model/permission.ts';
import type { RobotSession } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import { announceControl, type EndSessionsDeps } from './end-sessions.ts';
import { type ReadyClient, readyClient } from './sender.ts';
import { isReallyExpired, sessionUnknown } from './session-side.ts';
import { tellIfThere } from './tell.ts';

export type ControlRequest = SessionKey & { readonly caller: SocketAddress };
export type Changed = Omit<ControlChanged, 'type' | 'requestId'>;

/** Asks for control: given when it is free, or by force to an admin; else its holder and the robot hear of it. */
export async function requestControl(
  deps: EndSessionsDeps,
  request: ControlRequest & { force: boolean },
): Promise<Outcome<Changed>> {
  const own = await ownSession(deps, request);
  if (!own.ok) return own;
  const { sender, robot } = own.value;
  const { sessionId } = request;
  const { groups } = sender.identity;
  if (!mayUse(groups, 'control') || (request.force && roleOf(groups) !== 'admin')) return forbidden();
  const holder = robot.controllerSessionId;
  if (holder === sessionId) return done(changedOf(robot));
  if (holder === undefined) return change(deps, robot, { from: undefined, to: sessionId, by: sessionId });
  if (request.force) return change(deps, robot, { from: holder, to: sessionId, by: sessionId });
  await tellHolder(deps, robot, { holder, sessionId, clientId: sender.client.clientId });
  return held();
}

/** Hands control from the own session to another one with the same robot, whose holder may control. */
export async function grantControl(
  deps: EndSessionsDeps,
  request: ControlRequest & { to: SessionId },
): Promise<Outcome<Changed>> {
  const own = await ownSession(deps, request);
  if (!own.ok) return own;
  const { robot } = own.value;
  const { robotId, sessionId, to } = request;
  if (robot.controllerSessionId !== sessionId) return held();
  const target = await deps.sessions.get({ robotId, sessionId: to });
  if (target === undefined) return sessionUnknown();
  const holder = target.socket && (await deps.connections.get(target.socket.connectionId));
  // Who is away could not be asked, and nobody would be in control.
  if (holder === undefined) return away('The other session is away; hand control over when it is back.');
  const { groups } = holder.identity;
  if (!maySee(groups, robot.fleets) || !mayUse(groups, 'control')) return forbidden();
  return change(deps, robot, { from: sessionId, to, by: sessionId });
}

/** Gives control back. It is free at once, whether the robot can be told or not: nobody obeys less than is safe. */
export async function releaseControl(
  deps: EndSessionsDeps,
  request: ControlRequest,
): Promise<Outcome<Changed>> {
  const own = await ownSession(deps, request);
  if (!own.ok) return own;
  const { robotId, sessionId } = request;
  const freed = await deps.robots.dropControl(robotId, sessionId);
  if (freed === undefined) return held();
  noteChange(deps, freed);
  await announceControl(deps, freed, { session: sessionId });
  return done(changedOf(freed));
}

type Own = { readonly sender: ReadyClient; readonly robot: RobotSession };

async function ownSession(deps: EndSessionsDeps, request: ControlRequest): Promise<Outcome<Own>> {
  const sender = await readyClient(deps, request.caller);
  if (!sender.ok) return sender;
  const { robotId, sessionId } = request;
  const [robot, session] = await Promise.all([
    deps.robots.get(robotId),
    deps.sessions.get({ robotId, sessionId }),
  ]);
  const isOwn = session?.socket?.connectionId === request.caller.connectionId;
  if (robot === undefined || !isOwn) return sessionUnknown();
  return done({ sender: sender.value, robot });
}

/**
 * Changes who has control, and takes it back when the robot cannot be told: until it has been, it
 * obeys the one before (I7). The others are told after the robot.
 */
async function change(
  deps: EndSessionsDeps,
  robot: RobotSession,
  { from, to, by }: { from: SessionId | undefined; to: SessionId; by: SessionId },
): Promise<Outcome<Changed>> {
  const { robotId, socket } = robot;
  if (socket === undefined || (await isReallyExpired(deps, socket))) return robotAway();
  const changed =
    from === undefined
      ? await deps.robots.takeControl(robotId, to)
      : await deps.robots.passControl(robotId, { from, to });
  if (changed === undefined) return held();
  let told = false;
  try {
    told = (await deps.peers.post(socket, { type: 'controlChanged', ...changedOf(changed) })) === 'delivered';
  } finally {
    if (!told) await takeBack(deps, changed, { from, to });
  }
  if (!told) return robotAway();
  noteChange(deps, changed);
  await announceControl(deps, changed, { robot: true, session: by });
  return done(changedOf(changed));
}

async function takeBack(
  deps: EndSessionsDeps,
  { robotId }: RobotSession,
  { from, to }: { from: SessionId | undefined; to: SessionId },
): Promise<void> {
  const before =
    from === undefined
      ? await deps.robots.dropControl(robotId, to)
      : await deps.robots.passControl(robotId, { from: to, to: from });
  // Whose session has ended meanwhile has no control to be given back to.
  if (before === undefined || from === undefined) return;
  if ((await deps.sessions.get({ robotId, sessionId: from })) === undefined) {
    await deps.robots.dropControl(robotId, from);
  }
}

async function tellHolder(
  deps: EndSessionsDeps,
  robot: RobotSession,
  of: { holder: SessionId; sessionId: SessionId; clientId: ClientId },
): Promise<void> {
  const { sessionId, clientId } = of;
  const holder = await deps.sessions.get({ robotId: robot.robotId, sessionId: of.holder });
  const message = { type: 'controlRequested', sessionId, clientId } as const;
  await Promise.all([tellIfThere(deps, holder?.socket, message), tellIfThere(deps, robot.socket, message)]);
}

function changedOf({ robotId, controllerSessionId, leaseEpoch }: RobotSession): Changed {
  return { robotId, sessionId: controllerSessionId ?? null, leaseEpoch };
}

function noteChange({ lifeLog }: EndSessionsDeps, robot: RobotSession): void {
  const { robotId, controllerSessionId: sessionId, leaseEpoch } = robot;
  lifeLog.note({
    type: 'control_changed',
    robotId,
    leaseEpoch,
    ...(sessionId !== undefined && { sessionId }),
  });
}

function forbidden() {
  return refused('forbidden', 'You may not control this robot.');
}

function held() {
  return refused(
    'control_held',
    'Control is not yours to take or to give; its holder has been told if you asked for it.',
  );
}

function away(message: string) {
  return refused('peer_away', message);
}

function robotAway() {
  return away('The robot is not connected now; ask again when it is back.');
}
