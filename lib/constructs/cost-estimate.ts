import type { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { functionMemoryMb } from './function-memory.ts';
import { type OperationsMetrics, sumOf } from './operations-metrics.ts';

/**
 * List prices in us-east-1, in USD for one unit of what is measured, without any free tier.
 * @see https://aws.amazon.com/api-gateway/pricing/ and its like for Lambda, DynamoDB and CloudWatch
 */
const price = {
  connectionMs: 0.25 / 1e6 / 60_000,
  /** Of up to 32 KB. */
  message: 1 / 1e6,
  invocation: 0.2 / 1e6,
  /** On arm64. */
  gbMs: 13.3334 / 1e6 / 1_000,
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  logByte: 0.5 / 1e9,
};

const secondsPerMonth = 730 * 3_600;

/**
 * What each hour would cost as a whole month of it: connection minutes (of the connections that ended in it,
 * which all do within two hours), messages, functions, tables with their indexes, logs. Not in it are the
 * fixed prices of alarms and custom metrics.
 */
export function costPerMonth(metrics: OperationsMetrics, hour: Duration): MathExpression {
  const series = { period: hour };
  const lives = sumOf('l', metrics.ownByValue('ConnectionLifetime', undefined, series));
  const invocations = sumOf('i', Object.values(metrics.functions('Invocations', series)));
  const durations = sumOf('d', Object.values(metrics.functions('Duration', series)));
  const reads = sumOf('r', metrics.tables('ConsumedReadCapacityUnits', series));
  const writes = sumOf('w', metrics.tables('ConsumedWriteCapacityUnits', series));
  const logs = sumOf('b', metrics.logBytes(series));
  const terms = [
    `${lives.expression} * ${plain(price.connectionMs)}`,
    `FILL(messages, 0) * ${plain(price.message)}`,
    `${invocations.expression} * ${plain(price.invocation)}`,
    `${durations.expression} * ${plain((functionMemoryMb / 1024) * price.gbMs)}`,
    `${reads.expression} * ${plain(price.readUnit)}`,
    `${writes.expression} * ${plain(price.writeUnit)}`,
    `${logs.expression} * ${plain(price.logByte)}`,
  ];
  return new MathExpression({
    expression: `${secondsPerMonth} / PERIOD(messages) * (${terms.join(' + ')})`,
    usingMetrics: {
      ...lives.usingMetrics,
      messages: metrics.api('MessageCount', series),
      ...invocations.usingMetrics,
      ...durations.usingMetrics,
      ...reads.usingMetrics,
      ...writes.usingMetrics,
      ...logs.usingMetrics,
    },
    label: 'USD a month',
    period: hour,
  });
}

/** Metric math knows no exponents. */
function plain(value: number): string {
  return value.toFixed(18).replace(/0+$/, '');
}
