import * as z from 'zod/mini';
import { clientId, connectionId, robotId, sessionId } from '../../../protocol/ids.ts';
import { sessionMode } from '../../../protocol/messages/session-words.ts';
import { type ClientSession, placeOf, type SessionKey } from '../../core/model/client-session.ts';
import type { SocketCopy } from '../../core/model/connection.ts';
import { dueAt, expiringAfter } from './deadline.ts';
import { parseRow } from './parse-row.ts';

const sessionKey = z.object({ robotId, sessionId });

/** The table's key. What stands under it may be another session than this one. */
export function placeKey({ robotId, sessionId }: SessionKey) {
  return { robotId, place: placeOf(sessionId) };
}

/** Attributes that are there while the client is: a socket, or the end of the window in its place. */
export const socketAttributes = ['connectionId', 'endpoint', 'tokenExpiresAt'];

const common = z.extend(sessionKey, {
  clientId,
  clientEpoch: z.number(),
  mode: sessionMode,
  receivedByRobot: z.number(),
  receivedByClient: z.number(),
  isAdopted: z.optional(z.literal(true)),
  openedAt: z.number(),
  nextDeadlineAt: z.number(),
});

const clientSessionRow = z.union([
  z.extend(common, { connectionId, endpoint: z.string(), tokenExpiresAt: z.number() }),
  z.extend(common, { resumeEndsAt: z.number() }),
]);

export function toClientSession(row: unknown): ClientSession {
  const parsed = parseRow(clientSessionRow, row);
  const { robotId, sessionId, clientId, clientEpoch, mode, openedAt, nextDeadlineAt } = parsed;
  const received = { byRobot: parsed.receivedByRobot, byClient: parsed.receivedByClient };
  const shared = {
    ...{ robotId, sessionId, clientId, clientEpoch, mode, received, openedAt, nextDeadlineAt },
    ...(parsed.isAdopted === true && { isAdopted: true as const }),
  };
  if ('resumeEndsAt' in parsed) return { ...shared, resumeEndsAt: parsed.resumeEndsAt };
  const { connectionId, endpoint, tokenExpiresAt } = parsed;
  return { ...shared, socket: { connectionId, endpoint, tokenExpiresAt } };
}

export function fromClientSession(session: ClientSession) {
  const { clientId, clientEpoch, socket, resumeEndsAt, mode, received, isAdopted, openedAt } = session;
  return {
    sessionId: session.sessionId,
    clientId,
    clientEpoch,
    ...(socket !== undefined && fromSocket(socket)),
    resumeEndsAt,
    mode,
    receivedByRobot: received.byRobot,
    receivedByClient: received.byClient,
    isAdopted,
    openedAt,
    ...sessionDue(session, session.nextDeadlineAt),
  };
}

export function fromSocket({ connectionId, endpoint, tokenExpiresAt }: SocketCopy) {
  return { connectionId, endpoint, tokenExpiresAt };
}

export function sessionDue({ robotId, sessionId }: SessionKey, nextDeadlineAt: number) {
  return { ...dueAt(`${sessionId}#${robotId}`, nextDeadlineAt), ...expiringAfter(nextDeadlineAt) };
}

export function toSessionKey(row: unknown): SessionKey {
  return parseRow(sessionKey, row);
}
