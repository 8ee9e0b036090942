import type { SocketAddress } from '../model/connection.ts';
import { closingRetryMs, type EndConnectionDeps, endConnection } from './end-connection.ts';

/** The holder leaves for good: nothing is kept for a return, and the socket is closed. Allowed with an expired token too (I1). */
export async function bye(deps: EndConnectionDeps, caller: SocketAddress): Promise<void> {
  const retryAt = deps.clock.now() + closingRetryMs;
  const connection = await deps.connections.markClosing(caller.connectionId, { retryAt });
  if (connection !== undefined) await endConnection(deps, connection, { how: 'bye', reason: 'closed' });
  await deps.peers.close(caller);
}
