import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { RobotId } from '../../../protocol/ids.ts';
import type { ServerMessage } from '../../../protocol/messages.ts';
import type { ClientSession, SessionKey } from '../model/client-session.ts';
import { isExpired, type SocketCopy } from '../model/connection.ts';
import type { ClientDirectory } from '../ports/client-directory.ts';
import type { ClientSessionStore } from '../ports/client-session-store.ts';
import type { Clock } from '../ports/clock.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import type { LifeLog } from '../ports/life-log.ts';
import type { PeerGateway } from '../ports/peer-gateway.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';

export type EndSessionsDeps = {
  readonly robots: RobotSessionStore;
  readonly sessions: ClientSessionStore;
  readonly clients: ClientDirectory;
  readonly peers: PeerGateway;
  readonly clock: Clock;
  readonly lifeLog: LifeLog;
};

/**
 * What follows from a session's row having been deleted: control is freed, and the other side told.
 * Whoever deleted the row calls this, so that it happens once however many wanted to end the session.
 */
export async function afterRemoval(
  deps: EndSessionsDeps,
  session: ClientSession,
  end: { reason: CloseReason; tell: SocketCopy | undefined },
): Promise<void> {
  if (session.mode === 'control') await deps.robots.dropControl(session.robotId, session.sessionId);
  const { robotId, sessionId } = session;
  deps.lifeLog.note({ type: 'session_closed', robotId, sessionId, reason: end.reason });
  if (end.tell !== undefined) {
    await tell(deps, end.tell, { type: 'sessionClosed', sessionId, reason: end.reason });
  }
}

/** Ends a client's sessions and tells their robots. */
export async function endSessionsOfClient(
  deps: EndSessionsDeps,
  keys: readonly SessionKey[],
  reason: CloseReason,
): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      const session = await deps.sessions.remove(key);
      if (session === undefined) return;
      const robot = await deps.robots.get(key.robotId);
      await afterRemoval(deps, session, { reason, tell: robot?.socket });
    }),
  );
}

/** Ends the given sessions of a robot and tells their clients. */
export async function endSessionsOfRobot(
  deps: EndSessionsDeps,
  sessions: readonly ClientSession[],
  reason: CloseReason,
): Promise<void> {
  await Promise.all(
    sessions.map(async ({ robotId, sessionId, clientId }) => {
      const key = { robotId, sessionId };
      const removed = await deps.sessions.remove(key);
      if (removed === undefined) return;
      await deps.clients.removeSession(clientId, key);
      await afterRemoval(deps, removed, { reason, tell: removed.socket });
    }),
  );
}

/** Ends every session of a robot that is gone for good. */
export async function endAllSessionsOfRobot(
  deps: EndSessionsDeps,
  robotId: RobotId,
  reason: CloseReason,
): Promise<number> {
  const sessions = await deps.sessions.listByRobot(robotId);
  await endSessionsOfRobot(deps, sessions, reason);
  return sessions.length;
}

/**
 * Tells a peer what has already happened. That it cannot be told is no reason to undo it: a gone
 * socket learns of it when it returns. Nothing is sent to an expired one (I1).
 */
export async function tell(
  deps: Pick<EndSessionsDeps, 'peers' | 'clock' | 'lifeLog'>,
  peer: SocketCopy,
  message: ServerMessage,
): Promise<void> {
  if (isExpired(peer.tokenExpiresAt, deps.clock.now())) return;
  try {
    await deps.peers.post(peer, message);
  } catch (failure) {
    if (!(failure instanceof DependencyUnavailable)) throw failure;
    deps.lifeLog.note({ type: 'dependency_unavailable', where: `tell ${message.type}`, code: failure.code });
  }
}
