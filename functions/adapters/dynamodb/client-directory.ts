import * as z from 'zod/mini';
import { connectionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../../core/model/client-session.ts';
import type { Arrival, ClientDirectory, Detached, Rejoined } from '../../core/ports/client-directory.ts';
import { expiringAfter } from './deadline.ts';
import { clientKey, sessionMember, sessionOfMember } from './directory-keys.ts';
import { allOf, anyOf, is, isAbove, isAbsent, isNot, isPresent, kept, raised } from './expression.ts';
import { unavailable } from './failure.ts';
import { parseRow } from './parse-row.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

/**
 * One row a client, its sessions a string set in it: DynamoDB has no empty set, so none is no attribute.
 * It names the connection that the client is on, or the one that it was detached from; never both.
 */
const clientRow = z.object({
  epoch: z.number(),
  connectionId: z.exactOptional(connectionId),
  resumeEndsAt: z.exactOptional(z.number()),
  keyHash: z.string(),
  previousKeyHash: z.string(),
  /** Until a take-over has been told: the connection that the client was on, or `nowhere`. */
  arrivedFrom: z.exactOptional(z.string()),
  cameBack: z.optional(z.boolean()),
  sessions: z.optional(z.set(sessionOfMember)),
});

const nowhere = '-';

/** Times that the row may change between the read and the write: a `hello` that is sent twice at once. */
const rejoinRounds = 3;

const hasKey = (hash: string) => anyOf(is('keyHash', hash), is('previousKeyHash', hash));

export function dynamoDbClientDirectory(access: TableAccess): ClientDirectory {
  const table = dynamoDbTable(access);

  return {
    async enter({ clientId, principalId, connectionId, keyHash, tokenExpiresAt }) {
      // No later refresh reaches this row. It need not: a connection lives for two hours, and the next enters again.
      const { written } = await table.update(clientKey(clientId), {
        changes: [
          { set: { connectionId, principalId, keyHash, ...expiringAfter(tokenExpiresAt) } },
          { compute: { epoch: kept('epoch', 1), previousKeyHash: kept('keyHash', keyHash) } },
        ],
        // A `hello` that comes late must not bring back what the end of its own connection has detached,
        // nor take a client from a connection that it has moved to.
        onlyIf: anyOf(
          is('connectionId', connectionId),
          allOf(isAbsent('connectionId'), isAbsent('detachedFrom')),
        ),
      });
      return written;
    },

    async takeOver(clientId, by) {
      const { connectionId, keyHash, presentedHash, tokenExpiresAt } = by;
      const result = await table.update(clientKey(clientId), {
        changes: [
          {
            set: {
              connectionId,
              keyHash,
              previousKeyHash: presentedHash,
              cameBack: true,
              ...expiringAfter(tokenExpiresAt),
            },
            compute: { epoch: raised('epoch'), arrivedFrom: kept('connectionId', nowhere) },
            remove: ['detachedFrom', 'resumeEndsAt'],
          },
        ],
        onlyIf: allOf(
          isNot('connectionId', connectionId),
          is('principalId', by.principalId),
          hasKey(presentedHash),
          anyOf(isPresent('connectionId'), isAbove('resumeEndsAt', by.now)),
        ),
        returning: 'ALL_OLD',
      });
      if (!result.written) return undefined;
      const before = parseRow(clientRow, result.row);
      return {
        epoch: before.epoch + 1,
        sessions: [...(before.sessions ?? [])],
        previous: {
          keyHashes: [before.keyHash, before.previousKeyHash],
          ...(before.connectionId !== undefined && { connectionId: before.connectionId }),
          ...(before.resumeEndsAt !== undefined && { resumeEndsAt: before.resumeEndsAt }),
          ...(before.arrivedFrom !== undefined && { arrival: toArrival(before.arrivedFrom) }),
        },
      };
    },

    async rejoin(clientId, { connectionId, keyHash, presentedHash }) {
      for (let round = 0; round < rejoinRounds; round++) {
        const row = await table.get(clientKey(clientId));
        const client = row === undefined ? undefined : parseRow(clientRow, row);
        if (client?.connectionId !== connectionId) return undefined;
        const { epoch, keyHash: last, previousKeyHash: beforeLast } = client;
        const isPresented = presentedHash !== undefined && [last, beforeLast].includes(presentedHash);
        const result = await table.update(clientKey(clientId), {
          changes: [
            { set: { keyHash, previousKeyHash: isPresented ? presentedHash : last } },
            client.arrivedFrom === undefined ? {} : { compute: { epoch: raised('epoch') } },
          ],
          onlyIf: allOf(is('connectionId', connectionId), is('epoch', epoch), is('keyHash', last)),
          returning: 'ALL_NEW',
        });
        if (result.written) return toRejoined(result.row);
      }
      throw unavailable('ClientContended');
    },

    async settle(clientId, connectionId) {
      const { written } = await table.update(clientKey(clientId), {
        changes: [{ remove: ['arrivedFrom'] }],
        onlyIf: is('connectionId', connectionId),
      });
      return written;
    },

    async giveBack(clientId, { epoch, previous, from }) {
      const { connectionId, resumeEndsAt, keyHashes } = previous;
      const [keyHash, previousKeyHash] = keyHashes;
      const place =
        connectionId === undefined
          ? { set: { detachedFrom: from, resumeEndsAt }, remove: ['connectionId'] }
          : { set: { connectionId }, remove: ['detachedFrom', 'resumeEndsAt'] };
      const { written } = await table.update(clientKey(clientId), {
        changes: [
          place,
          {
            set: { keyHash, previousKeyHash },
            compute: { epoch: raised('epoch') },
            remove: ['arrivedFrom'],
          },
        ],
        onlyIf: is('epoch', epoch),
      });
      return written;
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

    async removeSession(clientId, session, onlyIf) {
      // Without the condition the update would create a row for a client that has left. Of a detached one it is taken out, too.
      await table.update(clientKey(clientId), {
        changes: [{ exclude: { sessions: new Set([sessionMember(session)]) } }],
        onlyIf: onlyIf === undefined ? isPresent('pk') : allOf(isPresent('pk'), isAbsent('connectionId')),
      });
    },

    async detach(clientId, { connectionId, resumeEndsAt }) {
      const result = await table.update(clientKey(clientId), {
        changes: [
          {
            set: { detachedFrom: connectionId, ...expiringAfter(resumeEndsAt) },
            // Repeated, the window does not begin anew.
            compute: { resumeEndsAt: kept('resumeEndsAt', resumeEndsAt) },
            remove: ['connectionId'],
          },
        ],
        onlyIf: anyOf(is('connectionId', connectionId), is('detachedFrom', connectionId)),
        returning: 'ALL_NEW',
      });
      return result.written ? toDetached(result.row) : undefined;
    },

    async remove(clientId, connectionId) {
      await table.remove(clientKey(clientId), is('detachedFrom', connectionId));
    },

    async removeIfIdle(clientId) {
      await table.remove(clientKey(clientId), allOf(isAbsent('connectionId'), isAbsent('sessions')));
    },
  };
}

function toDetached(row: unknown): Detached {
  const { epoch, sessions } = parseRow(clientRow, row);
  return { epoch, sessions: [...(sessions ?? [])] };
}

function toRejoined(row: unknown): Rejoined {
  const { arrivedFrom, cameBack = false } = parseRow(clientRow, row);
  const rejoined = { ...toDetached(row), resumed: cameBack };
  if (arrivedFrom === undefined) return rejoined;
  return { ...rejoined, arrival: toArrival(arrivedFrom) };
}

function toArrival(arrivedFrom: string): Arrival {
  return arrivedFrom === nowhere ? {} : { replaced: connectionId.parse(arrivedFrom) };
}

function sessionsIn(row: unknown): readonly SessionKey[] {
  if (row === undefined) return [];
  return [...(parseRow(clientRow, row).sessions ?? [])];
}
