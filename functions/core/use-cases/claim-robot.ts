import type { RobotId } from '../../../protocol/ids.ts';
import type { GoAway } from '../../../protocol/messages/token.ts';
import type { ClientSession } from '../model/client-session.ts';
import {
  type Connection,
  connectionDeadline,
  copyOf,
  type SocketAddress,
  type SocketCopy,
} from '../model/connection.ts';
import { fleetsOf } from '../model/identity.ts';
import type { RobotSession } from '../model/robot-session.ts';
import { done, type Outcome } from '../outcome.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import { endSessionsOfRobot } from './end-sessions.ts';
import type { HelloDeps } from './hello.ts';
import { unauthenticated } from './sender.ts';
import { welcomeOf } from './welcome.ts';

type RobotHello = {
  readonly connection: Connection;
  readonly robotId: RobotId;
  readonly requestId: string | undefined;
};

/** Two devices with one identity must not fight for ever: the loser waits. */
const replaced: GoAway = { type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 };

/**
 * Makes the connection the robot's (I4). In this order: the conditional claim, the connection's own
 * row, `welcome`; and only when that has reached the gateway is the old connection told and closed
 * and are the sessions that it held ended. Whatever fails before that gives the claim back.
 */
export async function claimRobot(deps: HelloDeps, hello: RobotHello): Promise<Outcome<undefined>> {
  const { connection, robotId } = hello;
  if (connection.state === 'ready') return greetAgain(deps, hello);

  const fleets = fleetsOf(connection.identity.groups);
  const socket = { ...copyOf(connection), connectedAt: connection.connectedAt };
  const claim = await deps.robots.claim(robotId, { socket, fleets, now: deps.clock.now() });
  if (!claim.won) return turnAway(deps, connection);

  const { previous, current } = claim;
  const sessionsBefore = await undoOnFailure(deps, hello, previous, async () => {
    const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'ready' });
    const ready = { clientId: undefined, nextDeadlineAt };
    if (!(await deps.connections.markReady(connection.connectionId, ready))) return 'gone';
    await enlist(deps, current, previous);
    // Before `welcome`: what is opened from here on finds the new connection, and is not to be ended.
    const sessions = await deps.sessions.listByRobot(robotId);
    const posted = await deps.peers.post(connection, welcomeFor(deps, hello));
    return posted === 'gone' ? 'gone' : sessions;
  });
  if (sessionsBefore === 'gone') return unauthenticated();

  const { connectionId } = connection;
  deps.lifeLog.note({ type: 'welcomed', connectionId, kind: 'robot', robotId, epoch: current.epoch });
  await settle(deps, { hello, previous, sessionsBefore });
  return done(undefined);
}

/** Ends what the claim has superseded. Nothing of it can fail the `hello` any more. */
async function settle(
  deps: HelloDeps,
  after: { hello: RobotHello; previous: RobotSession | undefined; sessionsBefore: readonly ClientSession[] },
): Promise<void> {
  const { connection, robotId } = after.hello;
  const old = after.previous?.socket;
  if (old !== undefined && old.connectionId !== connection.connectionId) {
    await dismiss(deps, old);
    deps.lifeLog.note({
      type: 'replaced',
      connectionId: old.connectionId,
      by: connection.connectionId,
      robotId,
    });
  }
  await orNote(deps, 'end sessions of the previous connection', () =>
    endSessionsOfRobot(deps, after.sessionsBefore, 'closed'),
  );
}

async function undoOnFailure<T>(
  deps: HelloDeps,
  hello: RobotHello,
  previous: RobotSession | undefined,
  rest: () => Promise<T | 'gone'>,
): Promise<T | 'gone'> {
  let outcome: T | 'gone' = 'gone';
  try {
    outcome = await rest();
  } finally {
    if (outcome === 'gone') await giveBack(deps, hello, previous);
  }
  return outcome;
}

/**
 * Gives the robot back to who had it. The `$disconnect` of the old connection may have come in the
 * meantime and found the robot not its own; so the old connection's row is looked at afterwards, and
 * if it is closing or gone, the robot is released in its stead.
 */
async function giveBack(
  deps: HelloDeps,
  hello: RobotHello,
  previous: RobotSession | undefined,
): Promise<void> {
  const { robotId, connection } = hello;
  const now = deps.clock.now();
  const { connectionId } = connection;
  if (!(await deps.robots.giveBack(robotId, { connectionId, previous, now }))) return;
  deps.lifeLog.note({ type: 'claim_given_back', connectionId, robotId });

  const old = previous?.socket;
  if (old === undefined) return;
  const oldConnection = await deps.connections.get(old.connectionId);
  if (oldConnection !== undefined && oldConnection.state !== 'closing') return;
  const resumeEndsAt = now + deps.policy.resumeWindowMs;
  await deps.robots.release(robotId, { connectionId: old.connectionId, now, resumeEndsAt });
}

/** A `hello` on a connection that has said it already: welcome again, unless another has taken over. */
async function greetAgain(deps: HelloDeps, hello: RobotHello): Promise<Outcome<undefined>> {
  const robot = await deps.robots.get(hello.robotId);
  if (robot?.socket?.connectionId !== hello.connection.connectionId) return turnAway(deps, hello.connection);
  await deps.peers.post(hello.connection, welcomeFor(deps, hello));
  return done(undefined);
}

async function turnAway(deps: HelloDeps, connection: Connection): Promise<Outcome<undefined>> {
  await dismiss(deps, copyOf(connection));
  return done(undefined);
}

async function dismiss(deps: HelloDeps, socket: SocketCopy): Promise<void> {
  await orNote(deps, 'dismiss a replaced connection', async () => {
    await deps.peers.post(socket, replaced);
    await deps.peers.close(addressOf(socket));
  });
}

function addressOf({ connectionId, endpoint }: SocketAddress): SocketAddress {
  return { connectionId, endpoint };
}

async function enlist(
  deps: HelloDeps,
  current: RobotSession,
  previous: RobotSession | undefined,
): Promise<void> {
  const before = previous?.fleets ?? [];
  const left = before.filter((fleet) => !current.fleets.includes(fleet));
  const joined = current.fleets.filter((fleet) => !before.includes(fleet));
  if (previous !== undefined && left.length === 0 && joined.length === 0) return;
  await deps.fleets.enlist(current.robotId, { fleets: current.fleets, left });
}

async function orNote(deps: HelloDeps, where: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (failure) {
    if (!(failure instanceof DependencyUnavailable)) throw failure;
    deps.lifeLog.note({ type: 'dependency_unavailable', where, code: failure.code });
  }
}

function welcomeFor(deps: HelloDeps, hello: RobotHello) {
  const { policy, fleetSize } = deps;
  const ready = { ...hello.connection, state: 'ready' } as const;
  return welcomeOf(ready, { policy, fleetSize, requestId: hello.requestId });
}
