import type { GoAway } from '../../../protocol/messages/from-server/token.ts';
import type { SocketAddress } from '../model/connection.ts';
import { orNote, type TellDeps } from './tell.ts';

/** Two devices with one identity must not fight for ever: the loser waits. */
const replaced: GoAway = { type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 };

/**
 * Tells a superseded socket to go, and closes it even if it cannot be told.
 *
 * @returns whether it was there to hear it, as far as the gateway knows.
 */
export async function dismiss(
  deps: Pick<TellDeps, 'lifeLog' | 'peers'>,
  { connectionId, endpoint }: SocketAddress,
): Promise<boolean> {
  const socket = { connectionId, endpoint };
  let wasThere = false;
  await orNote(deps.lifeLog, 'hello.tell-replaced', async () => {
    wasThere = (await deps.peers.post(socket, replaced)) === 'delivered';
  });
  await orNote(deps.lifeLog, 'hello.close-replaced', async () => {
    await deps.peers.close(socket);
  });
  return wasThere;
}
