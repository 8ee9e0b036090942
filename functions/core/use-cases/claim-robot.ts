import type { RobotId } from '../../../protocol/ids.ts';
import type { ClientSession } from '../model/client-session.ts';
import { copyOf } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { fleetsOf } from '../model/identity.ts';
import type { RobotArrival } from '../model/robot-arrival.ts';
import type { RobotSession, RobotSocket } from '../model/robot-session.ts';
import { done, type Outcome } from '../outcome.ts';
import type { Claim } from '../ports/robot-session-store.ts';
import { dismiss } from './dismiss.ts';
import { giveRobotBack } from './give-robot-back.ts';
import type { HelloDeps } from './hello-deps.ts';
import { notAllTold } from './returning.ts';
import { arrivalOf, type Claimed, isKept, type RobotHello } from './robot-claim.ts';
import { unauthenticated } from './sender.ts';
import { settleRobot, tellWhatHasChanged } from './settle-robot.ts';
import { orNote } from './tell.ts';
import { sessionEntry, welcomeOf } from './welcome.ts';

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
    await orNote(deps.lifeLog, 'hello.tell-replaced', () => dismissIfTaken(deps, hello));
    return done(undefined);
  }
  const { robotId, epoch } = claimed.current;
  const { resume, from } = claimed.arrival;
  const resumed = resume && from !== 'offline' ? { resume: 'kept' as const } : {};
  deps.lifeLog.note({ type: 'welcomed', connectionId, kind: 'robot', robotId, epoch, ...resumed });
  return (await settleRobot(deps, hello, { ...claimed, sessions })) ? done(undefined) : notAllTold();
}

/** Who took the robot while a repeated `hello` was under way has told this connection before that was answered. */
async function dismissIfTaken(deps: HelloDeps, hello: RobotHello): Promise<void> {
  if ((await arrivalOf(deps, hello)) === undefined) await dismiss(deps, hello.connection);
}

/** A `hello` that is repeated after everybody was told of the first costs reads and no write. */
async function claimedBefore(deps: HelloDeps, hello: RobotHello): Promise<Claimed | undefined> {
  if (hello.connection.state !== 'ready') return undefined;
  const own = await arrivalOf(deps, hello);
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
    if (outcome === 'gone') await giveRobotBack(deps, hello, claimed);
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

function welcomeFor(
  deps: HelloDeps,
  { connection, requestId }: RobotHello,
  of: { sessions: readonly ClientSession[]; robot: RobotSession; resumed: boolean },
) {
  const { policy, fleetSize } = deps;
  const robots = [asListed(of.robot, of.sessions)];
  const sessions = of.sessions.map((session) => ({
    ...sessionEntry(session, robots),
    received: session.received.byClient,
    state: session.socket === undefined ? ('suspended' as const) : ('open' as const),
  }));
  const now = deps.clock.now();
  const { resumed } = of;
  return welcomeOf(connection, { policy, fleetSize, now, requestId, resumed, sessions });
}

/** Control may be with a session that is just being opened, and not among these: the robot is told of both in a moment. */
function asListed(robot: RobotSession, sessions: readonly ClientSession[]): RobotSession {
  const { controllerSessionId: holder, leaseEpoch } = robot;
  if (holder === undefined || sessions.some(({ sessionId }) => sessionId === holder)) return robot;
  return { ...robot, leaseEpoch: leaseEpoch - 1 };
}
