import type { ConnectionId } from '../../../protocol/ids.ts';
import type { Connection } from '../../core/model/connection.ts';
import type { ConnectionStore, Seen } from '../../core/ports/connection-store.ts';
import { shardOf } from '../dynamodb/deadline.ts';
import { called, dueIn, type MemoryState } from './memory-state.ts';

export function memoryConnectionStore({ connections }: MemoryState): ConnectionStore {
  const replace = (connection: Connection) => connections.set(connection.connectionId, connection);
  const notClosing = (connectionId: ConnectionId) => {
    const connection = connections.get(connectionId);
    return connection?.state === 'closing' ? undefined : connection;
  };

  const asSeen = ({ connectionId, refreshes, state }: Seen) => {
    const connection = connections.get(connectionId);
    const isUnchanged = connection?.state === state && connection.refreshes === refreshes;
    return isUnchanged ? connection : undefined;
  };

  return {
    create: (connection) =>
      called(() => {
        if (!connections.has(connection.connectionId)) replace(connection);
      }),

    get: (connectionId) => called(() => connections.get(connectionId)),

    noteReturning: (connectionId, returningAs) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection !== undefined) replace({ ...connection, returningAs });
        return connection !== undefined;
      }),

    markReady: (connectionId, { client, nextDeadlineAt }) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection === undefined) return false;
        const { client: _, ...rest } = connection;
        replace({ ...rest, state: 'ready', nextDeadlineAt, ...(client !== undefined && { client }) });
        return true;
      }),

    setWatching: (connectionId, watching) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection !== undefined) replace({ ...connection, watching });
        return connection !== undefined;
      }),

    unmarkReady: (connectionId, { nextDeadlineAt, epoch }) =>
      called(() => {
        const connection = connections.get(connectionId);
        if (connection?.state !== 'ready') return;
        if (epoch !== undefined && connection.client?.epoch !== epoch) return;
        const { client: _, ...rest } = connection;
        replace({ ...rest, state: 'connected', nextDeadlineAt });
      }),

    refresh: (connectionId, { token, groups, state, nextDeadlineAt }) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection === undefined) return 'gone';
        if (token.expiresAt < connection.token.expiresAt) return 'not_newer';
        if (state !== undefined && connection.state !== state) return 'changed';
        const { restsUntil: _, ...rested } = connection;
        replace({
          ...rested,
          token,
          nextDeadlineAt,
          refreshes: connection.refreshes + 1,
          identity: { ...connection.identity, groups },
        });
        return 'refreshed';
      }),

    rest: (seen, { now, until }) =>
      called(() => {
        const connection = asSeen(seen);
        if (connection === undefined || connection.nextDeadlineAt > now) return false;
        if (connection.restsUntil !== undefined && connection.restsUntil > now) return false;
        replace({ ...connection, restsUntil: until });
        return true;
      }),

    putOff: (seen, { now, until }) =>
      called(() => {
        const connection = asSeen(seen);
        if (connection === undefined || connection.nextDeadlineAt > now) return false;
        replace({ ...connection, nextDeadlineAt: until });
        return true;
      }),

    settle: (seen, { settledUntil, nextDeadlineAt }) =>
      called(() => {
        const unchanged = asSeen(seen);
        const connection = unchanged ?? connections.get(seen.connectionId);
        if (connection === undefined || connection.settledUntil > settledUntil) return;
        const { restsUntil: _, ...rested } = connection;
        replace({ ...rested, settledUntil, ...(unchanged !== undefined && { nextDeadlineAt }) });
      }),

    beginClosing: (seen, { now, retryAt, how }) =>
      called(() => {
        const connection = asSeen(seen);
        if (connection === undefined || connection.nextDeadlineAt > now) return false;
        replace({
          ...connection,
          state: 'closing',
          endsAs: connection.endsAs ?? how,
          nextDeadlineAt: retryAt,
        });
        return true;
      }),

    markClosing: (connectionId, { retryAt, how, refreshes }) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection === undefined) return undefined;
        if (refreshes !== undefined && connection.refreshes !== refreshes) return undefined;
        const { nextDeadlineAt } = connection;
        const due = { nextDeadlineAt: retryAt ?? nextDeadlineAt };
        const closing = { ...connection, state: 'closing', endsAs: how, ...due } as const;
        replace(closing);
        return closing;
      }),

    remove: (connectionId) =>
      called(() => {
        const connection = connections.get(connectionId);
        connections.delete(connectionId);
        return connection;
      }),

    listByPrincipal: (principalId) =>
      called(() =>
        [...connections.values()]
          .filter(({ identity }) => identity.principalId === principalId)
          .map(({ connectionId }) => connectionId),
      ),

    due: (of) =>
      called(() =>
        dueIn(
          connections.values(),
          {
            keyOf: ({ connectionId }) => connectionId,
            shardOf: ({ connectionId }) => shardOf(connectionId),
            deadlineOf: ({ nextDeadlineAt }) => nextDeadlineAt,
          },
          of,
        ),
      ),
  };
}
