import type { ConnectionId } from '../../../protocol/ids.ts';
import type { Connection } from '../../core/model/connection.ts';
import type { ConnectionStore } from '../../core/ports/connection-store.ts';
import { shardOf } from '../dynamodb/deadline.ts';
import { called, dueIn, type MemoryState } from './memory-state.ts';

export function memoryConnectionStore({ connections }: MemoryState): ConnectionStore {
  const replace = (connection: Connection) => connections.set(connection.connectionId, connection);
  const notClosing = (connectionId: ConnectionId) => {
    const connection = connections.get(connectionId);
    return connection?.state === 'closing' ? undefined : connection;
  };

  return {
    create: (connection) =>
      called(() => {
        if (!connections.has(connection.connectionId)) replace(connection);
      }),

    get: (connectionId) => called(() => connections.get(connectionId)),

    markReady: (connectionId, { clientId, nextDeadlineAt }) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection === undefined) return false;
        const { clientId: _, ...rest } = connection;
        replace({ ...rest, state: 'ready', nextDeadlineAt, ...(clientId !== undefined && { clientId }) });
        return true;
      }),

    unmarkReady: (connectionId, { nextDeadlineAt }) =>
      called(() => {
        const connection = connections.get(connectionId);
        if (connection?.state !== 'ready') return;
        const { clientId: _, ...rest } = connection;
        replace({ ...rest, state: 'connected', nextDeadlineAt });
      }),

    refresh: (connectionId, { token, groups, nextDeadlineAt }) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection === undefined) return 'gone';
        if (token.expiresAt < connection.token.expiresAt) return 'not_newer';
        replace({ ...connection, token, nextDeadlineAt, identity: { ...connection.identity, groups } });
        return 'refreshed';
      }),

    beginClosing: (connectionId, { now, retryAt }) =>
      called(() => {
        const connection = connections.get(connectionId);
        if (connection === undefined || connection.nextDeadlineAt > now) return false;
        replace({ ...connection, state: 'closing', nextDeadlineAt: retryAt });
        return true;
      }),

    markClosing: (connectionId, { retryAt }) =>
      called(() => {
        const connection = notClosing(connectionId);
        if (connection === undefined) return undefined;
        const closing = { ...connection, state: 'closing', nextDeadlineAt: retryAt } as const;
        replace(closing);
        return closing;
      }),

    remove: (connectionId) =>
      called(() => {
        const connection = connections.get(connectionId);
        connections.delete(connectionId);
        return connection;
      }),

    due: (of) =>
      called(() =>
        dueIn(
          connections.values(),
          {
            shardOf: ({ connectionId }) => shardOf(connectionId),
            deadlineOf: ({ nextDeadlineAt }) => nextDeadlineAt,
          },
          of,
        ).map(({ connectionId }) => connectionId),
      ),
  };
}
