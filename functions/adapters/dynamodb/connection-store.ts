import type { ConnectionStore } from '../../core/ports/connection-store.ts';
import {
  connectionDue,
  fromConnection,
  fromTokenLife,
  toConnection,
  toConnectionId,
} from './connection-row.ts';
import { queryDue } from './deadline.ts';
import { allOf, is, isAtMost, isNot, isPresent } from './expression.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

const isThere = isPresent('connectionId');
/** `<>` is true of a missing attribute as well, hence both. */
const isNotClosing = allOf(isThere, isNot('state', 'closing'));

export function dynamoDbConnectionStore(access: TableAccess): ConnectionStore {
  const table = dynamoDbTable(access);

  const get: ConnectionStore['get'] = async (connectionId) => {
    const row = await table.get({ connectionId });
    return row === undefined ? undefined : toConnection(row);
  };

  return {
    get,

    async create(connection) {
      // A repeated create (the SDK retries when an answer is lost) must not undo what came after the first.
      await table.insert({ connectionId: connection.connectionId }, fromConnection(connection));
    },

    async markReady(connectionId, { clientId, nextDeadlineAt }) {
      const { written } = await table.update(
        { connectionId },
        {
          changes: [{ set: { state: 'ready', clientId, ...connectionDue(connectionId, nextDeadlineAt) } }],
          onlyIf: isNotClosing,
        },
      );
      return written;
    },

    async unmarkReady(connectionId, { nextDeadlineAt }) {
      await table.update(
        { connectionId },
        {
          changes: [
            {
              set: { state: 'connected', ...connectionDue(connectionId, nextDeadlineAt) },
              remove: ['clientId'],
            },
          ],
          onlyIf: is('state', 'ready'),
        },
      );
    },

    async refresh(connectionId, { token, groups, nextDeadlineAt }) {
      const { written } = await table.update(
        { connectionId },
        {
          changes: [
            { set: { ...fromTokenLife(token), groups, ...connectionDue(connectionId, nextDeadlineAt) } },
          ],
          onlyIf: allOf(isNotClosing, isAtMost('tokenExpiresAt', token.expiresAt)),
        },
      );
      if (written) return 'refreshed';
      // Which half failed is asked afterwards: not every DynamoDB tells with the failure, and neither
      // «gone» nor «closing» has a way back, so the later answer is still right.
      const current = await get(connectionId);
      return current === undefined || current.state === 'closing' ? 'gone' : 'not_newer';
    },

    async beginClosing(connectionId, { now, retryAt }) {
      const { written } = await table.update(
        { connectionId },
        {
          changes: [{ set: { state: 'closing', ...connectionDue(connectionId, retryAt) } }],
          onlyIf: allOf(isThere, isAtMost('nextDeadlineAt', now)),
        },
      );
      return written;
    },

    async markClosing(connectionId, { retryAt }) {
      const result = await table.update(
        { connectionId },
        {
          changes: [{ set: { state: 'closing', ...connectionDue(connectionId, retryAt) } }],
          onlyIf: isNotClosing,
          returning: 'ALL_NEW',
        },
      );
      return result.written ? toConnection(result.row) : undefined;
    },

    async remove(connectionId) {
      const row = await table.remove({ connectionId });
      return row === undefined ? undefined : toConnection(row);
    },

    async due(of) {
      return (await queryDue(table, of)).map(toConnectionId);
    },
  };
}
