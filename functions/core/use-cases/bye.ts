import type { SocketAddress } from '../model/connection.ts';
import { endConnection, retryMs } from './end-connection.ts';
import { closeRevoked, type RevokeDeps, recordSignOut } from './revoke.ts';

export type Bye = {
  readonly caller: SocketAddress;
  /** Whether the holder signs out: its sign-in is revoked, and its other connections are closed. */
  readonly signOut: boolean;
};

/** The holder leaves for good: nothing is kept for a return, and the socket is closed. Allowed with an expired token too (I1). */
export async function bye(deps: RevokeDeps, { caller, signOut }: Bye): Promise<void> {
  const how = 'bye';
  // Before anything is ended: who is told to try again still can.
  const signedOut = signOut ? await deps.connections.get(caller.connectionId) : undefined;
  if (signedOut !== undefined) await recordSignOut(deps, signedOut);

  const retryAt = deps.clock.now() + retryMs;
  const connection = await deps.connections.markClosing(caller.connectionId, { retryAt, how });
  if (connection !== undefined) await endConnection(deps, connection, how);
  await deps.peers.close(caller);
  if (signedOut !== undefined) await closeRevoked(deps, signedOut.identity.principalId, 'revoked');
}
