import * as z from 'zod';
import type { SessionKey } from '../../core/model/client-session.ts';
import type { ClientDirectory } from '../../core/ports/client-directory.ts';
import { expiringAfter } from './deadline.ts';
import { clientKey, sessionMember, sessionOfMember } from './directory-keys.ts';
import { anyOf, is, isAbsent, isNot, isPresent } from './expression.ts';
import { parseRow } from './parse-row.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

/**
 * One row a client, its sessions a string set in it: DynamoDB has no empty set, so none is no attribute.
 * It names the connection that the client is on, or the one that it was detached from; never both.
 */
const clientRow = z.object({ sessions: z.set(sessionOfMember).optional() });

export function dynamoDbClientDirectory(access: TableAccess): ClientDirectory {
  const table = dynamoDbTable(access);

  return {
    async enter({ clientId, connectionId, tokenExpiresAt }) {
      // No later refresh reaches this row. It need not: a connection lives for two hours, and the next enters again.
      await table.update(clientKey(clientId), {
        changes: [{ set: { connectionId, ...expiringAfter(tokenExpiresAt) }, remove: ['detachedFrom'] }],
        // A `hello` that comes late must not bring back what the end of its own connection has detached.
        onlyIf: anyOf(isAbsent('detachedFrom'), isNot('detachedFrom', connectionId)),
      });
    },

    async sessionsOf(clientId) {
      return sessionsIn(await table.get(clientKey(clientId)));
    },

    async addSession(clientId, { connectionId, session }) {
      const { written } = await table.update(clientKey(clientId), {
        changes: [{ include: { sessions: new Set([sessionMember(session)]) } }],
        onlyIf: is('connectionId', connectionId),
      });
      return written;
    },

    async removeSession(clientId, session) {
      // Without the condition the update would create a row for a client that has left. Of a detached one it is taken out, too.
      await table.update(clientKey(clientId), {
        changes: [{ exclude: { sessions: new Set([sessionMember(session)]) } }],
        onlyIf: isPresent('pk'),
      });
    },

    async detach(clientId, connectionId) {
      const result = await table.update(clientKey(clientId), {
        changes: [{ set: { detachedFrom: connectionId }, remove: ['connectionId'] }],
        onlyIf: anyOf(is('connectionId', connectionId), is('detachedFrom', connectionId)),
        returning: 'ALL_NEW',
      });
      return result.written ? sessionsIn(result.row) : [];
    },

    async remove(clientId, connectionId) {
      await table.remove(clientKey(clientId), is('detachedFrom', connectionId));
    },
  };
}

function sessionsIn(row: unknown): readonly SessionKey[] {
  if (row === undefined) return [];
  return [...(parseRow(clientRow, row).sessions ?? [])];
}
