import type { RobotId, SessionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../model/client-session.ts';
import type { SocketAddress } from '../model/connection.ts';
import { roleOf } from '../model/identity.ts';
import { mayControl } from '../model/permission.ts';
import type { Holder, RobotSession } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import { announceControl, type Changed, changedOf } from './announce-control.ts';
import type { EndSessionsDeps } from './end-sessions.ts';
import { freeLeftControl } from './free-left-control.ts';
import {
  type ControlWish,
  noteChange,
  notPermitted,
  robotAway,
  settleControl,
  takeBack,
} from './pending-control.ts';
import { holderOf, type ReadyClient, readyClient } from './sender.ts';
import { isReallyExpired, sessionUnknown } from './session-side.ts';
import { tellIfThere } from './tell.ts';

export type ControlRequest = SessionKey & { readonly caller: SocketAddress };

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
  const mayForce = roleOf(groups) === 'admin';
  if (!mayControl(groups, robot.fleets) || (request.force && !mayForce)) return notPermitted();
  const holder = robot.controllerSessionId;
  const wish = { to: sessionId, by: sessionId, holder: holderOf(sender, deps.clock.now()) };
  if (holder === sessionId) return again(deps, robot, wish);
  if (holder === undefined || request.force) return change(deps, robot, { from: holder, ...wish });
  const { robotId } = robot;
  const holding = await deps.sessions.get({ robotId, sessionId: holder });
  if (holding === undefined && (await freeLeftControl(deps, robotId, holder))) {
    return change(deps, robot, { from: undefined, ...wish });
  }
  const message = { type: 'controlRequested', sessionId, clientId: sender.client.clientId } as const;
  await Promise.all([tellIfThere(deps, holding?.socket, message), tellIfThere(deps, robot.socket, message)]);
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
  const isPending = robot.controllerSessionId === to && robot.controlUnconfirmed === true;
  if (robot.controllerSessionId !== sessionId && !isPending) return held();
  const target = await deps.sessions.get({ robotId, sessionId: to });
  if (target === undefined) return sessionUnknown();
  const holder = target.socket && (await deps.connections.get(target.socket.connectionId));
  // Who is away could not be asked, and nobody would be in control.
  if (holder === undefined) return targetAway();
  if (!mayControl(holder.identity.groups, robot.fleets)) return notPermitted();
  const given = holderOf({ ...holder, client: { clientId: target.clientId } }, deps.clock.now());
  const wish = { to, by: sessionId, holder: given };
  if (robot.controllerSessionId === to) return again(deps, robot, wish);
  return change(deps, robot, { from: sessionId, ...wish });
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
  if (freed === undefined) return notReleased(deps, own.value, sessionId);
  noteChange(deps, freed);
  await announceControl(deps, freed, { sessions: sessionId });
  return done(changedOf(freed));
}

/** Control that is free may have been released by this very request, or by one before that died before it told anybody. */
async function notReleased(
  deps: EndSessionsDeps,
  { sender, robot: before }: Own,
  sessionId: SessionId,
): Promise<Outcome<Changed>> {
  const robot = await deps.robots.get(before.robotId);
  if (robot === undefined || robot.controllerSessionId !== undefined) return held();
  const wasOwn = before.controllerSessionId === sessionId;
  if (wasOwn || mayControl(sender.identity.groups, robot.fleets)) {
    await announceControl(deps, robot, { sessions: sessionId });
  }
  return wasOwn ? done(changedOf(robot)) : held();
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

/** Of who has control already. Pending, it is not granted untold: whoever began it may have died. */
async function again(
  deps: EndSessionsDeps,
  robot: RobotSession,
  wish: ControlWish,
): Promise<Outcome<Changed>> {
  return robot.controlUnconfirmed === true ? settleControl(deps, robot, wish) : done(changedOf(robot));
}

/**
 * Changes who has control. The row is written first, for of two who ask at once one must win, and the
 * change is taken back unless it can be made to stand.
 */
async function change(
  deps: EndSessionsDeps,
  { robotId, socket, controlHolder }: RobotSession,
  { from, holder, ...wish }: ControlWish & { from: SessionId | undefined; holder: Holder },
): Promise<Outcome<Changed>> {
  if (socket === undefined || (await isReallyExpired(deps, socket))) return robotAway();
  const { to } = wish;
  const before = { from, to, holder: controlHolder };
  try {
    const pending = await write(deps, robotId, { from, to, holder });
    if (pending === undefined) return held();
    const outcome = await settleControl(deps, pending, wish);
    if (!outcome.ok) await takeBack(deps, robotId, before);
    return outcome;
  } catch (failure) {
    // Also when the write failed: it may have been made.
    await takeBack(deps, robotId, before);
    throw failure;
  }
}

async function write(
  deps: EndSessionsDeps,
  robotId: RobotId,
  { from, to, holder }: { from: SessionId | undefined; to: SessionId; holder: Holder },
): Promise<RobotSession | undefined> {
  if (from === undefined) return deps.robots.takeControl(robotId, to, holder);
  const passed = await deps.robots.passControl(robotId, { from, to, holder });
  if (passed !== undefined) return passed;
  // Sent twice, the first answer lost; or somebody else has given it to the same session.
  const current = await deps.robots.get(robotId);
  return current?.controllerSessionId === to ? current : undefined;
}

function held() {
  return refused(
    'control_held',
    'Control is not yours to take or to give; its holder has been told if you asked for it.',
  );
}

function targetAway() {
  return refused('peer_away', 'The other session is away; hand control over when it is back.');
}
