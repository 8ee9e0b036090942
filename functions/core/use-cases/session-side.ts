import type { Kind } from '../../../protocol/messages/kind.ts';
import type { ClientSession } from '../model/client-session.ts';
import { isExpired, type SocketAddress, type SocketCopy } from '../model/connection.ts';
import type { RobotSession } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import { readySender, type SenderDeps, tokenExpired } from './sender.ts';

/** A session as one of its two sides sees it. */
export type SessionSide = {
  readonly side: Kind;
  readonly session: ClientSession;
  readonly robot: RobotSession | undefined;
  readonly own: SocketCopy;
  /** The other side's socket; absent while it is away. */
  readonly peer: SocketCopy | undefined;
};

/**
 * Which side of the session the caller is. Only the connection that the rows name counts: it cannot
 * be forged, and an old connection of a robot that has moved on is a stranger (I4). A stranger gets
 * the same answer for a session that is not its own and for one that does not exist.
 */
export async function sideOf(
  deps: SenderDeps,
  caller: SocketAddress,
  rows: { robot: RobotSession | undefined; session: ClientSession | undefined },
): Promise<Outcome<SessionSide>> {
  const found = findSide(caller, rows);
  if (found === undefined) {
    const sender = await readySender(deps, caller);
    return sender.ok ? sessionUnknown() : sender;
  }
  if (await isReallyExpired(deps, found.own)) return tokenExpired();
  return done(found);
}

export const sessionUnknown = () =>
  refused('session_unknown', 'There is no such session of yours; open a new one.');

function findSide(
  caller: SocketAddress,
  { robot, session }: { robot: RobotSession | undefined; session: ClientSession | undefined },
): SessionSide | undefined {
  if (session === undefined) return undefined;
  const robotSocket = robot?.socket;
  const clientSocket = session.socket;
  if (clientSocket?.connectionId === caller.connectionId) {
    return { side: 'client', session, robot, own: clientSocket, peer: robotSocket };
  }
  if (robotSocket?.connectionId === caller.connectionId) {
    return { side: 'robot', session, robot, own: robotSocket, peer: clientSocket };
  }
  return undefined;
}

/**
 * Whether the token behind a socket has run out. A copy that looks alive is alive, since lives are
 * never shortened; one that looks expired may be behind a refresh, so the connection itself is asked.
 */
export async function isReallyExpired(deps: SenderDeps, socket: SocketCopy): Promise<boolean> {
  const now = deps.clock.now();
  if (!isExpired(socket.tokenExpiresAt, now)) return false;
  const connection = await deps.connections.get(socket.connectionId);
  if (connection === undefined || connection.state === 'closing') return true;
  return isExpired(connection.token.expiresAt, now);
}
