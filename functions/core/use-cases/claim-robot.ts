import type { RobotId } from '../../../protocol/ids.ts';
import type { ClientSession } from '../model/client-session.ts';
import { type Connection, copyOf, type SocketCopy } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { fleetsOf } from '../model/identity.ts';
import type { RobotSession, RobotSocket } from '../model/robot-session.ts';
import { done, type Outcome } from '../outcome.ts';
import type { Claim } from '../ports/robot-session-store.ts';
import { dismiss } from './dismiss.ts';
import { announceAway } from './end-connection.ts';
import { endSessionsOfRobot } from './end-sessions.ts';
import type { HelloDeps } from './hello-deps.ts';
import { type Returning, receivedBy } from './returning.ts';
import { unauthenticated } from './sender.ts';
import { orNote, tellIfThere } from './tell.ts';
import { tellWatchers } from './tell-watchers.ts';
import { sessionEntries, welcomeOf } from './welcome.ts';

export type RobotHello = Returning & {
  readonly connection: Connection;
  readonly robotId: RobotId;
  readonly requestId: string | undefined;
  /** Whether it goes on with the sessions that it had; else they end. */
  readonly resume: boolean;
};

/** A claim that was won: the row before it, and the row since. */
type Claimed = { readonly current: RobotSession; readonly previous: RobotSession | undefined };

/** A third claim within this time, while the second still held: two devices take themselves for one robot. */
const contestedWithinMs = 10 * 60_000;

/**
 * Makes the connection the robot's (I4). In this order: the conditional claim, the connection's own
 * row, `welcome`; and only when that has reached the gateway is the old connection told and closed
 * and are the sessions that it held ended. Whatever fails before that gives the claim back.
 */
export async function claimRobot(deps: HelloDeps, hello: RobotHello): Promise<Outcome<undefined>> {
  const { connection, robotId } = hello;
  const { connectionId } = connection;
  const holder = connection.state === 'ready' ? await held(deps, hello) : undefined;
  if (holder !== undefined) {
    const sessions = await deps.sessions.listByRobot(robotId);
    await deps.peers.post(connection, welcomeFor(deps, hello, { sessions, robot: holder, resumed: true }));
    return done(undefined);
  }
  const fleets = fleetsOf(connection.identity.groups);
  const socket = { ...copyOf(connection), connectedAt: connection.connectedAt };
  const claim = await claimFor(deps, robotId, { socket, fleets });
  if (!claim.won) {
    await dismiss(deps, socket);
    return done(undefined);
  }
  // A claim that is its own predecessor was sent twice, its first answer lost: who was before is not known.
  const isOwn = claim.previous?.socket?.connectionId === connectionId;
  const claimed = { current: claim.current, previous: isOwn ? undefined : claim.previous };

  const sessionsBefore = await takeOver(deps, hello, claimed);
  if (sessionsBefore === 'gone') return unauthenticated();
  deps.lifeLog.note({ type: 'welcomed', connectionId, kind: 'robot', robotId, epoch: claimed.current.epoch });
  await settle(deps, hello, { ...claimed, sessionsBefore });
  // Who took the robot while `welcome` was under way has told it before that arrived.
  if ((await held(deps, hello)) === undefined) await dismiss(deps, socket);
  return done(undefined);
}

async function held(deps: HelloDeps, hello: RobotHello): Promise<RobotSession | undefined> {
  const robot = await deps.robots.get(hello.robotId);
  return robot?.socket?.connectionId === hello.connection.connectionId ? robot : undefined;
}

/** The newest wins; or, by configuration, whoever has the robot keeps it for as long as its socket is there. */
async function claimFor(
  deps: HelloDeps,
  robotId: RobotId,
  { socket, fleets }: { socket: RobotSocket; fleets: readonly string[] },
): Promise<Claim> {
  const now = deps.clock.now();
  if (deps.takeover === 'newest') return deps.robots.claim(robotId, { socket, fleets, now });
  const holder = (await deps.robots.get(robotId))?.socket;
  const isOther = holder !== undefined && holder.connectionId !== socket.connectionId;
  if (isOther && (await deps.peers.find(holder)) === 'open') return { won: false };
  const insteadOf = [socket.connectionId, ...(isOther ? [holder.connectionId] : [])];
  return deps.robots.claim(robotId, { socket, fleets, now, insteadOf });
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
  { current, previous }: Claimed,
): Promise<Settlement> {
  const { connection, robotId } = hello;
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'ready' });
  const ready = { client: undefined, nextDeadlineAt };
  if (!(await deps.connections.markReady(connection.connectionId, ready))) return 'gone';
  if (needsListing(current, previous)) {
    await deps.fleets.enlist(robotId, { fleets: current.fleets, left: [] });
  }
  // Before `welcome`: what is opened from here on finds the new connection, and is not to be ended.
  const sessions = await deps.sessions.listByRobot(robotId);
  const resumed = hello.resume && previous !== undefined && previous.state !== 'offline';
  const kept = hello.resume ? sessions : [];
  const posted = await deps.peers.post(
    connection,
    welcomeFor(deps, hello, { sessions: kept, robot: current, resumed }),
  );
  return posted === 'gone' ? 'gone' : sessions;
}

/** Also after having been offline: an earlier claim may have been given back before it was listed. */
function needsListing(current: RobotSession, previous: RobotSession | undefined): boolean {
  if (previous === undefined || previous.state === 'offline') return true;
  return current.fleets.some((fleet) => !previous.fleets.includes(fleet));
}

/** Ends what the claim has superseded. Nothing of it can fail the `hello` any more. */
async function settle(
  deps: HelloDeps,
  hello: RobotHello,
  of: Claimed & { sessionsBefore: readonly ClientSession[] },
): Promise<void> {
  const { connection, robotId } = hello;
  const { connectionId } = connection;
  const old = of.previous?.socket;
  if (old !== undefined) {
    await dismiss(deps, old);
    deps.lifeLog.note({ type: 'replaced', connectionId: old.connectionId, by: connectionId, robotId });
    if (isContested(of)) deps.lifeLog.note({ type: 'identity_contested', robotId, connectionId });
  }
  // Only now: had the claim been given back, the robot would be missing in the fleets that it is in.
  const { fleets } = of.current;
  const left = (of.previous?.fleets ?? []).filter((fleet) => !fleets.includes(fleet));
  if (left.length > 0) {
    await orNote(deps.lifeLog, 'hello.leave-fleets', () => deps.fleets.enlist(robotId, { fleets, left }));
  }
  await orNote(deps.lifeLog, 'hello.previous-sessions', () =>
    hello.resume
      ? tellBack(deps, hello, of.sessionsBefore)
      : endSessionsOfRobot(deps, of.sessionsBefore, 'closed'),
  );
  if (of.previous?.state !== 'online') await tellWatchers(deps, of.current);
}

function isContested({ current, previous }: Claimed): boolean {
  const [now = 0] = current.claimedAt;
  const [, beforeLast] = previous?.claimedAt ?? [];
  return beforeLast !== undefined && now - beforeLast < contestedWithinMs;
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

/**
 * Gives the robot back to who had it. The `$disconnect` of the old connection may have come in the
 * meantime and found the robot not its own; so the old connection's row is looked at afterwards, and
 * if it is closing or gone, the robot is released in its stead. If somebody else has claimed the robot
 * since, there is nothing to give back, and the old one is dismissed as if all had gone well.
 */
async function giveBack(deps: HelloDeps, hello: RobotHello, { current, previous }: Claimed): Promise<void> {
  const { robotId, connection } = hello;
  const { connectionId } = connection;
  const now = deps.clock.now();
  const old = previous?.socket;
  if (!(await deps.robots.giveBack(robotId, { epoch: current.epoch, previous, now }))) {
    const holder = (await deps.robots.get(robotId))?.socket?.connectionId;
    // If the old one has it, this was done already, and only the answer lost on the way.
    if (holder === undefined || holder !== old?.connectionId) {
      if (old !== undefined) await dismiss(deps, old);
      return;
    }
  }
  deps.lifeLog.note({ type: 'claim_given_back', connectionId, robotId });
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'connected' });
  await deps.connections.unmarkReady(connectionId, { nextDeadlineAt });
  if (old !== undefined) await releaseIfGone(deps, robotId, { old, now });
}

async function releaseIfGone(
  deps: HelloDeps,
  robotId: RobotId,
  { old, now }: { old: SocketCopy; now: number },
): Promise<void> {
  const oldConnection = await deps.connections.get(old.connectionId);
  if (oldConnection !== undefined && oldConnection.state !== 'closing') return;
  const resumeEndsAt = now + deps.policy.resumeWindowMs;
  const { connectionId } = old;
  if (await deps.robots.release(robotId, { connectionId, now, resumeEndsAt })) {
    await announceAway(deps, robotId, resumeEndsAt);
  }
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
