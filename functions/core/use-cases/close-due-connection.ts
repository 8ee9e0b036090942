import type { ConnectionId } from '../../../protocol/ids.ts';
import type { ServerMessage } from '../../../protocol/messages.ts';
import { type Connection, connectionDeadline, isExpired } from '../model/connection.ts';
import {
  type ConnectionEnd,
  closingRetryMs,
  type EndConnectionDeps,
  endConnection,
} from './end-connection.ts';

/**
 * Closes a connection whose deadline is due: no `hello` in time, or not refreshed within the grace
 * (I1). The conditional write decides against a refresh or a `hello` that comes at the same moment
 * (I2, I6); after it, every step may be repeated by a later run.
 *
 * @returns whether it was closed.
 */
export async function closeDueConnection(
  deps: EndConnectionDeps,
  connectionId: ConnectionId,
  now: number,
): Promise<boolean> {
  const connection = await deps.connections.get(connectionId);
  if (connection === undefined) return false;
  if (await wasPostponed(deps, connection, now)) return false;
  if (!(await deps.connections.beginClosing(connectionId, { now, retryAt: now + closingRetryMs })))
    return false;

  const end = endOf(connection, now);
  const parting = partingWord(end.how);
  // A gone socket is what we want; one that cannot be reached now stays `closing` and is tried again.
  if (parting !== undefined) await deps.peers.post(connection, parting);
  await deps.peers.close(connection);
  await endConnection(deps, connection, end);
  return true;
}

/**
 * A `hello` and a refresh at the same moment can leave the deadline of the shorter life on the row of
 * the longer one. What the row itself says of its life decides; the deadline is put right.
 */
async function wasPostponed(deps: EndConnectionDeps, connection: Connection, now: number): Promise<boolean> {
  const nextDeadlineAt = connectionDeadline(deps.policy, connection);
  if (connection.state === 'closing' || nextDeadlineAt <= now) return false;
  const { token, identity } = connection;
  await deps.connections.refresh(connection.connectionId, { token, groups: identity.groups, nextDeadlineAt });
  return true;
}

function endOf(connection: Connection, now: number): ConnectionEnd {
  if (isExpired(connection.token.expiresAt, now)) return { how: 'expired', reason: 'expired' };
  if (connection.state === 'connected') return { how: 'no_hello', reason: 'closed' };
  return { how: 'disconnect', reason: 'closed' };
}

function partingWord(how: ConnectionEnd['how']): ServerMessage | undefined {
  switch (how) {
    case 'expired':
      return { type: 'goAway', code: 'token_expired', reconnect: true };
    case 'no_hello':
      return {
        type: 'error',
        code: 'hello_required',
        message: 'No hello came in time, so the connection is closed; say hello right after connecting.',
        retryable: false,
      };
    case 'disconnect':
    case 'bye':
      return undefined;
  }
}
