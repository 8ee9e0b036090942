import * as z from 'zod/mini';
import { clientId, connectionId, robotId, sessionId } from '../../../protocol/ids.ts';
import type { RobotArrival } from '../../core/model/robot-arrival.ts';
import type { Holder, RobotSession } from '../../core/model/robot-session.ts';
import { parseRow } from './parse-row.ts';
import { nowhere } from './robot-session-changes.ts';

const common = z.object({
  robotId,
  epoch: z.number(),
  fleets: z.array(z.string()),
  leaseEpoch: z.number(),
  claimedAt: z.number(),
  /** 0: there was none. */
  claimedBeforeAt: z.number(),
  controllerSessionId: z.exactOptional(sessionId),
  controlUnconfirmed: z.exactOptional(z.literal(1)),
  controlClientId: z.exactOptional(clientId),
  controlUserName: z.exactOptional(z.string()),
  controlSinceAt: z.exactOptional(z.number()),
  controlHolderEpoch: z.exactOptional(z.number()),
});

/** Each state has its own attributes, and a change of state removes the others'. */
const robotSessionRow = z.discriminatedUnion('state', [
  z.extend(common, {
    state: z.literal('online'),
    onlineSinceAt: z.number(),
    connectionId,
    endpoint: z.string(),
    tokenExpiresAt: z.number(),
    connectedAt: z.number(),
  }),
  z.extend(common, { state: z.literal('away'), sinceAt: z.number(), resumeEndsAt: z.number() }),
  z.extend(common, { state: z.literal('offline'), sinceAt: z.number() }),
]);

export function toRobotSession(row: unknown): RobotSession {
  const parsed = parseRow(robotSessionRow, row);
  const { robotId, epoch, fleets, leaseEpoch, controllerSessionId } = parsed;
  const claimedAt = [parsed.claimedAt, parsed.claimedBeforeAt].filter((at) => at > 0);
  const shared = {
    robotId,
    epoch,
    fleets,
    leaseEpoch,
    claimedAt,
    ...(controllerSessionId !== undefined && { controllerSessionId, ...holderOf(parsed) }),
    ...(parsed.controlUnconfirmed !== undefined && { controlUnconfirmed: true as const }),
  };
  switch (parsed.state) {
    case 'online': {
      const { connectionId, endpoint, tokenExpiresAt, connectedAt } = parsed;
      return {
        ...shared,
        state: 'online',
        sinceAt: parsed.onlineSinceAt,
        socket: { connectionId, endpoint, tokenExpiresAt, connectedAt },
      };
    }
    case 'away':
      return { ...shared, state: 'away', sinceAt: parsed.sinceAt, resumeEndsAt: parsed.resumeEndsAt };
    case 'offline':
      return { ...shared, state: 'offline', sinceAt: parsed.sinceAt };
  }
}

/** Nothing of control that an older version has given, which says no holder. */
function holderOf(parsed: z.infer<typeof common>): { controlHolder?: Holder } {
  const { controlClientId: clientId, controlUserName: userName, controlSinceAt: sinceAt } = parsed;
  if (clientId === undefined || sinceAt === undefined) return {};
  if (parsed.controlHolderEpoch !== parsed.leaseEpoch) return {};
  return { controlHolder: { clientId, ...(userName !== undefined && { userName }), sinceAt } };
}

const arrivalRow = z.object({
  resume: z.boolean(),
  formerState: z.enum(['online', 'away', 'offline']),
  formerConnectionId: z.union([z.literal(nowhere), connectionId]),
  formerEndpoint: z.string(),
  formerFleets: z.array(z.string()),
  arrivalTold: z.optional(z.boolean()),
});

export function toRobotArrival(row: unknown): RobotArrival {
  const parsed = parseRow(arrivalRow, row);
  const { formerConnectionId, formerEndpoint } = parsed;
  return {
    resume: parsed.resume,
    from: parsed.formerState,
    ...(formerConnectionId !== nowhere && {
      replaced: { connectionId: connectionId.parse(formerConnectionId), endpoint: formerEndpoint },
    }),
    fleets: parsed.formerFleets,
    isTold: parsed.arrivalTold ?? false,
  };
}

const robotKey = z.object({ robotId });

export function toRobotId(row: unknown) {
  return parseRow(robotKey, row).robotId;
}
