import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { ClientId, RobotId } from '../../../protocol/ids.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { SessionKey } from '../model/client-session.ts';
import type { Connection, HowEnded } from '../model/connection.ts';
import type { Ids } from '../ports/ids.ts';
import { tellRobotOfClient } from './announce-client.ts';
import { announceRobot } from './announce-robot.ts';
import { type EndSessionsDeps, endOfflineRobot, endSession, forgetOver } from './end-sessions.ts';
import { orNote } from './tell.ts';

export type EndConnectionDeps = EndSessionsDeps & {
  readonly policy: TokenPolicy;
  readonly ids: Pick<Ids, 'clientId'>;
};

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
 * Whose holder has only lost its connection, as far as anybody knows. One that was never welcomed has
 * nothing of its own: a client that it was about to become may come by another.
 */
function mayReturn(how: HowEnded, { client }: Connection): boolean {
  const wasWelcomed = client !== undefined;
  return (
    how === 'disconnect' || how === 'gone' || (!wasWelcomed && (how === 'no_hello' || how === 'expired'))
  );
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
  const { identity } = connection;
  const now = deps.clock.now();
  if (identity.kind === 'robot') {
    await endRobot(deps, identity.robotId, { connection, now, bye: how === 'bye' });
  } else {
    for (const clientId of clientsOf(deps, connection))
      await endClient(deps, clientId, { connection, now, how });
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
    await announceAway(deps, robotId);
  }
}

/** The robot is away: its clients keep what they have to send, and who watches it knows. */
export async function announceAway(deps: EndConnectionDeps, robotId: RobotId): Promise<void> {
  await orNote(deps.lifeLog, 'announce-away', () => announceRobot(deps, robotId, { clients: true }));
}

/** The client that it is; or those that it was about to become when its `hello` died: a new one, or one that it took over. */
function clientsOf(
  { ids }: EndConnectionDeps,
  { connectionId, client, returningAs }: Connection,
): ReadonlySet<ClientId> {
  const { clientId } = client ?? { clientId: ids.clientId(connectionId) };
  return new Set(returningAs === undefined ? [clientId] : [clientId, returningAs]);
}

/** From the detaching on no session can be added; without any, nothing would be taken over. */
async function endClient(
  deps: EndConnectionDeps,
  clientId: ClientId,
  of: { connection: Connection; now: number; how: HowEnded },
): Promise<void> {
  const { connectionId } = of.connection;
  const waits = mayReturn(of.how, of.connection);
  const resumeEndsAt = waits ? of.now + deps.policy.resumeWindowMs : of.now;
  const detached = await deps.clients.detach(clientId, { connectionId, resumeEndsAt });
  if (detached === undefined) return;
  const { epoch, sessions } = detached;
  if (waits) {
    await Promise.all(
      sessions.map((key) => suspend(deps, key, { clientId, clientEpoch: epoch, resumeEndsAt })),
    );
    if (sessions.length > 0) return;
  } else {
    // The list stays until each of them has ended.
    const end = { reason: reasonOf[of.how], tell: 'robot' } as const;
    await Promise.all(sessions.map((key) => endSession(deps, key, end)));
  }
  await deps.clients.remove(clientId, connectionId);
}

/** The session waits, and its robot knows; control stays with it if it holds it. */
async function suspend(
  deps: EndConnectionDeps,
  key: SessionKey,
  of: Parameters<EndConnectionDeps['sessions']['suspend']>[1],
): Promise<void> {
  const { clientEpoch, resumeEndsAt } = of;
  const suspended = await deps.sessions.suspend(key, of);
  // Who was ahead may have found a client that was away, and left it so without a word.
  const row = suspended ? undefined : await deps.sessions.get(key);
  const isAhead = row !== undefined && row.socket === undefined && row.clientEpoch > clientEpoch;
  if (!suspended && row === undefined) await forgetOver(deps, of.clientId, key);
  if (!suspended && !isAhead) return;
  const first = { isThere: false, resumeEndsAt: row?.resumeEndsAt ?? resumeEndsAt };
  await orNote(deps.lifeLog, 'announce-client-away', () => tellRobotOfClient(deps, key, { first }));
}
