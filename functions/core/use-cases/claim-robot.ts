import type { RobotId } from '../../../protocol/ids.ts';
import type { ClientSession } from '../model/client-session.ts';
import { type Connection, copyOf, type SocketCopy } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { fleetsOf } from '../model/identity.ts';
import type { RobotArrival } from '../model/robot-arrival.ts';
import type { RobotSession, RobotSocket } from '../model/robot-session.ts';
import { done, type Outcome } from '../outcome.ts';
import type { Claim } from '../ports/robot-session-store.ts';
import { tellRobotOfClient } from './announce-client.ts';
import { announceControl } from './announce-control.ts';
import { announceRobot } from './announce-robot.ts';
import { dismiss } from './dismiss.ts';
import { announceAway } from './end-connection.ts';
import { endOfflineRobot, endSessionsOfRobot } from './end-sessions.ts';
import type { HelloDeps } from './hello-deps.ts';
import { type Returning, receivedBy } from './returning.ts';
import { unauthenticated } from './sender.ts';
import { orNote, tell, tellIfThere } from './tell.ts';
import { sessionEntries, welcomeOf } from './welcome.ts';

export type RobotHello = Returning & {
  readonly connection: Connection;
  readonly robotId: RobotId;
  readonly requestId: string | undefined;
  /** Whether it goes on with the sessions that it had; else they end. */
  readonly resume: boolean;
};

/** A claim that was won. `previous` is the row before it; absent when it is another `hello` that made it. */
type Claimed = {
  readonly current: RobotSession;
  readonly arrival: RobotArrival;
  /** Whether this `hello` has claimed; false when it merely repeats one that is over. */
  readonly isNew: boolean;
  readonly undo?: { readonly previous: RobotSession | undefined };
};

/** A third claim within this time, while the second still held: two devices take themselves for one robot. */
const contestedWithinMs = 10 * 60_000;

/**
 * Makes the connection the robot's (I4). In this order: the conditional claim, the connection's own
 * row, `welcome`; and only when that has reached the gateway is the old connection told and closed
 * and are the sessions that it held ended. Whatever fails before that gives the claim back; what was
 * not told, since somebody died, is told by the next `hello`.
 */
export async function claimRobot(deps: HelloDeps, hello: RobotHello): Promise<Outcome<undefined>> {
  const { connection } = hello;
  const { connectionId } = connection;
  const claimed = (await claimedBefore(deps, hello)) ?? (await claimNow(deps, hello));
  if (claimed === undefined) {
    await dismiss(deps, connection);
    return done(undefined);
  }
  const sessions = await takeOver(deps, hello, claimed);
  if (sessions === 'gone') return claimed.undo === undefined ? done(undefined) : unauthenticated();
  if (!claimed.isNew) {
    await orNote(deps.lifeLog, 'hello.tell-changed', () =>
      tellWhatHasChanged(deps, hello, { told: sessions }),
    );
    return done(undefined);
  }
  const { robotId, epoch } = claimed.current;
  deps.lifeLog.note({ type: 'welcomed', connectionId, kind: 'robot', robotId, epoch });
  await settle(deps, hello, { ...claimed, sessions });
  return done(undefined);
}

async function held(deps: HelloDeps, { robotId, connection }: RobotHello) {
  return deps.robots.arrivalOf(robotId, connection.connectionId);
}

/** A `hello` that is repeated after everybody was told of the first costs a read and no write. */
async function claimedBefore(deps: HelloDeps, hello: RobotHello): Promise<Claimed | undefined> {
  if (hello.connection.state !== 'ready') return undefined;
  const own = await held(deps, hello);
  return own?.arrival.isTold === true
    ? { current: own.robot, arrival: own.arrival, isNew: false }
    : undefined;
}

async function claimNow(deps: HelloDeps, hello: RobotHello): Promise<Claimed | undefined> {
  const { connection, robotId, resume } = hello;
  const fleets = fleetsOf(connection.identity.groups);
  const socket = { ...copyOf(connection), connectedAt: connection.connectedAt };
  const claim = await claimFor(deps, robotId, { socket, fleets, resume });
  if (!claim.won) return undefined;
  const { current, arrival } = claim;
  const claimed = { current, arrival, isNew: true };
  return claim.repeated ? claimed : { ...claimed, undo: { previous: claim.previous } };
}

/** The newest wins; or, by configuration, whoever has the robot keeps it for as long as its socket is there. */
async function claimFor(
  deps: HelloDeps,
  robotId: RobotId,
  by: { socket: RobotSocket; fleets: readonly string[]; resume: boolean },
): Promise<Claim> {
  const now = deps.clock.now();
  const { socket } = by;
  if (deps.takeover === 'newest') return deps.robots.claim(robotId, { ...by, now });
  const holder = (await deps.robots.get(robotId))?.socket;
  const isOther = holder !== undefined && holder.connectionId !== socket.connectionId;
  if (isOther && (await deps.peers.find(holder)) === 'open') return { won: false };
  const insteadOf = [socket.connectionId, ...(isOther ? [holder.connectionId] : [])];
  return deps.robots.claim(robotId, { ...by, now, insteadOf });
}

/** The robot's sessions as they were before `welcome`; or that it could not be welcomed. */
type Settlement = readonly ClientSession[] | 'gone';

/** From the claim to `welcome`; anything but success gives the claim back. */
async function takeOver(deps: HelloDeps, hello: RobotHello, claimed: Claimed): Promise<Settlement> {
  let outcome: Settlement = 'gone';
  try {
    outcome = await welcomeRobot(deps, hello, claimed);
  } finally {
    if (outcome === 'gone') await giveBack(deps, hello, claimed);
  }
  return outcome;
}

async function welcomeRobot(
  deps: HelloDeps,
  hello: RobotHello,
  { current, arrival, isNew }: Claimed,
): Promise<Settlement> {
  const { connection, robotId } = hello;
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'ready' });
  const ready = { client: undefined, nextDeadlineAt };
  // After a claim always: its end may have come in between, and found the robot not its own.
  if (isNew && !(await deps.connections.markReady(connection.connectionId, ready))) return 'gone';
  if (isNew && needsListing(current, arrival)) {
    await deps.fleets.enlist(robotId, { fleets: current.fleets, left: [] });
  }
  // Before `welcome`: what is opened from here on finds the new connection, and is not to be ended.
  const sessions = await deps.sessions.listByRobot(robotId);
  const resumed = arrival.resume && arrival.from !== 'offline';
  const kept = sessions.filter((session) => isKept(session, { current, arrival }));
  const posted = await deps.peers.post(
    connection,
    welcomeFor(deps, hello, { sessions: kept, robot: current, resumed }),
  );
  return posted === 'gone' ? 'gone' : sessions;
}

/** Also after having been offline: an earlier claim may have been given back before it was listed. */
function needsListing(current: RobotSession, arrival: RobotArrival): boolean {
  if (arrival.from === 'offline') return true;
  return current.fleets.some((fleet) => !arrival.fleets.includes(fleet));
}

/** A robot that begins anew has only what was opened since. */
function isKept(
  { openedAt }: ClientSession,
  { current, arrival }: Pick<Claimed, 'current' | 'arrival'>,
): boolean {
  const [claimedAt = 0] = current.claimedAt;
  return arrival.resume || arrival.isTold || openedAt > claimedAt;
}

/** Ends what the claim has superseded. Nothing of it can fail the `hello` any more. */
async function settle(
  deps: HelloDeps,
  hello: RobotHello,
  claimed: Claimed & { sessions: readonly ClientSession[] },
): Promise<void> {
  const { connection, robotId } = hello;
  const { connectionId } = connection;
  const { current, arrival, sessions, undo } = claimed;
  const old = arrival.replaced;
  if (old !== undefined) {
    await dismiss(deps, old);
    deps.lifeLog.note({ type: 'replaced', connectionId: old.connectionId, by: connectionId, robotId });
    if (isContested(current, undo?.previous)) {
      deps.lifeLog.note({ type: 'identity_contested', robotId, connectionId });
    }
  }
  // Only now: had the claim been given back, the robot would be missing in the fleets that it is in.
  const { fleets } = current;
  const left = arrival.fleets.filter((fleet) => !fleets.includes(fleet));
  if (left.length > 0) {
    await orNote(deps.lifeLog, 'hello.leave-fleets', () => deps.fleets.enlist(robotId, { fleets, left }));
  }
  await orNote(deps.lifeLog, 'hello.previous-sessions', async () => {
    const kept = sessions.filter((session) => isKept(session, claimed));
    const over = sessions.filter((session) => !kept.includes(session));
    // The robot too: it may have been asked for one that was opened at this very moment.
    await endSessionsOfRobot(deps, over, { reason: 'closed', tell: 'both' });
    await tellBack(deps, hello, arrival.resume ? sessions : []);
    await tellWhatHasChanged(deps, hello, { told: kept });
    if (arrival.from !== 'online') await announceRobot(deps, robotId, { watchers: true, first: current });
    await tellWhatCameBefore(deps, hello, current);
  });
}

function isContested(current: RobotSession, previous: RobotSession | undefined): boolean {
  const [now = 0] = current.claimedAt;
  const [, beforeLast] = previous?.claimedAt ?? [];
  return beforeLast !== undefined && now - beforeLast < contestedWithinMs;
}

/** Who took the robot, or control of it, while `welcome` was under way has told it before that arrived. */
async function tellWhatCameBefore(deps: HelloDeps, hello: RobotHello, current: RobotSession): Promise<void> {
  const told = await deps.robots.noteArrivalTold(hello.robotId, current.epoch);
  const robot = told ?? (await held(deps, hello))?.robot;
  if (robot === undefined) await dismiss(deps, hello.connection);
  else if (robot.leaseEpoch > current.leaseEpoch && robot.controlUnconfirmed !== true) {
    await announceControl(deps, robot, { sessions: 'all' });
  }
}

/** The clients send again what the robot has not received. */
async function tellBack(
  deps: HelloDeps,
  hello: RobotHello,
  sessions: readonly ClientSession[],
): Promise<void> {
  await Promise.all(
    sessions.map(async (session) => {
      const { sessionId, socket } = session;
      const received = receivedBy(hello, sessionId);
      if (received !== undefined) await deps.sessions.noteReceived(session, { byRobot: received });
      await tellIfThere(deps, socket, { type: 'peerBack', sessionId, received: received ?? 0 });
    }),
  );
}

/** A client that came, went or ended a session while `welcome` was under way has told the robot before that arrived. */
async function tellWhatHasChanged(
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

/**
 * Gives the robot back to who had it. The `$disconnect` of the old connection may have come in the
 * meantime and found the robot not its own; so the old connection's row is looked at afterwards, and
 * if it is closing or gone, the robot is released in its stead. If somebody else has claimed the robot
 * since, there is nothing to give back, and the old one is dismissed as if all had gone well. Unless
 * that was another `hello` of the same connection, which has the robot now, this one is not ready.
 */
async function giveBack(deps: HelloDeps, hello: RobotHello, { current, undo }: Claimed): Promise<void> {
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
  if (!released && isEnding) await announceRobot(deps, robotId, { clients: true, watchers: true });
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

function welcomeFor(
  deps: HelloDeps,
  { connection, requestId }: RobotHello,
  of: { sessions: readonly ClientSession[]; robot: RobotSession; resumed: boolean },
) {
  const { policy, fleetSize } = deps;
  const sessions = sessionEntries(of.sessions, [of.robot]).map((entry) => {
    const socket = of.sessions.find(({ sessionId }) => sessionId === entry.sessionId)?.socket;
    const state = socket === undefined ? ('suspended' as const) : ('open' as const);
    return { ...entry, received: entry.received.byClient, state };
  });
  const now = deps.clock.now();
  const { resumed } = of;
  return welcomeOf(
    { ...connection, state: 'ready' },
    { policy, fleetSize, now, requestId, resumed, sessions },
  );
}
