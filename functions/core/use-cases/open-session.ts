import type { RobotId } from '../../../protocol/ids.ts';
import type { IceServer } from '../../../protocol/messages/ice.ts';
import type { SessionMode, SessionOpened } from '../../../protocol/messages/session.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import { type ClientSession, sessionDeadline } from '../model/client-session.ts';
import { copyOf, type SocketAddress } from '../model/connection.ts';
import { roleOf } from '../model/identity.ts';
import { maySee, mayUse } from '../model/permission.ts';
import type { RobotSession } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import type { Ids } from '../ports/ids.ts';
import { afterRemoval, type EndSessionsDeps } from './end-sessions.ts';
import { type ReadyClient, readyClient, type SenderDeps, unauthenticated } from './sender.ts';
import { isReallyExpired } from './session-side.ts';

export type OpenSessionDeps = SenderDeps &
  EndSessionsDeps & {
    readonly ids: Ids;
    readonly policy: TokenPolicy;
    readonly maxSessionsPerRobot: number;
    readonly iceServers: readonly IceServer[];
  };

export type OpenSession = {
  readonly caller: SocketAddress;
  readonly robotId: RobotId;
  readonly mode: SessionMode;
  readonly requestId: string | undefined;
};

export type Opened = Omit<SessionOpened, 'type' | 'requestId'>;

/**
 * Opens a session: permission, the row, the client's list, control, then the robot is told. Repeated
 * with its `requestId` it finds the same row and says the same.
 */
export async function openSession(deps: OpenSessionDeps, input: OpenSession): Promise<Outcome<Opened>> {
  const sender = await readyClient(deps, input.caller);
  if (!sender.ok) return sender;
  const target = await permittedRobot(deps, sender.value, input);
  if (!target.ok) return target;

  const wanted = sessionFor(deps, sender.value, input);
  const known = await deps.sessions.listByRobot(input.robotId);
  const isRepeat = known.some(({ sessionId }) => sessionId === wanted.sessionId);
  if (!isRepeat && known.length >= deps.maxSessionsPerRobot) {
    return refused('robot_busy', 'The robot holds as many sessions as it may; try again when one has ended.');
  }
  const { created, session } = await deps.sessions.create(wanted);
  if (session.clientId !== wanted.clientId) return refused('forbidden', 'This session is not yours.');
  if (created && !(await listUnderClient(deps, session))) return unauthenticated();
  const opened = await announce(deps, session);
  const { robotId, sessionId, clientId } = session;
  if (created) deps.lifeLog.note({ type: 'session_opened', robotId, sessionId, clientId });
  return done(opened);
}

/** A robot that could not be told, and may know nothing of the session, must not be left with it: the row goes, the caller repeats. */
async function announce(deps: OpenSessionDeps, session: ClientSession): Promise<Opened> {
  try {
    return await tellRobot(deps, await withControl(deps, session));
  } catch (failure) {
    const { robotId, sessionId, clientId } = session;
    const removed = await deps.sessions.remove({ robotId, sessionId });
    await deps.clients.removeSession(clientId, { robotId, sessionId });
    if (removed !== undefined) await afterRemoval(deps, removed, { reason: 'closed', tell: undefined });
    throw failure;
  }
}

/** Whether the robot is there and the caller may use it so. What may not be seen cannot be told from what is not there. */
async function permittedRobot(
  deps: OpenSessionDeps,
  sender: ReadyClient,
  input: OpenSession,
): Promise<Outcome<RobotSession>> {
  const { groups } = sender.identity;
  const forbidden = () => refused('forbidden', 'There is no such robot, or you may not use it so.');
  const robot = await deps.robots.get(input.robotId);
  if (robot === undefined) {
    return roleOf(groups) === 'admin'
      ? refused('robot_unknown', 'No robot of that id has ever connected.')
      : forbidden();
  }
  if (!maySee(groups, robot.fleets) || !mayUse(groups, input.mode)) return forbidden();
  const unreachable = robot.socket !== undefined && (await isReallyExpired(deps, robot.socket));
  if (robot.state === 'offline' || unreachable) {
    return refused(
      'robot_offline',
      'The robot is not connected; open the session when it is listed as online.',
    );
  }
  return done(robot);
}

function sessionFor(deps: OpenSessionDeps, sender: ReadyClient, input: OpenSession): ClientSession {
  const { robotId, requestId, mode } = input;
  const { clientId, token } = sender;
  return {
    robotId,
    sessionId: deps.ids.sessionId({ clientId, robotId, requestId }),
    clientId,
    socket: copyOf(sender),
    mode,
    openedAt: deps.clock.now(),
    nextDeadlineAt: sessionDeadline(deps.policy, token.expiresAt),
  };
}

/**
 * The row first, then the client's list, which refuses a client that has gone: so the end of the
 * client finds every session in its list, or the session is taken back here. No order leaves a ghost.
 */
async function listUnderClient(deps: OpenSessionDeps, session: ClientSession): Promise<boolean> {
  const { robotId, sessionId, clientId, socket } = session;
  const key = { robotId, sessionId };
  const listed = await deps.clients.addSession(clientId, { connectionId: socket.connectionId, session: key });
  if (!listed) await deps.sessions.remove(key);
  return listed;
}

type Granted = {
  readonly session: ClientSession;
  readonly mode: SessionMode;
  readonly robot: RobotSession | undefined;
};

/**
 * Control for who asks first (I7); everybody else views. Either way the robot's row is read after the
 * session's was written, so that a robot which has just moved is told at its new connection.
 */
async function withControl(deps: OpenSessionDeps, session: ClientSession): Promise<Granted> {
  if (session.mode === 'control') {
    const controlled = await deps.robots.takeControl(session.robotId, session.sessionId);
    if (controlled !== undefined) return { session, mode: 'control', robot: controlled };
  }
  return { session, mode: 'view', robot: await deps.robots.get(session.robotId) };
}

async function tellRobot(deps: OpenSessionDeps, granted: Granted): Promise<Opened> {
  const { session, mode, robot } = granted;
  const iceServers = [...deps.iceServers];
  const { sessionId, clientId, robotId } = session;
  const told =
    robot?.socket === undefined
      ? 'gone'
      : await deps.peers.post(robot.socket, {
          type: 'sessionRequested',
          sessionId,
          clientId,
          mode,
          iceServers,
        });
  return {
    sessionId,
    robotId,
    mode,
    state: told === 'delivered' ? 'open' : 'suspended',
    controller: robot?.controllerSessionId ?? null,
    leaseEpoch: robot?.leaseEpoch ?? 0,
    iceServers,
  };
}
