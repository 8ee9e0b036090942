import type { ClientSession, SessionKey } from '../model/client-session.ts';
import { type Connection, copyOf } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import type { RobotSession } from '../model/robot-session.ts';
import type { PreviousClient } from '../ports/client-directory.ts';
import { tellRobotOfClient } from './announce-client.ts';
import { tellClientOfRobot } from './announce-robot.ts';
import type { Place } from './client-place.ts';
import { dismiss } from './dismiss.ts';
import type { HelloDeps } from './hello-deps.ts';
import { moveSessions } from './move-sessions.ts';
import { robotsOf } from './robots-of.ts';
import { tellIfOver } from './tell-if-over.ts';

/**
 * Puts a client back that a connection took over and could not be welcomed as: on its old connection,
 * or away with its window, its sessions with it. Where the old one is, is looked at afterwards: its end
 * may have come in between, and found the client elsewhere.
 */
export async function giveClientBack(
  deps: HelloDeps,
  connection: Connection,
  { place, moved }: { place: Place; moved: readonly SessionKey[] },
): Promise<void> {
  const { clientId, epoch, undo } = place;
  if (undo === undefined) return;
  const { connectionId } = connection;
  const given = await deps.clients.giveBack(clientId, { epoch, previous: undo, from: connectionId });
  const old = undo.connectionId && (await deps.connections.get(undo.connectionId));
  const isThere = old !== undefined && old.state !== 'closing';
  if (!given) {
    if (isThere) await giveUp(deps, { old, place, undo });
    return;
  }
  deps.lifeLog.note({ type: 'client_given_back', connectionId, clientId });
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'connected' });
  await deps.connections.unmarkReady(connectionId, { nextDeadlineAt, epoch });
  if (isThere) await putOn(deps, old, { connection, place, moved, wasTold: undo.arrival === undefined });
  else await putAway(deps, { place, undo });
}

/** Somebody else has the client; or the end of the new connection has found no session, and removed it. */
async function giveUp(
  deps: HelloDeps,
  { old, place, undo }: { old: Connection; place: Place; undo: PreviousClient },
): Promise<void> {
  const { connectionId, identity, token } = old;
  const { principalId } = identity;
  const [keyHash = place.key.hash] = undo.keyHashes;
  const tokenExpiresAt = token.expiresAt;
  const { clientId } = place;
  const entered = await deps.clients.enter({ clientId, principalId, connectionId, keyHash, tokenExpiresAt });
  if (!entered) await dismiss(deps, old);
}

type Failed = {
  readonly connection: Connection;
  readonly place: Place;
  /** The sessions that were on it. */
  readonly moved: readonly SessionKey[];
  /** Whether the others knew that the client was on the old one. */
  readonly wasTold: boolean;
};

async function putOn(
  deps: HelloDeps,
  old: Connection,
  { connection, place, moved, wasTold }: Failed,
): Promise<void> {
  const { clientId, epoch } = place;
  const back = await moveSessions(deps, place.sessions, { ...old, client: { clientId, epoch: epoch + 1 } });
  // What was said in between, of robots and of sessions that ended, was said to the connection that failed. Of one that
  // never was there nothing was said: it may be about to be opened on the old one.
  const isElsewhere = (key: SessionKey) => back.every(({ sessionId }) => sessionId !== key.sessionId);
  await Promise.all(moved.filter(isElsewhere).map((key) => tellIfOver(deps, copyOf(old), key)));
  const robots = await robotsOf(deps, back);
  await Promise.all(back.map((session) => tellOfRobot(deps, session, robots)));
  // The end of the new connection may have told the robots that the client is away; or the `hello` of the old one has
  // failed as well, and could neither tell them that it is there nor give it back.
  const failed = await deps.connections.get(connection.connectionId);
  if (wasTold && failed !== undefined && failed.state !== 'closing') return;
  await Promise.all(back.map((session) => tellRobotOfClient(deps, session)));
}

async function tellOfRobot(
  deps: HelloDeps,
  session: ClientSession,
  robots: readonly RobotSession[],
): Promise<void> {
  const robot = robots.find(({ robotId }) => robotId === session.robotId);
  if (robot !== undefined && robot.state !== 'offline') await tellClientOfRobot(deps, session, robot);
}

async function putAway(deps: HelloDeps, of: { place: Place; undo: PreviousClient }): Promise<void> {
  const { clientId, epoch, sessions } = of.place;
  const { connectionId } = of.undo;
  const resumeEndsAt = of.undo.resumeEndsAt ?? deps.clock.now() + deps.policy.resumeWindowMs;
  if (connectionId !== undefined) await deps.clients.detach(clientId, { connectionId, resumeEndsAt });
  const suspend = async (key: SessionKey) => {
    const suspended = await deps.sessions.suspend(key, { clientId, clientEpoch: epoch + 1, resumeEndsAt });
    if (!suspended && (await deps.sessions.get(key)) === undefined)
      await deps.clients.removeSession(clientId, key);
    if (!suspended) return;
    // Also where it was away before: who tells the truth may have found it here meanwhile, and said so.
    await tellRobotOfClient(deps, key, { first: { isThere: false, resumeEndsAt } });
  };
  await Promise.all(sessions.map(suspend));
  await deps.clients.removeIfIdle(clientId);
}
