import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { Connection } from '../model/connection.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import { type EndSessionsDeps, endAllSessionsOfRobot, endSessionsOfClient } from './end-sessions.ts';

export type EndConnectionDeps = EndSessionsDeps & {
  readonly connections: ConnectionStore;
  readonly policy: TokenPolicy;
};

/** How long a connection that is being closed rests before the cleanup takes it up again. */
export const closingRetryMs = 60_000;

export type ConnectionEnd = {
  readonly how: 'disconnect' | 'bye' | 'expired' | 'no_hello';
  /** Why the sessions of a client end with it. */
  readonly reason: CloseReason;
};

/**
 * Ends what hung on a connection, then deletes its row. The row goes last and is marked `closing`
 * before: who dies half-way leaves a row that the cleanup finds and finishes.
 *
 * A robot's session outlasts the socket: it is `away` until the resume window ends (I3), unless the
 * robot said `bye`. If a newer connection has the robot, nothing of it is touched (I4).
 */
export async function endConnection(
  deps: EndConnectionDeps,
  connection: Connection,
  end: ConnectionEnd,
): Promise<void> {
  const { connectionId, identity, clientId } = connection;
  const now = deps.clock.now();
  if (identity.kind === 'robot') {
    await endRobot(deps, { robotId: identity.robotId, connectionId, now, bye: end.how === 'bye' });
  } else if (clientId !== undefined) {
    const sessions = await deps.clients.leave(clientId, connectionId);
    await endSessionsOfClient(deps, sessions, end.reason);
  }
  await deps.connections.remove(connectionId);
  deps.lifeLog.note({
    type: 'disconnected',
    connectionId,
    kind: identity.kind,
    how: end.how,
    lifetimeMs: now - connection.connectedAt,
    tokenRemainingMs: connection.token.expiresAt - now,
  });
}

async function endRobot(
  deps: EndConnectionDeps,
  of: {
    robotId: Parameters<EndConnectionDeps['robots']['leave']>[0];
    connectionId: Connection['connectionId'];
    now: number;
    bye: boolean;
  },
): Promise<void> {
  const { robotId, connectionId, now } = of;
  if (!of.bye) {
    await deps.robots.release(robotId, { connectionId, now, resumeEndsAt: now + deps.policy.resumeWindowMs });
    return;
  }
  if (await deps.robots.leave(robotId, { connectionId, now })) {
    deps.lifeLog.note({ type: 'robot_offline', robotId });
    await endAllSessionsOfRobot(deps, robotId, 'robot_offline');
  }
}
