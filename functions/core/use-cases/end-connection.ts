import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { RobotId } from '../../../protocol/ids.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { ClientPlace, Connection, HowEnded } from '../model/connection.ts';
import { type EndSessionsDeps, endOfflineRobot, endSession } from './end-sessions.ts';
import { orNote, tellIfThere } from './tell.ts';
import { tellWatchers } from './tell-watchers.ts';

export type EndConnectionDeps = EndSessionsDeps & { readonly policy: TokenPolicy };

/** How long what is being ended or announced rests before the cleanup takes it up again. */
export const retryMs = 60_000;

/** Why the sessions of a client end with its connection. */
const reasonOf: Record<HowEnded, CloseReason> = {
  disconnect: 'closed',
  bye: 'closed',
  expired: 'expired',
  no_hello: 'closed',
  gone: 'closed',
  revoked: 'revoked',
  regrouped: 'forbidden',
};

/** Whose holder has only lost its connection, as far as anybody knows. */
function mayReturn(how: HowEnded): boolean {
  return how === 'disconnect' || how === 'gone';
}

/**
 * Ends what hung on a connection that is marked `closing`, then deletes its row. The row goes last,
 * and each step may be repeated: who dies half-way leaves a row that the cleanup finishes.
 */
export async function endConnection(
  deps: EndConnectionDeps,
  connection: Connection,
  how: HowEnded,
): Promise<void> {
  await endWhatHungOn(deps, connection, how);
  await forget(deps, connection, how);
}

/**
 * Sessions outlast the socket until the resume window ends, unless their holder said `bye` or may not
 * return (I3). If a newer connection has the robot or the client, nothing of it is touched (I4).
 */
export async function endWhatHungOn(
  deps: EndConnectionDeps,
  connection: Connection,
  how: HowEnded,
): Promise<void> {
  const { identity, client } = connection;
  const now = deps.clock.now();
  if (identity.kind === 'robot') {
    await endRobot(deps, identity.robotId, { connection, now, bye: how === 'bye' });
  } else if (client !== undefined && mayReturn(how)) {
    await suspendClient(deps, client, { connection, resumeEndsAt: now + deps.policy.resumeWindowMs });
  } else if (client !== undefined) {
    await endClient(deps, client, { connection, now, reason: reasonOf[how] });
  }
  await deps.watches.unwatch(connection.connectionId, connection.watching);
}

/** Deletes the row. Of several who end it at once, one tells how its token lived. */
export async function forget(deps: EndConnectionDeps, connection: Connection, how: HowEnded): Promise<void> {
  const { connectionId, identity } = connection;
  const now = deps.clock.now();
  if ((await deps.connections.remove(connectionId)) === undefined) return;
  deps.lifeLog.note({
    type: 'disconnected',
    connectionId,
    kind: identity.kind,
    how,
    lifetimeMs: now - connection.connectedAt,
    tokenRemainingMs: connection.token.expiresAt - now,
    refreshes: connection.refreshes,
  });
}

async function endRobot(
  deps: EndConnectionDeps,
  robotId: RobotId,
  of: { connection: Connection; now: number; bye: boolean },
): Promise<void> {
  const { now } = of;
  const { connectionId } = of.connection;
  if (of.bye) {
    const left = await deps.robots.leave(robotId, { connectionId, now, retryAt: now + retryMs });
    if (left) await endOfflineRobot(deps, robotId);
    return;
  }
  const resumeEndsAt = now + deps.policy.resumeWindowMs;
  if (await deps.robots.release(robotId, { connectionId, now, resumeEndsAt })) {
    await announceAway(deps, robotId, resumeEndsAt);
  }
}

/** The robot is away: its clients keep what they have to send, and who watches it knows. */
export async function announceAway(
  deps: EndConnectionDeps,
  robotId: RobotId,
  resumeEndsAt: number,
): Promise<void> {
  await orNote(deps.lifeLog, 'announce-away', async () => {
    const [robot, sessions] = await Promise.all([
      deps.robots.get(robotId),
      deps.sessions.listByRobot(robotId),
    ]);
    await Promise.all(
      sessions.map(({ sessionId, socket }) =>
        tellIfThere(deps, socket, { type: 'peerAway', sessionId, resumeEndsAt }),
      ),
    );
    if (robot !== undefined) await tellWatchers(deps, robot);
  });
}

/** The sessions wait, and their robots know; control stays with the one that holds it. */
async function suspendClient(
  deps: EndConnectionDeps,
  { clientId, epoch }: ClientPlace,
  of: { connection: Connection; resumeEndsAt: number },
): Promise<void> {
  const { resumeEndsAt } = of;
  const { connectionId } = of.connection;
  const keys = await deps.clients.detach(clientId, { connectionId, resumeEndsAt });
  // Nothing would be taken over.
  if (keys.length === 0) return deps.clients.remove(clientId, connectionId);
  await Promise.all(
    keys.map(async (key) => {
      const suspended = await deps.sessions.suspend(key, { clientId, clientEpoch: epoch, resumeEndsAt });
      if (!suspended) return;
      const { sessionId } = key;
      const robot = await deps.robots.get(key.robotId);
      await tellIfThere(deps, robot?.socket, { type: 'peerAway', sessionId, resumeEndsAt });
    }),
  );
}

/** From the detaching on no session can be added; the list stays until each of them has ended. */
async function endClient(
  deps: EndConnectionDeps,
  { clientId }: ClientPlace,
  of: { connection: Connection; now: number; reason: CloseReason },
): Promise<void> {
  const { connectionId } = of.connection;
  const sessions = await deps.clients.detach(clientId, { connectionId, resumeEndsAt: of.now });
  await Promise.all(sessions.map((key) => endSession(deps, key, { reason: of.reason, tell: 'robot' })));
  await deps.clients.remove(clientId, connectionId);
}
