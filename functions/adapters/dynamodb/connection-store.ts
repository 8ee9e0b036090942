import type { ConnectionStore, Seen } from '../../core/ports/connection-store.ts';
import { tableShapes } from '../../table-shapes.ts';
import {
  connectionDue,
  fromConnection,
  fromTokenLife,
  toConnection,
  toConnectionId,
} from './connection-row.ts';
import { queryDue } from './deadline.ts';
import { allOf, anyOf, is, isAbsent, isAtMost, isNot, isPresent, kept, raised } from './expression.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

const isThere = isPresent('connectionId');
/** `<>` is true of a missing attribute as well, hence both. */
const isNotClosing = allOf(isThere, isNot('state', 'closing'));

const isAsSeen = ({ state, refreshes }: Seen) => allOf(is('state', state), is('refreshes', refreshes));

const byPrincipal = tableShapes.connections.indexes[1].name;

export function dynamoDbConnectionStore(access: TableAccess): ConnectionStore {
  const table = dynamoDbTable(access);

  const get: ConnectionStore['get'] = async (connectionId) => {
    const row = await table.get({ connectionId });
    return row === undefined ? undefined : toConnection(row);
  };

  return {
    get,

    async create(connection) {
      // A repeated create (it is tried again when an answer is lost) must not undo what came after the first.
      await table.insert({ connectionId: connection.connectionId }, fromConnection(connection));
    },

    async markReady(connectionId, { client, nextDeadlineAt }) {
      const { written } = await table.update(
        { connectionId },
        {
          changes: [
            {
              set: {
                state: 'ready',
                clientId: client?.clientId,
                clientEpoch: client?.epoch,
                ...connectionDue(connectionId, nextDeadlineAt),
              },
            },
          ],
          onlyIf: isNotClosing,
        },
      );
      return written;
    },

    async unmarkReady(connectionId, { nextDeadlineAt, epoch }) {
      const isReady = is('state', 'ready');
      await table.update(
        { connectionId },
        {
          changes: [
            {
              set: { state: 'connected', ...connectionDue(connectionId, nextDeadlineAt) },
              remove: ['clientId', 'clientEpoch'],
            },
          ],
          onlyIf: epoch === undefined ? isReady : allOf(isReady, is('clientEpoch', epoch)),
        },
      );
    },

    async noteReturning(connectionId, returningAs) {
      const { written } = await table.update(
        { connectionId },
        { changes: [{ set: { returningAs } }], onlyIf: isNotClosing },
      );
      return written;
    },

    async setWatching(connectionId, watching) {
      const { written } = await table.update(
        { connectionId },
        { changes: [{ set: { watching } }], onlyIf: isNotClosing },
      );
      return written;
    },

    async refresh(connectionId, { token, groups, state, nextDeadlineAt }) {
      const { written } = await table.update(
        { connectionId },
        {
          changes: [
            { set: { ...fromTokenLife(token), groups, ...connectionDue(connectionId, nextDeadlineAt) } },
            { compute: { refreshes: raised('refreshes') }, remove: ['restsUntil'] },
          ],
          onlyIf: allOf(
            state === undefined ? isNotClosing : is('state', state),
            isAtMost('tokenExpiresAt', token.expiresAt),
          ),
        },
      );
      if (written) return 'refreshed';
      // Which half failed is asked afterwards: not every DynamoDB tells with the failure. Neither «gone»
      // nor «closing» nor a later end has a way back, so the later answer is still right.
      const current = await get(connectionId);
      if (current === undefined || current.state === 'closing') return 'gone';
      return current.token.expiresAt > token.expiresAt ? 'not_newer' : 'changed';
    },

    async rest(seen, { now, until }) {
      const { connectionId } = seen;
      const { written } = await table.update(
        { connectionId },
        {
          changes: [{ set: { restsUntil: until } }],
          onlyIf: allOf(
            isAsSeen(seen),
            isAtMost('nextDeadlineAt', now),
            anyOf(isAbsent('restsUntil'), isAtMost('restsUntil', now)),
          ),
        },
      );
      return written;
    },

    async putOff(seen, { now, until }) {
      const { connectionId } = seen;
      const { written } = await table.update(
        { connectionId },
        {
          changes: [{ set: connectionDue(connectionId, until) }],
          onlyIf: allOf(isAsSeen(seen), isAtMost('nextDeadlineAt', now)),
        },
      );
      return written;
    },

    async settle(seen, { settledUntil, nextDeadlineAt }) {
      const { connectionId } = seen;
      const { written } = await table.update(
        { connectionId },
        {
          changes: [
            { set: { settledUntil, ...connectionDue(connectionId, nextDeadlineAt) }, remove: ['restsUntil'] },
          ],
          onlyIf: allOf(isAsSeen(seen), isAtMost('settledUntil', settledUntil)),
        },
      );
      if (written) return;
      await table.update(
        { connectionId },
        {
          changes: [{ set: { settledUntil }, remove: ['restsUntil'] }],
          onlyIf: allOf(isThere, isAtMost('settledUntil', settledUntil)),
        },
      );
    },

    async beginClosing(seen, { now, retryAt, how }) {
      const { connectionId } = seen;
      const { written } = await table.update(
        { connectionId },
        {
          changes: [
            { set: { state: 'closing', ...connectionDue(connectionId, retryAt) } },
            { compute: { endsAs: kept('endsAs', how) } },
          ],
          onlyIf: allOf(isAsSeen(seen), isAtMost('nextDeadlineAt', now)),
        },
      );
      return written;
    },

    async markClosing(connectionId, { retryAt, how, refreshes }) {
      const result = await table.update(
        { connectionId },
        {
          changes: [
            { set: { state: 'closing', endsAs: how } },
            retryAt === undefined ? {} : { set: connectionDue(connectionId, retryAt) },
          ],
          onlyIf: refreshes === undefined ? isNotClosing : allOf(isNotClosing, is('refreshes', refreshes)),
          returning: 'ALL_NEW',
        },
      );
      return result.written ? toConnection(result.row) : undefined;
    },

    async remove(connectionId) {
      const row = await table.remove({ connectionId });
      return row === undefined ? undefined : toConnection(row);
    },

    async listByPrincipal(principalId) {
      const rows = await table.query({ from: { index: byPrincipal }, where: is('principalId', principalId) });
      return rows.map(toConnectionId);
    },

    due: (of) => queryDue(table, { ...of, keyOf: toConnectionId }),
  };
}
