import type { ConnectionId } from '../../../protocol/ids.ts';
import type { Connection, SocketAddress } from '../model/connection.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import { type EndConnectionDeps, endConnection, forget, retryMs } from './end-connection.ts';

/**
 * The gateway says that a socket is closed: best effort, possibly late, possibly never. Everything
 * here is conditional on the connection being the one in question, so lateness does no harm (I4).
 */
export async function disconnect(deps: EndConnectionDeps, { connectionId }: SocketAddress): Promise<void> {
  const how = 'disconnect';
  // A row on which nothing hangs need not be due sooner than it was: each move in the index is paid for.
  const isSpare = await isSuperseded(deps, connectionId);
  const retryAt = isSpare ? undefined : deps.clock.now() + retryMs;
  const connection = await deps.connections.markClosing(connectionId, { retryAt, how });
  if (connection === undefined) return;
  // Looked at again after the mark: a claim that was given back before it has this connection for the robot's.
  if (isSpare && (await isElsewhere(deps, connection))) return forget(deps, connection, how);
  await endConnection(deps, connection, how);
}

/** Whether it was a robot's that is on another connection by now, as after each roll-over. False when that is not known. */
async function isSuperseded(deps: EndConnectionDeps, connectionId: ConnectionId): Promise<boolean> {
  try {
    const connection = await deps.connections.get(connectionId);
    return connection !== undefined && (await isElsewhere(deps, connection));
  } catch (failure) {
    if (failure instanceof DependencyUnavailable) return false;
    throw failure;
  }
}

async function isElsewhere(deps: EndConnectionDeps, of: Connection): Promise<boolean> {
  const { connectionId, identity } = of;
  if (identity.kind !== 'robot') return false;
  const holder = (await deps.robots.get(identity.robotId))?.socket;
  return holder !== undefined && holder.connectionId !== connectionId;
}
