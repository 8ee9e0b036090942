import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { ClientId, RobotId } from '../../../protocol/ids.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { Connection, HowEnded } from '../model/connection.ts';
import { type EndSessionsDeps, endOfflineRobot, endSession } from './end-sessions.ts';

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
 * A robot's session outlasts the socket: it is `away` until the resume window ends (I3), unless the
 * robot said `bye`. If a newer connection has the robot, nothing of it is touched (I4).
 */
export async function endWhatHungOn(
  deps: EndConnectionDeps,
  connection: Connection,
  how: HowEnded,
): Promise<void> {
  const { identity, clientId } = connection;
  const now = deps.clock.now();
  if (identity.kind === 'robot') {
    await endRobot(deps, identity.robotId, { connection, now, bye: how === 'bye' });
  } else if (clientId !== undefined) {
    await endClient(deps, clientId, { connection, reason: reasonOf[how] });
  }
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
  } else {
    await deps.robots.release(robotId, { connectionId, now, resumeEndsAt: now + deps.policy.resumeWindowMs });
  }
}

/** From the detaching on no session can be added; the list stays until each of them has ended. */
async function endClient(
  deps: EndConnectionDeps,
  clientId: ClientId,
  of: { connection: Connection; reason: CloseReason },
): Promise<void> {
  const { connectionId } = of.connection;
  const sessions = await deps.clients.detach(clientId, connectionId);
  await Promise.all(sessions.map((key) => endSession(deps, key, { reason: of.reason, tell: 'robot' })));
  await deps.clients.remove(clientId, connectionId);
}
