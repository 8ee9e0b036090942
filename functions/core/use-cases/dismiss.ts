import type { GoAway } from '../../../protocol/messages/token.ts';
import type { SocketAddress } from '../model/connection.ts';
import { orNote, type TellDeps } from './tell.ts';

/** Two devices with one identity must not fight for ever: the loser waits. */
const replaced: GoAway = { type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 };

/** Tells a superseded socket to go, and closes it even if it cannot be told. */
export async function dismiss(
  deps: Pick<TellDeps, 'lifeLog' | 'peers'>,
  { connectionId, endpoint }: SocketAddress,
): Promise<void> {
  const socket = { connectionId, endpoint };
  await orNote(deps.lifeLog, 'hello.tell-replaced', async () => {
    await deps.peers.post(socket, replaced);
  });
  await orNote(deps.lifeLog, 'hello.close-replaced', async () => {
    await deps.peers.close(socket);
  });
}
