import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { TokenPolicy } from '../../protocol/token-policy.ts';
import { type OperationsMetrics, sumOf } from './operations-metrics.ts';

export type AlarmDefinition = {
  /** What has happened, in a sentence: the first thing that whoever is on call reads. */
  readonly says: string;
  readonly expression: string;
  readonly usingMetrics: Readonly<Record<string, IMetric>>;
  readonly period: Duration;
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
  /** How many of the latest periods must be over the threshold; 1 of 1 by default. */
  readonly within?: { readonly datapoints: number; readonly periods: number };
  readonly missing: TreatMissingData;
};

const minuteMs = 60_000;
/** New connections per second that an account may have in a region; ours is to ring at four fifths of it. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const connectsPerSecond = { limit: 500, warnAt: 400 };
/** Below so many failures a rate says nothing: one of two is half. */
const enough = 3;

const atLeast = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
const above = ComparisonOperator.GREATER_THAN_THRESHOLD;
const quiet = TreatMissingData.NOT_BREACHING;

/**
 * The alarms by their names, which are also the headings of their entries in `docs/runbook.md`. An
 * expression may name ten metrics at most, and none that is searched for.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
 */
export function alarmDefinitions(metrics: OperationsMetrics, policy: TokenPolicy) {
  return {
    RefreshFailures: refreshFailures(metrics),
    TokensExpired: occurs({
      says: 'The token of a robot ran out on its open connection: it did not refresh, or could not.',
      of: [metrics.own('TokenExpired', { by: 'robot' })],
    }),
    ClosedByGrace: occurs({
      says: 'A robot was closed because its token ran out: it is cut off from Cognito, and offline.',
      of: [metrics.own('RobotClosedByGrace', { by: 'expired' })],
    }),
    LifetimeMismatch: occurs({
      says: 'Tokens live longer or shorter than the policy says.',
      of: [metrics.own('TokenLifetimeMismatch')],
    }),
    IdentityContested: occurs({
      says: 'Two devices take themselves for one robot, and take it from each other.',
      of: [metrics.own('IdentityContested')],
    }),
    CleanupLag: cleanupLag(metrics, policy),
    CleanupStopped: cleanupStopped(metrics, policy),
    DeadLetters: {
      says: 'A cleanup or a revocation failed for good; what it was to do is in the queue.',
      expression: 'FILL(letters, 0)',
      usingMetrics: { letters: metrics.deadLetters({ stat: Stats.MAXIMUM }) },
      period: Duration.minutes(5),
      comparison: atLeast,
      threshold: 1,
      missing: quiet,
    },
    ErrorRate: errorRate(metrics),
    Throttles: {
      says: 'Calls are being throttled: of our functions, or by our functions.',
      ...sumOf('t', [metrics.own('Throttled'), ...Object.values(metrics.functions('Throttles'))]),
      period: Duration.minutes(5),
      comparison: atLeast,
      threshold: enough,
      missing: quiet,
    },
    ConnectRate: {
      says: `New connections come near the ${connectsPerSecond.limit} a second that the account may have.`,
      expression: 'FILL(connects, 0) / PERIOD(connects)',
      usingMetrics: { connects: metrics.api('ConnectCount', { period: Duration.minutes(1) }) },
      period: Duration.minutes(1),
      comparison: atLeast,
      threshold: connectsPerSecond.warnAt,
      missing: quiet,
    },
    FleetSilent: fleetSilent(metrics),
  } as const satisfies Record<string, AlarmDefinition>;
}

export type AlarmName = keyof ReturnType<typeof alarmDefinitions>;

/** Rings at the first. */
function occurs({ says, of }: { says: string; of: readonly IMetric[] }): AlarmDefinition {
  return {
    says,
    ...sumOf('n', of),
    period: Duration.minutes(5),
    comparison: atLeast,
    threshold: 1,
    missing: quiet,
  };
}

function refreshFailures(metrics: OperationsMetrics): AlarmDefinition {
  const period = Duration.minutes(15);
  // What a robot or Cognito can be the cause of; a malformed message is neither.
  const codes = ['token_invalid', 'token_expired', 'token_not_newer', 'identity_mismatch'];
  const more = ['unauthenticated', 'forbidden', 'unavailable', 'internal'];
  const { expression, usingMetrics } = sumOf(
    'refused',
    metrics.ownByValue('TokenRefreshRefused', [...codes, ...more], { period }),
  );
  return {
    says: 'Refreshes are refused: connections will be lost when their tokens run out.',
    expression: `IF(${expression} >= ${enough}, 100 * ${expression} / (${expression} + FILL(refreshed, 0)), 0)`,
    usingMetrics: { ...usingMetrics, refreshed: metrics.own('TokenRefreshed', { period }) },
    period,
    comparison: above,
    threshold: 5,
    missing: quiet,
  };
}

function cleanupLag(metrics: OperationsMetrics, { cleanupEveryMs }: TokenPolicy): AlarmDefinition {
  const period = Duration.minutes(1);
  return {
    says: 'The cleanup is late: connections and sessions outlive their deadlines.',
    expression: 'FILL(lag, 0)',
    usingMetrics: { lag: metrics.own('CleanupLag', { stat: Stats.MAXIMUM, period }) },
    period,
    comparison: above,
    threshold: Math.max(3 * cleanupEveryMs, 3 * minuteMs),
    within: { datapoints: 3, periods: 5 },
    missing: quiet,
  };
}

function cleanupStopped(metrics: OperationsMetrics, { cleanupEveryMs }: TokenPolicy): AlarmDefinition {
  const period = Duration.minutes(Math.max(5, Math.ceil((3 * cleanupEveryMs) / minuteMs)));
  return {
    says: 'The cleanup has not run: nothing is warned, expired or closed any more.',
    expression: 'FILL(runs, 0)',
    usingMetrics: { runs: metrics.own('CleanupRan', { period }) },
    period,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    missing: TreatMissingData.BREACHING,
  };
}

function errorRate(metrics: OperationsMetrics): AlarmDefinition {
  const errors = sumOf('e', [
    metrics.own('Fault'),
    metrics.own('DependencyUnavailable'),
    metrics.own('ConnectRefused', { by: 'token_unavailable' }),
    metrics.api('IntegrationError'),
    metrics.api('ExecutionError'),
  ]);
  const all = sumOf('a', [metrics.api('MessageCount'), metrics.api('ConnectCount')]);
  return {
    says: 'Messages and handshakes fail that should not.',
    // Errors without a message are the cleanup's.
    expression: `IF(${errors.expression} >= ${enough}, 100 * ${errors.expression} / IF(${all.expression} > ${errors.expression}, ${all.expression}, ${errors.expression}), 0)`,
    usingMetrics: { ...errors.usingMetrics, ...all.usingMetrics },
    period: Duration.minutes(5),
    comparison: above,
    threshold: 1,
    within: { datapoints: 2, periods: 3 },
    missing: quiet,
  };
}

/** Who is connected says something every 8 minutes at least. */
function fleetSilent(metrics: OperationsMetrics): AlarmDefinition {
  const period = Duration.minutes(15);
  const count = { stat: Stats.MAXIMUM, period };
  return {
    says: 'There are robots, and none is heard of.',
    expression: 'IF(FILL(known, 0) > 0, IF(FILL(online, 0) == 0 OR FILL(messages, 0) == 0, 1, 0), 0)',
    usingMetrics: {
      known: metrics.own('RobotsKnown', count),
      online: metrics.own('RobotsOnline', count),
      messages: metrics.api('MessageCount', { period }),
    },
    period,
    comparison: atLeast,
    threshold: 1,
    missing: quiet,
  };
}
