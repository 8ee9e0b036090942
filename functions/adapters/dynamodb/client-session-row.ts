import * as z from 'zod';
import { clientId, connectionId, robotId, sessionId } from '../../../protocol/ids.ts';
import { sessionMode } from '../../../protocol/messages/session.ts';
import type { ClientSession, SessionKey } from '../../core/model/client-session.ts';
import { dueAt, expiringAfter } from './deadline.ts';
import { parseRow } from './parse-row.ts';

const sessionKey = z.object({ robotId, sessionId });

const clientSessionRow = sessionKey.extend({
  clientId,
  connectionId,
  endpoint: z.string(),
  tokenExpiresAt: z.number(),
  mode: sessionMode,
  openedAt: z.number(),
  nextDeadlineAt: z.number(),
});

export function toClientSession(row: unknown): ClientSession {
  const { connectionId, endpoint, tokenExpiresAt, ...session } = parseRow(clientSessionRow, row);
  return { ...session, socket: { connectionId, endpoint, tokenExpiresAt } };
}

export function fromClientSession(session: ClientSession) {
  const { clientId, socket, mode, openedAt, nextDeadlineAt } = session;
  const { connectionId, endpoint, tokenExpiresAt } = socket;
  return {
    clientId,
    connectionId,
    endpoint,
    tokenExpiresAt,
    mode,
    openedAt,
    ...sessionDue(session, nextDeadlineAt),
  };
}

export function sessionDue({ robotId, sessionId }: SessionKey, nextDeadlineAt: number) {
  return { ...dueAt(`${sessionId}#${robotId}`, nextDeadlineAt), ...expiringAfter(nextDeadlineAt) };
}

export function toSessionKey(row: unknown): SessionKey {
  return parseRow(sessionKey, row);
}
