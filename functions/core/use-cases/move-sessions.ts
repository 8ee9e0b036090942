import { type ClientSession, type SessionKey, sessionDeadline } from '../model/client-session.ts';
import { type ClientPlace, type Connection, copyOf } from '../model/connection.ts';
import type { HelloDeps } from './hello-deps.ts';

/** Those that are still there. A repeated `hello` moves them again: the first may have died half-way. */
export async function moveSessions(
  deps: HelloDeps,
  keys: readonly SessionKey[],
  connection: Connection & { readonly client: ClientPlace },
): Promise<readonly ClientSession[]> {
  const { clientId, epoch: clientEpoch } = connection.client;
  const socket = copyOf(connection);
  const nextDeadlineAt = sessionDeadline(deps.policy, connection.token.expiresAt);
  const moved = await Promise.all(
    keys.map(async (key) => {
      const session = await deps.sessions.moveTo(key, { clientId, clientEpoch, socket, nextDeadlineAt });
      if (session !== undefined) return session;
      // The same `hello`, sent twice at once, may be ahead, and have put it here.
      const row = await deps.sessions.get(key);
      return row?.socket?.connectionId === socket.connectionId ? row : undefined;
    }),
  );
  return moved.filter((session) => session !== undefined);
}
