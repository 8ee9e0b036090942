import type { RobotId } from '../../../protocol/ids.ts';
import type { GoAway } from '../../../protocol/messages/token.ts';
import type { ClientSession } from '../model/client-session.ts';
import { type Connection, copyOf, type SocketCopy } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { fleetsOf } from '../model/identity.ts';
import type { RobotSession } from '../model/robot-session.ts';
import { done, type Outcome } from '../outcome.ts';
import { endSessionsOfRobot, orNote } from './end-sessions.ts';
import type { HelloDeps } from './hello-deps.ts';
import { unauthenticated } from './sender.ts';
import { welcomeOf } from './welcome.ts';

export type RobotHello = {
  readonly connection: Connection;
  readonly robotId: RobotId;
  readonly requestId: string | undefined;
};

/** A claim that was won: the row before it, and the row since. */
type Claimed = { readonly current: RobotSession; readonly previous: RobotSession | undefined };

/** Two devices with one identity must not fight for ever: the loser waits. */
const replaced: GoAway = { type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 };

/**
 * Makes the connection the robot's (I4). In this order: the conditional claim, the connection's own
 * row, `welcome`; and only when that has reached the gateway is the old connection told and closed
 * and are the sessions that it held ended. Whatever fails before that gives the claim back.
 */
export async function claimRobot(deps: HelloDeps, hello: RobotHello): Promise<Outcome<undefined>> {
  const { connection, robotId } = hello;
  const { connectionId } = connection;
  if (connection.state === 'ready' && (await holds(deps, hello))) {
    await deps.peers.post(connection, welcomeFor(deps, hello));
    return done(undefined);
  }
  const fleets = fleetsOf(connection.identity.groups);
  const socket = { ...copyOf(connection), connectedAt: connection.connectedAt };
  const claim = await deps.robots.claim(robotId, { socket, fleets, now: deps.clock.now() });
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
  if (!(await holds(deps, hello))) await dismiss(deps, socket);
  return done(undefined);
}

async function holds(deps: HelloDeps, hello: RobotHello): Promise<boolean> {
  const robot = await deps.robots.get(hello.robotId);
  return robot?.socket?.connectionId === hello.connection.connectionId;
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
  const ready = { clientId: undefined, nextDeadlineAt };
  if (!(await deps.connections.markReady(connection.connectionId, ready))) return 'gone';
  if (needsListing(current, previous)) {
    await deps.fleets.enlist(robotId, { fleets: current.fleets, left: [] });
  }
  // Before `welcome`: what is opened from here on finds the new connection, and is not to be ended.
  const sessions = await deps.sessions.listByRobot(robotId);
  const posted = await deps.peers.post(connection, welcomeFor(deps, hello));
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
  { connection, robotId }: RobotHello,
  of: Claimed & { sessionsBefore: readonly ClientSession[] },
): Promise<void> {
  const { connectionId } = connection;
  const old = of.previous?.socket;
  if (old !== undefined) {
    await dismiss(deps, old);
    deps.lifeLog.note({ type: 'replaced', connectionId: old.connectionId, by: connectionId, robotId });
  }
  // Only now: had the claim been given back, the robot would be missing in the fleets that it is in.
  const { fleets } = of.current;
  const left = (of.previous?.fleets ?? []).filter((fleet) => !fleets.includes(fleet));
  if (left.length > 0) {
    await orNote(deps.lifeLog, 'hello.leave-fleets', () => deps.fleets.enlist(robotId, { fleets, left }));
  }
  await orNote(deps.lifeLog, 'hello.end-previous-sessions', () =>
    endSessionsOfRobot(deps, of.sessionsBefore, 'closed'),
  );
}

/**
 * Gives the robot back to who had it. The `$disconnect` of the old connection may have come in the
 * meantime and found the robot not its own; so the old connection's row is looked at afterwards, and
 * if it is closing or gone, the robot is released in its stead. If somebody else has claimed the robot
 * since, there is nothing to give back, and the old one is dismissed as if all had gone well. Unless
 * that was another `hello` of the same connection, which has the robot now, this one is not ready.
 */
async function giveBack(deps: HelloDeps, hello: RobotHello, { current, previous }: Claimed): Promise<void> {
  const { robotId, connection } = hello;
  const { connectionId } = connection;
  const now = deps.clock.now();
  const old = previous?.socket;
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'connected' });
  const unmark = () => deps.connections.unmarkReady(connectionId, { nextDeadlineAt });
  if (!(await deps.robots.giveBack(robotId, { epoch: current.epoch, previous, now }))) {
    const holder = (await deps.robots.get(robotId))?.socket?.connectionId;
    // If the old one has it, this was done already, and only the answer lost on the way.
    if (holder === undefined || holder !== old?.connectionId) {
      if (holder !== connectionId) await unmark();
      if (old !== undefined) await dismiss(deps, old);
      return;
    }
  }
  deps.lifeLog.note({ type: 'claim_given_back', connectionId, robotId });
  await unmark();
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
  await deps.robots.release(robotId, { connectionId: old.connectionId, now, resumeEndsAt });
}

/** Tells a superseded socket to go, and closes it even if it cannot be told. */
async function dismiss(deps: HelloDeps, { connectionId, endpoint }: SocketCopy): Promise<void> {
  const socket = { connectionId, endpoint };
  await orNote(deps.lifeLog, 'hello.tell-replaced', async () => {
    await deps.peers.post(socket, replaced);
  });
  await orNote(deps.lifeLog, 'hello.close-replaced', async () => {
    await deps.peers.close(socket);
  });
}

function welcomeFor(deps: HelloDeps, { connection, requestId }: RobotHello) {
  const { policy, fleetSize } = deps;
  return welcomeOf(
    { ...connection, state: 'ready' },
    { policy, fleetSize, now: deps.clock.now(), requestId },
  );
}
