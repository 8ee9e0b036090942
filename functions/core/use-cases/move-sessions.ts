import { type ClientSession, type SessionKey, sessionDeadline } from '../model/client-session.ts';
import { type ClientPlace, type Connection, copyOf } from '../model/connection.ts';
import type { HelloDeps } from './hello-deps.ts';

/**
 * Those that are still there. A repeated `hello` moves them again: the first may have died half-way. `onMoved` hears of
 * each as soon as it is here, also where another could not be moved.
 */
export async function moveSessions(
  deps: HelloDeps,
  keys: readonly SessionKey[],
  connection: Connection & { readonly client: ClientPlace },
  onMoved: (session: ClientSession) => void = () => undefined,
): Promise<readonly ClientSession[]> {
  const { clientId, epoch: clientEpoch } = connection.client;
  const socket = copyOf(connection);
  const nextDeadlineAt = sessionDeadline(deps.policy, connection.token.expiresAt);
  const moved = await Promise.all(
    keys.map(async (key) => {
      // The same `hello`, sent twice at once, may be ahead, and have put it here.
      const row =
        (await deps.sessions.moveTo(key, { clientId, clientEpoch, socket, nextDeadlineAt })) ??
        (await deps.sessions.get(key));
      if (row?.socket?.connectionId !== socket.connectionId) return undefined;
      onMoved(row);
      return row;
    }),
  );
  return moved.filter((session) => session !== undefined);
}
