import type { ConnectionId, PrincipalId } from '../../../protocol/ids.ts';
import type { Connection } from '../model/connection.ts';
import type { TokenLife } from '../model/identity.ts';
import { isRevoked } from '../model/revocation.ts';
import { refused } from '../outcome.ts';
import type { RevocationStore } from '../ports/revocation-store.ts';
import type { EndConnectionDeps } from './end-connection.ts';
import { closeForToken } from './part-with.ts';

/**
 * Whether a genuine token is refused because it, or the sign-in that it stems from, was revoked (F13).
 *
 * @throws {DependencyUnavailable} then nothing is known, and the answer is not yes (I10).
 */
export async function isRevokedToken(
  { revocations }: { revocations: RevocationStore },
  { principalId, life }: { principalId: PrincipalId; life: TokenLife },
): Promise<boolean> {
  return isRevoked(life, await revocations.of({ principalId, originJti: life.originJti }));
}

/** The same of a connection, by the token that it was opened or last refreshed with. */
export function isRevokedConnection(
  deps: { revocations: RevocationStore },
  { identity: { principalId }, token }: Connection,
): Promise<boolean> {
  return isRevokedToken(deps, { principalId, life: token });
}

/**
 * Whoever finds a revocation closes the connection: the one who revoked may have listed before it. By
 * the row as it is now: it may have been refreshed since, with a token that is not revoked.
 */
export async function endRevoked(deps: RevokedDeps, connectionId: ConnectionId) {
  const connection = await deps.connections.get(connectionId);
  const isOpen = connection !== undefined && connection.state !== 'closing';
  if (isOpen && (await isRevokedConnection(deps, connection))) {
    await closeForToken(deps, connection, 'revoked');
  }
  return refused('unauthenticated', 'The sign-in was revoked; sign in again.');
}

type RevokedDeps = EndConnectionDeps & { readonly revocations: RevocationStore };
