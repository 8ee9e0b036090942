import type { RobotId, SessionId } from '../../../protocol/ids.ts';
import type { SessionOpened } from '../../../protocol/messages/from-server/session.ts';
import type { IceServer } from '../../../protocol/messages/ice-server.ts';
import type { Kind } from '../../../protocol/messages/kind.ts';
import type { SessionMode } from '../../../protocol/messages/session-words.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import { type ClientSession, placeOf, type SessionKey, sessionDeadline } from '../model/client-session.ts';
import { copyOf, type SocketAddress } from '../model/connection.ts';
import { roleOf } from '../model/identity.ts';
import { maySee, mayUse } from '../model/permission.ts';
import { type RobotSession, standingLease } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import type { IceServers } from '../ports/ice-servers.ts';
import type { Ids } from '../ports/ids.ts';
import { tellRobotOfChange } from './announce-client.ts';
import { announceRobot } from './announce-robot.ts';
import type { EndSessionsDeps } from './end-sessions.ts';
import { freeLeftControl } from './free-left-control.ts';
import { holderOf, type ReadyClient, readyClient, unauthenticated } from './sender.ts';
import { isReallyExpired } from './session-side.ts';
import { takeBack } from './take-back.ts';
import { orNote } from './tell.ts';

export type OpenSessionDeps = EndSessionsDeps & {
  readonly ids: Ids;
  readonly policy: TokenPolicy;
  readonly maxSessionsPerRobot: number;
  readonly iceServers: IceServers;
};

export type OpenSession = {
  readonly caller: SocketAddress;
  readonly robotId: RobotId;
  readonly mode: SessionMode;
  readonly requestId: string | undefined;
};

/** What each side is given to reach the other with: credentials of its own (as far as servers want some). */
type ServersOfSides = Readonly<Record<Kind, readonly IceServer[]>>;

export type Opened = Omit<SessionOpened, 'type' | 'requestId'>;

/**
 * Opens a session: permission, ICE servers, control, the row, the client's list, then the robot is told.
 * Repeated with its `requestId` it finds the same row and says the same, with TURN credentials that are
 * good from now on.
 */
export async function openSession(deps: OpenSessionDeps, input: OpenSession): Promise<Outcome<Opened>> {
  const sender = await readyClient(deps, input.caller);
  if (!sender.ok) return sender;
  const target = await permittedRobot(deps, sender.value, input);
  if (!target.ok) return target;

  const { robotId, requestId } = input;
  const { clientId } = sender.value.client;
  const key = { robotId, sessionId: deps.ids.sessionId({ clientId, robotId, requestId }) };
  const known = await deps.sessions.listByRobot(robotId);
  const repeated = known.find(({ sessionId }) => placeOf(sessionId) === placeOf(key.sessionId));
  if (repeated === undefined && known.length >= deps.maxSessionsPerRobot) return robotBusy();
  // Before anything is written: without them the session would be of no use.
  const servers = await serversOf(deps, key.sessionId);
  if (repeated !== undefined) {
    return admitIfThere(deps, sender.value, { session: repeated, servers, isRepeated: true });
  }
  return begin(deps, sender.value, { ...key, mode: input.mode, servers });
}

/** Whatever fails, or comes in between, leaves nothing: neither a row nor control. */
async function begin(
  deps: OpenSessionDeps,
  sender: ReadyClient,
  { servers, ...wanted }: SessionKey & { mode: SessionMode; servers: ServersOfSides },
): Promise<Outcome<Opened>> {
  const { robotId, sessionId } = wanted;
  const { connectionId, client } = sender;
  const entry = { connectionId, session: { robotId, sessionId } };
  const undo = async (tell: 'client' | 'both') => {
    await takeBack(deps, wanted, { tell, except: connectionId });
    await forgetIfOver(deps, sender, wanted);
  };
  try {
    // First, and again in `admit`: if this dies on the way, the client's end finds what there is of it.
    if (!(await deps.clients.addSession(client.clientId, entry))) return unauthenticated();
    // Before the row: who ends a session frees its control before deleting it, so no row, no control.
    const mode = wanted.mode === 'control' && (await takeControl(deps, sender, wanted)) ? 'control' : 'view';
    const { created, session } = await deps.sessions.create(sessionOf(deps, sender, { ...wanted, mode }));
    // The same request at the same moment has written its row first.
    if (!created && mode === 'control') await deps.robots.dropControl(robotId, sessionId);
    if (!created) await deps.clients.removeSession(client.clientId, entry.session);
    const outcome =
      created && (await isOneTooMany(deps, wanted))
        ? robotBusy()
        : await admitIfThere(deps, sender, { session, servers, isRepeated: !created });
    if (!outcome.ok) await undo('client');
    else if (created) noteOpened(deps, session);
    return outcome;
  } catch (failure) {
    // The robot may have been told, and only the answer lost.
    await undo('both');
    throw failure;
  }
}

/** Others may have opened theirs since the robot's sessions were counted: whoever counts too many goes. */
async function isOneTooMany(deps: OpenSessionDeps, { robotId }: SessionKey): Promise<boolean> {
  return (await deps.sessions.listByRobot(robotId)).length > deps.maxSessionsPerRobot;
}

/** Control for who asks first (I7), or when it is with a session that is no more. */
async function takeControl(
  deps: OpenSessionDeps,
  sender: ReadyClient,
  { robotId, sessionId }: SessionKey,
): Promise<boolean> {
  const take = () => deps.robots.takeControl(robotId, sessionId, holderOf(sender, deps.clock.now()));
  if ((await take()) !== undefined) return true;
  const holder = (await deps.robots.get(robotId))?.controllerSessionId;
  if (holder === undefined || !(await freeLeftControl(deps, robotId, holder))) return false;
  return (await take()) !== undefined;
}

/** A row, and whether another call of the same request has written it. */
type Found = {
  readonly session: ClientSession;
  readonly servers: ServersOfSides;
  readonly isRepeated: boolean;
};

/** What has ended before it was listed is not left in the list. */
async function admitIfThere(deps: OpenSessionDeps, sender: ReadyClient, of: Found): Promise<Outcome<Opened>> {
  try {
    const outcome = await admit(deps, sender, of);
    if (!outcome.ok) await forgetIfOver(deps, sender, of.session);
    return outcome;
  } catch (failure) {
    await forgetIfOver(deps, sender, of.session);
    throw failure;
  }
}

/**
 * The rest, for a new row and for one that is found again: the client's list, which refuses a client
 * that has gone, so that its end finds every session or the session is taken back; then the robot's
 * row, read after the session's was written, so that a robot that has just moved is told at its new
 * connection and one that has just left is noticed.
 */
async function admit(
  deps: OpenSessionDeps,
  sender: ReadyClient,
  { session, servers, isRepeated }: Found,
): Promise<Outcome<Opened>> {
  const { robotId, sessionId, clientId } = session;
  const { connectionId } = sender;
  const entry = { connectionId, session: { robotId, sessionId } };
  if (!(await deps.clients.addSession(clientId, entry))) return unauthenticated();
  // Permissions again, now that the session is listed: a refresh that takes them away ends what it finds
  // in the list after writing its groups, so one of the two sees the other.
  const connection = await deps.connections.get(connectionId);
  if (connection === undefined) return unauthenticated();
  const controlled =
    session.mode === 'control' ? await deps.robots.confirmControl(robotId, sessionId) : undefined;
  const robot = controlled ?? (await deps.robots.get(robotId));
  if (robot === undefined || robot.state === 'offline') return robotOffline();
  const { groups } = connection.identity;
  if (!maySee(groups, robot.fleets) || !mayUse(groups, session.mode)) return forbidden();
  if (session.mode === 'control' && controlled === undefined) {
    return refused('unavailable', 'Control changed hands at this very moment; open the session again.');
  }
  const opened = await tellRobot(deps, session, { robot, servers });
  const isHere = !isRepeated || (await adopt(deps, session, { ...sender, ...connection }));
  // Who ended or lost it at this very moment may have told the robot before it was asked.
  if (!(await tellRobotOfChange(deps, session)) || !isHere) {
    return refused('unavailable', 'The session was ended at this very moment; open it again.');
  }
  if (controlled !== undefined) {
    await orNote(deps.lifeLog, 'announce-robot', () => announceRobot(deps, robotId, { first: controlled }));
  }
  return done(opened);
}

/**
 * Puts a session that is found again on this connection: the first of the requests may have written it for the one
 * before, when the client had moved already. From here on that one does not take it back.
 */
async function adopt(
  deps: OpenSessionDeps,
  { robotId, sessionId }: SessionKey,
  to: ReadyClient,
): Promise<boolean> {
  const { clientId, epoch: clientEpoch } = to.client;
  const nextDeadlineAt = sessionDeadline(deps.policy, to.token.expiresAt);
  const place = { clientId, clientEpoch, socket: copyOf(to), nextDeadlineAt, isAdopted: true as const };
  return (await deps.sessions.moveTo({ robotId, sessionId }, place)) !== undefined;
}

/** Who ended it before it was listed has found nothing to take from the list. */
async function forgetIfOver(
  deps: OpenSessionDeps,
  { client }: ReadyClient,
  { robotId, sessionId }: SessionKey,
): Promise<void> {
  const key = { robotId, sessionId };
  if ((await deps.sessions.get(key)) !== undefined) return;
  await deps.clients.removeSession(client.clientId, key);
  // The client may have gone without it.
  await deps.clients.removeIfIdle(client.clientId);
}

/** Whether the robot is there and the caller may use it so. What may not be seen cannot be told from what is not there. */
async function permittedRobot(
  deps: OpenSessionDeps,
  sender: ReadyClient,
  input: OpenSession,
): Promise<Outcome<RobotSession>> {
  const { groups } = sender.identity;
  const robot = await deps.robots.get(input.robotId);
  if (robot === undefined) {
    return roleOf(groups) === 'admin'
      ? refused('robot_unknown', 'No robot of that id has ever connected.')
      : forbidden();
  }
  if (!maySee(groups, robot.fleets) || !mayUse(groups, input.mode)) return forbidden();
  const unreachable = robot.socket !== undefined && (await isReallyExpired(deps, robot.socket));
  if (robot.state === 'offline' || unreachable) {
    return robotOffline();
  }
  return done(robot);
}

async function serversOf({ iceServers }: OpenSessionDeps, sessionId: SessionId): Promise<ServersOfSides> {
  const [client, robot] = await Promise.all([
    iceServers.for({ sessionId, side: 'client' }),
    iceServers.for({ sessionId, side: 'robot' }),
  ]);
  return { client: client.iceServers, robot: robot.iceServers };
}

function sessionOf(
  deps: OpenSessionDeps,
  sender: ReadyClient,
  { robotId, sessionId, mode }: SessionKey & { mode: SessionMode },
): ClientSession {
  return {
    robotId,
    sessionId,
    clientId: sender.client.clientId,
    clientEpoch: sender.client.epoch,
    socket: copyOf(sender),
    mode,
    received: { byRobot: 0, byClient: 0 },
    openedAt: deps.clock.now(),
    nextDeadlineAt: sessionDeadline(deps.policy, sender.token.expiresAt),
  };
}

async function tellRobot(
  deps: OpenSessionDeps,
  session: ClientSession,
  { robot, servers }: { robot: RobotSession; servers: ServersOfSides },
): Promise<Opened> {
  const { sessionId, clientId, robotId, mode } = session;
  const lease = standingLease(robot);
  const told =
    robot.socket === undefined || (await isReallyExpired(deps, robot.socket))
      ? 'gone'
      : await deps.peers.post(robot.socket, {
          type: 'sessionRequested',
          sessionId,
          clientId,
          mode,
          ...lease,
          iceServers: [...servers.robot],
        });
  return {
    sessionId,
    robotId,
    mode,
    state: told === 'delivered' ? 'open' : 'suspended',
    ...lease,
    iceServers: [...servers.client],
  };
}

function noteOpened({ lifeLog }: OpenSessionDeps, { robotId, sessionId, clientId }: ClientSession): void {
  lifeLog.note({ type: 'session_opened', robotId, sessionId, clientId });
}

function forbidden() {
  return refused('forbidden', 'There is no such robot, or you may not use it so.');
}

function robotBusy() {
  return refused('robot_busy', 'The robot holds as many sessions as it may; try again when one has ended.');
}

function robotOffline() {
  return refused(
    'robot_offline',
    'The robot is not connected; open the session when it is listed as online.',
  );
}
