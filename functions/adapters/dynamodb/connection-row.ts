import * as z from 'zod/mini';
import { clientId, connectionId, principalId, robotId } from '../../../protocol/ids.ts';
import { type Connection, howEnded } from '../../core/model/connection.ts';
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
  signedInAt: z.number(),
  originJti: z.exactOptional(z.string()),
  connectedAt: z.number(),
  state: z.enum(['connected', 'ready', 'closing']),
  endsAs: z.exactOptional(z.enum(howEnded)),
  clientId: z.exactOptional(clientId),
  clientEpoch: z.exactOptional(z.number()),
  returningAs: z.exactOptional(clientId),
  watching: z.array(z.string()),
  refreshes: z.number(),
  settledUntil: z.number(),
  restsUntil: z.exactOptional(z.number()),
  nextDeadlineAt: z.number(),
});

const connectionRow = z.discriminatedUnion('kind', [
  z.extend(common, { kind: z.literal('robot'), robotId }),
  z.extend(common, { kind: z.literal('client') }),
]);

export function toConnection(row: unknown): Connection {
  const parsed = parseRow(connectionRow, row);
  const { principalId, groups, tokenIssuedAt, tokenExpiresAt, signedInAt, originJti } = parsed;
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
      signedInAt,
      ...(originJti !== undefined && { originJti }),
    },
    connectedAt: parsed.connectedAt,
    state: parsed.state,
    ...(parsed.endsAs !== undefined && { endsAs: parsed.endsAs }),
    ...(parsed.clientId !== undefined && {
      client: { clientId: parsed.clientId, epoch: parsed.clientEpoch ?? 1 },
    }),
    ...(parsed.returningAs !== undefined && { returningAs: parsed.returningAs }),
    watching: parsed.watching,
    refreshes: parsed.refreshes,
    settledUntil: parsed.settledUntil,
    ...(parsed.restsUntil !== undefined && { restsUntil: parsed.restsUntil }),
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
    endsAs: connection.endsAs,
    clientId: connection.client?.clientId,
    clientEpoch: connection.client?.epoch,
    returningAs: connection.returningAs,
    watching: connection.watching,
    refreshes: connection.refreshes,
    settledUntil: connection.settledUntil,
    restsUntil: connection.restsUntil,
    ...connectionDue(connection.connectionId, connection.nextDeadlineAt),
  };
}

export function fromTokenLife(token: TokenLife) {
  return {
    tokenIssuedAt: token.issuedAt,
    tokenExpiresAt: token.expiresAt,
    signedInAt: token.signedInAt,
    originJti: token.originJti,
  };
}

export function connectionDue(connectionId: string, nextDeadlineAt: number) {
  return { ...dueAt(connectionId, nextDeadlineAt), ...expiringAfter(nextDeadlineAt) };
}

const connectionKey = z.object({ connectionId });

export function toConnectionId(row: unknown) {
  return parseRow(connectionKey, row).connectionId;
}
