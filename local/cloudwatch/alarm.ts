import * as z from 'zod';
import { parseMetricMath } from './metric-math.ts';
import type { MetricName, MetricStore } from './metric-store.ts';

const metricStat = z.object({
  Metric: z.object({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  }),
  Period: z.number(),
  Stat: z.string(),
});

/** Properties of an `AWS::CloudWatch::Alarm` on metric math, as the template has them. */
export const alarmProperties = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']),
  Metrics: z.array(
    z.looseObject({
      Id: z.string(),
      Expression: z.string().optional(),
      MetricStat: metricStat.optional(),
      ReturnData: z.boolean().optional(),
    }),
  ),
});

export type AlarmProperties = z.infer<typeof alarmProperties>;

/** The metrics that an alarm looks at, by the ids of its expression, and their period. */
export function metricsOf(alarm: AlarmProperties) {
  return alarm.Metrics.flatMap(({ Id: id, MetricStat }) => {
    if (MetricStat === undefined) return [];
    const { Namespace: namespace, MetricName: name, Dimensions } = MetricStat.Metric;
    const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
    return [
      {
        id,
        metric: { namespace, name, dimensions } satisfies MetricName,
        stat: MetricStat.Stat,
        periodMs: MetricStat.Period * 1_000,
      },
    ];
  });
}

/**
 * The state of an alarm at a moment, and the values of its expression in the periods that end there, the
 * latest first.
 */
export function evaluateAlarm(alarm: AlarmProperties, store: MetricStore, now: number) {
  const metrics = metricsOf(alarm);
  const periodMs = metrics[0]?.periodMs ?? 60_000;
  const expression = alarm.Metrics.find(({ ReturnData }) => ReturnData !== false)?.Expression;
  if (expression === undefined) throw new Error(`${alarm.AlarmName} has no expression.`);
  const evaluate = parseMetricMath(expression);

  const values = Array.from({ length: alarm.EvaluationPeriods }, (_, ago) => {
    const to = now - ago * periodMs;
    const window = { from: to - periodMs, to };
    const read = metrics.map(
      ({ id, metric, stat }) => [id, store.read(metric, { stat, ...window })] as const,
    );
    return evaluate({ values: Object.fromEntries(read), periodSeconds: periodMs / 1_000 });
  });
  const breaching = values.filter((value) =>
    value === undefined ? alarm.TreatMissingData === 'breaching' : isBeyond(alarm, value),
  ).length;
  const state = breaching >= (alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods) ? 'ALARM' : 'OK';
  return { state, values } as const;
}

function isBeyond({ ComparisonOperator, Threshold }: AlarmProperties, value: number): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
  }
}
