import * as z from 'zod';
import { clientId, connectionId, principalId, robotId } from '../../../protocol/ids.ts';
import type { Connection } from '../../core/model/connection.ts';
import type { TokenLife } from '../../core/model/identity.ts';
import { dueAt, expiringAfter } from './deadline.ts';
import { parseRow } from './parse-row.ts';

const common = z.object({
  connectionId,
  endpoint: z.string(),
  principalId,
  groups: z.array(z.string()),
  tokenIssuedAt: z.number(),
  tokenExpiresAt: z.number(),
  originJti: z.string().exactOptional(),
  connectedAt: z.number(),
  state: z.enum(['connected', 'ready', 'closing']),
  clientId: clientId.exactOptional(),
  nextDeadlineAt: z.number(),
});

const connectionRow = z.discriminatedUnion('kind', [
  common.extend({ kind: z.literal('robot'), robotId }),
  common.extend({ kind: z.literal('client') }),
]);

export function toConnection(row: unknown): Connection {
  const parsed = parseRow(connectionRow, row);
  const { principalId, groups, tokenIssuedAt, tokenExpiresAt, originJti } = parsed;
  return {
    connectionId: parsed.connectionId,
    endpoint: parsed.endpoint,
    identity:
      parsed.kind === 'robot'
        ? { principalId, groups, kind: 'robot', robotId: parsed.robotId }
        : { principalId, groups, kind: 'client' },
    token: {
      issuedAt: tokenIssuedAt,
      expiresAt: tokenExpiresAt,
      ...(originJti !== undefined && { originJti }),
    },
    connectedAt: parsed.connectedAt,
    state: parsed.state,
    ...(parsed.clientId !== undefined && { clientId: parsed.clientId }),
    nextDeadlineAt: parsed.nextDeadlineAt,
  };
}

export function fromConnection(connection: Connection) {
  const { identity } = connection;
  return {
    endpoint: connection.endpoint,
    kind: identity.kind,
    principalId: identity.principalId,
    groups: identity.groups,
    ...(identity.kind === 'robot' && { robotId: identity.robotId }),
    ...fromTokenLife(connection.token),
    connectedAt: connection.connectedAt,
    state: connection.state,
    clientId: connection.clientId,
    ...connectionDue(connection.connectionId, connection.nextDeadlineAt),
  };
}

export function fromTokenLife(token: TokenLife) {
  return { tokenIssuedAt: token.issuedAt, tokenExpiresAt: token.expiresAt, originJti: token.originJti };
}

export function connectionDue(connectionId: string, nextDeadlineAt: number) {
  return { ...dueAt(connectionId, nextDeadlineAt), ...expiringAfter(nextDeadlineAt) };
}

const connectionKey = z.object({ connectionId });

export function toConnectionId(row: unknown) {
  return parseRow(connectionKey, row).connectionId;
}
