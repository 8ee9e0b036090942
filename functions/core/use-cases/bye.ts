import type { SocketAddress } from '../model/connection.ts';
import { endConnection, retryMs } from './end-connection.ts';
import { closeListed, listAgainAfterMs, type RevokeDeps, recordSignOut } from './revoke.ts';

export type Bye = {
  readonly caller: SocketAddress;
  /** Whether the holder signs out: its sign-in is revoked, and its other connections are closed. */
  readonly signOut: boolean;
};

/** The holder leaves for good: nothing is kept for a return, and the socket is closed. Allowed with an expired token too (I1). */
export async function bye(deps: RevokeDeps, { caller, signOut }: Bye): Promise<void> {
  // Before anything of its own is ended: who is told to try again still can.
  const others = signOut ? await signOutFirst(deps, caller) : undefined;
  const how = 'bye';
  const retryAt = deps.clock.now() + retryMs;
  const connection = await deps.connections.markClosing(caller.connectionId, { retryAt, how });
  if (connection !== undefined) await endConnection(deps, connection, how);
  if (others === undefined) {
    await deps.peers.close(caller);
    return;
  }
  const closing = deps.peers.close(caller).then(
    () => undefined,
    (thrown: unknown) => ({ thrown }),
  );
  await deps.pause(listAgainAfterMs);
  const closed = others.closed + (await closeListed(deps, others.listing));
  const { principalId, how: revoked } = others.listing;
  deps.lifeLog.note({ type: 'revoked', principalId, how: revoked, closed });
  // Told last: said again, it would find no connection to sign out.
  const failure = await closing;
  if (failure !== undefined) throw failure.thrown;
}

/** The record, and the other connections of the sign-in. */
async function signOutFirst(deps: RevokeDeps, { connectionId }: SocketAddress) {
  const connection = await deps.connections.get(connectionId);
  if (connection === undefined) return undefined;
  await recordSignOut(deps, connection);
  const { principalId } = connection.identity;
  const listing = { principalId, how: 'revoked', except: connectionId } as const;
  return { listing, closed: await closeListed(deps, listing) };
}
