import type { SessionKey } from '../../core/model/client-session.ts';
import type { ClientSessionStore } from '../../core/ports/client-session-store.ts';
import {
  fromClientSession,
  fromSocket,
  placeKey,
  sessionDue,
  socketAttributes,
  toClientSession,
  toSessionKey,
} from './client-session-row.ts';
import { queryDue } from './deadline.ts';
import { allOf, anyOf, type Expression, is, isAbsent, isAtMost, isBelow, isPresent } from './expression.ts';
import { unavailable } from './failure.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

/** Rounds in which a row was there at the write and gone at the read; more than one is not met in practice. */
const createRounds = 3;

export function dynamoDbClientSessionStore(access: TableAccess): ClientSessionStore {
  const table = dynamoDbTable(access);

  const inPlaceOf = async (key: SessionKey) => {
    const row = await table.get(placeKey(key));
    return row === undefined ? undefined : toClientSession(row);
  };

  const get: ClientSessionStore['get'] = async (key) => {
    const session = await inPlaceOf(key);
    return session?.sessionId === key.sessionId ? session : undefined;
  };

  const removeIf = async (key: SessionKey, ...onlyIf: readonly Expression[]) => {
    const row = await table.remove(placeKey(key), allOf(isThis(key), ...onlyIf));
    return row === undefined ? undefined : toClientSession(row);
  };

  return {
    get,

    async create(session) {
      for (let round = 0; round < createRounds; round++) {
        if (await table.insert(placeKey(session), fromClientSession(session)))
          return { created: true, session };
        const existing = await inPlaceOf(session);
        if (existing !== undefined) return { created: false, session: existing };
      }
      throw unavailable('SessionContended');
    },

    async listByRobot(robotId) {
      const rows = await table.query({ from: 'table', where: is('robotId', robotId) });
      return rows.map(toClientSession);
    },

    remove(key, onlyOn) {
      if (onlyOn === undefined) return removeIf(key);
      return removeIf(
        key,
        onlyOn === 'anyConnection' ? isPresent('connectionId') : is('connectionId', onlyOn),
      );
    },

    removeUnadopted: (key) => removeIf(key, isAbsent('isAdopted')),

    removeIfDue: (key, now) => removeIf(key, isAtMost('nextDeadlineAt', now)),

    async copyToken(key, { connectionId, tokenExpiresAt, nextDeadlineAt }) {
      const { written } = await table.update(placeKey(key), {
        changes: [{ set: { tokenExpiresAt, ...sessionDue(key, nextDeadlineAt) } }],
        onlyIf: allOf(
          isThis(key),
          is('connectionId', connectionId),
          isAtMost('tokenExpiresAt', tokenExpiresAt),
        ),
      });
      if (written) return true;
      // A later refresh of the same connection got here first: its copy is the newer one.
      const socket = (await get(key))?.socket;
      return socket?.connectionId === connectionId && socket.tokenExpiresAt >= tokenExpiresAt;
    },

    async suspend(key, { clientId, clientEpoch, resumeEndsAt }) {
      const { written } = await table.update(placeKey(key), {
        changes: [
          { set: { clientEpoch, resumeEndsAt, ...sessionDue(key, resumeEndsAt) }, remove: socketAttributes },
        ],
        onlyIf: allOf(
          isThis(key),
          isPresent('connectionId'),
          is('clientId', clientId),
          isAtMost('clientEpoch', clientEpoch),
        ),
      });
      return written;
    },

    async moveTo(key, { clientId, clientEpoch, socket, nextDeadlineAt, isAdopted }) {
      const result = await table.update(placeKey(key), {
        changes: [
          {
            set: { clientEpoch, ...fromSocket(socket), ...sessionDue(key, nextDeadlineAt) },
            remove: ['resumeEndsAt'],
          },
          ...(isAdopted === undefined ? [] : [{ set: { isAdopted } }]),
        ],
        onlyIf: allOf(
          isThis(key),
          is('clientId', clientId),
          anyOf(
            isBelow('clientEpoch', clientEpoch),
            allOf(is('clientEpoch', clientEpoch), isPresent('connectionId')),
          ),
        ),
        returning: 'ALL_NEW',
      });
      return result.written ? toClientSession(result.row) : undefined;
    },

    async noteReceived(key, { byRobot, byClient }) {
      if (byRobot === undefined && byClient === undefined) return;
      await table.update(placeKey(key), {
        changes: [
          ...(byRobot === undefined ? [] : [{ set: { receivedByRobot: byRobot } }]),
          ...(byClient === undefined ? [] : [{ set: { receivedByClient: byClient } }]),
        ],
        onlyIf: isThis(key),
      });
    },

    due: (of) => queryDue(table, { ...of, keyOf: toSessionKey }),
  };
}

/** The session itself, and not the next one in its place. */
function isThis({ sessionId }: SessionKey) {
  return is('sessionId', sessionId);
}
