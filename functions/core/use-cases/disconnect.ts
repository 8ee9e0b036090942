import type { SocketAddress } from '../model/connection.ts';
import { type EndConnectionDeps, endConnection, retryMs } from './end-connection.ts';

/**
 * The gateway says that a socket is closed: best effort, possibly late, possibly never. Everything
 * here is conditional on the connection being the one in question, so lateness does no harm (I4).
 */
export async function disconnect(deps: EndConnectionDeps, socket: SocketAddress): Promise<void> {
  const how = 'disconnect';
  const retryAt = deps.clock.now() + retryMs;
  const connection = await deps.connections.markClosing(socket.connectionId, { retryAt, how });
  if (connection !== undefined) await endConnection(deps, connection, how);
}
