import * as z from 'zod';
import type { SessionKey } from '../../core/model/client-session.ts';
import type { ClientDirectory } from '../../core/ports/client-directory.ts';
import { expiringAfter } from './deadline.ts';
import { clientKey, sessionMember, sessionOfMember } from './directory-keys.ts';
import { is, isPresent } from './expression.ts';
import { parseRow } from './parse-row.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

/** One row a client, its sessions a string set in it: DynamoDB has no empty set, so none is no attribute. */
const clientRow = z.object({ sessions: z.set(sessionOfMember).optional() });

export function dynamoDbClientDirectory(access: TableAccess): ClientDirectory {
  const table = dynamoDbTable(access);

  return {
    async enter({ clientId, connectionId, tokenExpiresAt }) {
      // No later refresh reaches this row. It need not: a connection lives for two hours, and the next enters again.
      await table.update(clientKey(clientId), {
        changes: [{ set: { connectionId, ...expiringAfter(tokenExpiresAt) } }],
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
      // Without the condition the update would create a row for a client that has left.
      await table.update(clientKey(clientId), {
        changes: [{ exclude: { sessions: new Set([sessionMember(session)]) } }],
        onlyIf: isPresent('connectionId'),
      });
    },

    async leave(clientId, connectionId) {
      return sessionsIn(await table.remove(clientKey(clientId), is('connectionId', connectionId)));
    },
  };
}

function sessionsIn(row: unknown): readonly SessionKey[] {
  if (row === undefined) return [];
  return [...(parseRow(clientRow, row).sessions ?? [])];
}
