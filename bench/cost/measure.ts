import { makeTokenPolicy } from '../../protocol/token-policy.ts';
import { type ContenderName, contenderNames } from '../messages/contender.ts';
import type { Cost } from '../messages/cost-of-calls.ts';
import type { MessagesResult } from '../messages/measure.ts';
import { rounded } from '../statistics.ts';
import { kinesis, monthMinutes, prices } from './prices.ts';
import { measureUpkeep, type Upkeep } from './upkeep.ts';

export type CostResult = {
  /** A candidate of a client, in dollars. */
  readonly perMillionSignals: Readonly<Record<ContenderName | 'Kinesis Video Streams', number>>;
  /** How long the relay may take, in ms, before a million of its signals costs more than `limits` says. */
  readonly lambdaMsWithinLimit: number;
  readonly idleRobotMonth: Readonly<Record<'Heliograph' | 'Kinesis Video Streams', number>>;
  readonly idleRobotParts: Readonly<Record<string, number>>;
  /** Of a system without any robot: the cleanup's runs. */
  readonly emptySystemMonth: number;
  readonly upkeep: Upkeep;
  readonly assumed: { readonly lambdaMs: number; readonly lambdaGb: number };
};

export const limits = { perMillionSignals: 2.6, idleRobotMonth: 0.025 };

/**
 * What nobody can count here: how long AWS's own round trips keep a function, and the memory that
 * `lib/constructs/signaling-functions.ts` gives it.
 */
const assumed = { lambdaMs: 12, lambdaGb: 0.5 };
const gbSeconds = (ms: number) => (ms / 1_000) * assumed.lambdaGb * prices.lambdaGbSecond;
const oneInvocation = prices.lambdaRequest + gbSeconds(assumed.lambdaMs);

/** What was asked of AWS, by so many invocations for so many messages that came in. */
function priceOf(cost: Cost, of: { readonly messagesIn: number; readonly invocations: number }): number {
  return (
    prices.webSocketMessage * (of.messagesIn + cost.posts) +
    oneInvocation * of.invocations +
    prices.readUnit * cost.readUnits +
    prices.writeUnit * cost.writeUnits
  );
}

/** A robot that is connected all month and in no session, by the default policy. By part, in dollars. */
function idleRobot(upkeep: Upkeep): Record<string, number> {
  const policy = makeTokenPolicy({});
  const times = (everyMs: number) => (monthMinutes * 60_000) / everyMs;
  const rollOverMs = (policy.rollOverMs.from + policy.rollOverMs.to) / 2;
  return {
    'open connection': monthMinutes * prices.connectionMinute,
    // A mock route: the message alone.
    heartbeats: times(policy.heartbeatMs) * prices.webSocketMessage,
    // The answer of a route is a message as well.
    refreshes:
      times(policy.tokenMs * policy.refreshAtFraction) *
      (priceOf(upkeep.refresh, { messagesIn: 1, invocations: 1 }) + prices.webSocketMessage),
    // Between two connections: the announcement of the next roll-over is a check as well.
    'checks of the cleanup':
      times(rollOverMs) *
      Math.floor(rollOverMs / policy.checkEveryMs) *
      priceOf(upkeep.check, { messagesIn: 0, invocations: 0 }),
    // `$connect`, `hello` and the `$disconnect` of the old connection are an invocation each.
    'roll-overs':
      times(rollOverMs) *
      (priceOf(upkeep['roll-over announced'], { messagesIn: 0, invocations: 0 }) +
        priceOf(upkeep['roll-over'], { messagesIn: 1, invocations: 3 })),
  };
}

/** Dollars by counted units; logs apart, and the users in Cognito apart. */
export async function measureCost(messages: MessagesResult): Promise<CostResult> {
  const upkeep = await measureUpkeep();
  const parts = idleRobot(upkeep);
  const relayed = (name: ContenderName) =>
    1e6 * priceOf(messages.cost[name]['candidate, client to robot'], { messagesIn: 1, invocations: 1 });
  const perMillion = Object.fromEntries(contenderNames.map((name) => [name, rounded(relayed(name), 3)]));
  const spare = limits.perMillionSignals - relayed('heliograph');
  const runsPerMonth = (monthMinutes * 60_000) / makeTokenPolicy({}).cleanupEveryMs;
  return {
    perMillionSignals: {
      ...(perMillion as Record<ContenderName, number>),
      // In and out.
      'Kinesis Video Streams': rounded(2e6 * kinesis.message, 3),
    },
    lambdaMsWithinLimit: rounded(assumed.lambdaMs + spare / 1e6 / gbSeconds(1), 1),
    idleRobotMonth: {
      Heliograph: rounded(
        Object.values(parts).reduce((sum, part) => sum + part, 0),
        5,
      ),
      'Kinesis Video Streams': kinesis.channelMonth,
    },
    idleRobotParts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, rounded(part, 5)])),
    emptySystemMonth: rounded(
      runsPerMonth * priceOf(upkeep['cleanup run'], { messagesIn: 0, invocations: 1 }),
      3,
    ),
    upkeep,
    assumed,
  };
}
