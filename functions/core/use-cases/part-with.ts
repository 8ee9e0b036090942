import type { ServerMessage } from '../../../protocol/messages.ts';
import type { Connection, HowEnded } from '../model/connection.ts';
import { isSurelyGone } from '../model/connection-deadline.ts';
import { type EndConnectionDeps, endWhatHungOn, forget, retryMs } from './end-connection.ts';

/**
 * Closes a connection for the token that it has: marks it, says why, closes the socket, ends what
 * hung on it. Without effect when it has another token by now, or when somebody else is about it.
 *
 * @returns whether this call closed it.
 */
export async function closeForToken(
  deps: EndConnectionDeps,
  { connectionId, refreshes }: Connection,
  how: HowEnded,
): Promise<boolean> {
  const retryAt = deps.clock.now() + retryMs;
  const closing = await deps.connections.markClosing(connectionId, { retryAt, how, refreshes });
  if (closing === undefined) return false;
  await partWith(deps, closing, how);
  return true;
}

/**
 * The part after the mark. May be repeated by whoever finds the row still `closing`. A socket that
 * cannot be told or closed now is tried again; what hung on it ends now all the same, or signals would
 * be passed on for somebody who may not have them any more. Once the gateway must have cut it, it is
 * over: its endpoint may be no more.
 */
export async function partWith(
  deps: EndConnectionDeps,
  connection: Connection,
  how: HowEnded,
): Promise<void> {
  const failure = await sayAndClose(deps, connection, how).then(
    () => undefined,
    (thrown: unknown) => ({ thrown }),
  );
  await endWhatHungOn(deps, connection, how);
  if (failure !== undefined && !isSurelyGone(connection, deps.clock.now())) throw failure.thrown;
  await forget(deps, connection, how);
}

async function sayAndClose(
  { peers }: EndConnectionDeps,
  connection: Connection,
  how: HowEnded,
): Promise<void> {
  const parting = partingWord(how);
  if (parting !== undefined) await peers.post(connection, parting);
  await peers.close(connection);
}

function partingWord(how: HowEnded): ServerMessage | undefined {
  switch (how) {
    case 'expired':
      return { type: 'goAway', code: 'token_expired', reconnect: true };
    case 'revoked':
      return { type: 'goAway', code: 'revoked', reconnect: false };
    case 'regrouped':
      return { type: 'goAway', code: 'revoked', reconnect: true };
    case 'no_hello':
      return {
        type: 'error',
        code: 'hello_required',
        message: 'No hello came in time, so the connection is closed; say hello right after connecting.',
        retryable: false,
      };
    case 'disconnect':
    case 'gone':
    case 'bye':
      return undefined;
  }
}
