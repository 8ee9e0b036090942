import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { ClientId, ConnectionId, RobotId } from '../../../protocol/ids.ts';
import type { ClientSession, SessionKey } from '../model/client-session.ts';
import type { SocketCopy } from '../model/connection.ts';
import type { RobotSession } from '../model/robot-session.ts';
import type { ClientDirectory } from '../ports/client-directory.ts';
import type { ClientSessionStore } from '../ports/client-session-store.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';
import type { WatchDirectory } from '../ports/watch-directory.ts';
import { announceControl } from './announce-control.ts';
import { announceRobot } from './announce-robot.ts';
import { type TellDeps, tellIfThere } from './tell.ts';

export type EndSessionsDeps = TellDeps & {
  readonly robots: RobotSessionStore;
  readonly sessions: ClientSessionStore;
  readonly clients: ClientDirectory;
  readonly watches: WatchDirectory;
};

export type SessionEnd = {
  readonly reason: CloseReason;
  readonly tell: 'robot' | 'both' | 'client';
  /** Who asked for it, and is answered. */
  readonly except?: ConnectionId;
  /** Not if the session is on another connection by then. */
  readonly onlyOn?: ConnectionId;
};

/**
 * Ends one session, whoever wants it and however many at once: only who deletes the row tells the
 * other side. Control goes first and the client's list last, so that who dies half-way leaves a row
 * or a name in a list, which are found again, and never control with a session that is no more (I7).
 */
export async function endSession(deps: EndSessionsDeps, key: SessionKey, end: SessionEnd): Promise<void> {
  // What may stay keeps its control; of what does not, `finishEnd` frees it.
  const isSure = end.onlyOn === undefined;
  const freed = isSure ? await deps.robots.dropControl(key.robotId, key.sessionId) : undefined;
  const removed = await (isSure ? removeWherever(deps, key) : deps.sessions.remove(key, end.onlyOn));
  const late = removed && (await finishEnd(deps, removed, end));
  const toTell = late ?? freed;
  if (toTell !== undefined) await announceControl(deps, toTell);
}

/** Of a client that is away the list goes first: nobody comes who would look into it, if whoever ends the session dies. */
async function removeWherever(deps: EndSessionsDeps, key: SessionKey): Promise<ClientSession | undefined> {
  const removed = await deps.sessions.remove(key, 'anyConnection');
  if (removed !== undefined) return removed;
  const session = await deps.sessions.get(key);
  if (session === undefined) return undefined;
  await forgetAway(deps, session);
  return deps.sessions.remove(key);
}

/** Takes a session that is about to end out of the list of its client, if that is away. */
export async function forgetAway(
  { clients }: EndSessionsDeps,
  { robotId, sessionId, clientId }: ClientSession,
): Promise<void> {
  await clients.removeSession(clientId, { robotId, sessionId }, 'onlyIfAway');
  await clients.removeIfIdle(clientId);
}

/**
 * Takes a session that is no more out of the list of a client that has just gone: who ended it may have
 * found its client still there, and then does not ask whether that has any left; or has died before it
 * freed control.
 */
export async function forgetOver(deps: EndSessionsDeps, clientId: ClientId, key: SessionKey): Promise<void> {
  const freed = await deps.robots.dropControl(key.robotId, key.sessionId);
  if (freed !== undefined) await announceControl(deps, freed);
  await deps.clients.removeSession(clientId, key);
  await deps.clients.removeIfIdle(clientId);
}

/**
 * The rest, after the row was deleted. Control may have been given to the session between the freeing
 * and the deleting: who gives it looks for the row afterwards, who deletes the row looks for control, so
 * one of the two sees the other.
 *
 * @returns the robot, if control was freed only here.
 */
export async function finishEnd(
  deps: EndSessionsDeps,
  session: ClientSession,
  end: SessionEnd,
): Promise<RobotSession | undefined> {
  const { robotId, sessionId, clientId, socket } = session;
  deps.lifeLog.note({ type: 'session_closed', robotId, sessionId, reason: end.reason });
  const message = { type: 'sessionClosed', sessionId, reason: end.reason } as const;
  const unlessAsking = (peer: SocketCopy | undefined) =>
    peer?.connectionId === end.except ? undefined : peer;
  if (end.tell !== 'robot') await tellIfThere(deps, unlessAsking(socket), message);
  const robot = await deps.robots.get(robotId);
  const late =
    robot?.controllerSessionId === sessionId ? await deps.robots.dropControl(robotId, sessionId) : undefined;
  if (end.tell !== 'client') await tellIfThere(deps, unlessAsking(robot?.socket), message);
  await deps.clients.removeSession(clientId, { robotId, sessionId });
  if (socket === undefined) await deps.clients.removeIfIdle(clientId);
  return late;
}

/** Ends the given sessions of a robot. */
export async function endSessionsOfRobot(
  deps: EndSessionsDeps,
  sessions: readonly ClientSession[],
  end: SessionEnd,
): Promise<void> {
  await Promise.all(sessions.map((session) => endSession(deps, session, end)));
}

/** Ends every session of a robot that has gone offline, which is due until that is done. */
export async function endOfflineRobot(deps: EndSessionsDeps, robotId: RobotId): Promise<void> {
  deps.lifeLog.note({ type: 'robot_offline', robotId });
  // The robot too: it may be back, and have been welcomed with them.
  const end = { reason: 'robot_offline', tell: 'both' } as const;
  await endSessionsOfRobot(deps, await deps.sessions.listByRobot(robotId), end);
  // It may be back already, and then its return has been told.
  const robot = await deps.robots.get(robotId);
  if (robot?.state === 'offline') await announceRobot(deps, robotId);
  await deps.robots.settle(robotId);
}
