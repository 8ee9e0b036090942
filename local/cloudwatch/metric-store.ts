import * as z from 'zod';

export type MetricName = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

/** One metric's data in one period. */
export type Window = { readonly stat: string; readonly from: number; readonly to: number };

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const emfLine = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

export type MetricStore = ReturnType<typeof metricStore>;

/** Metrics in memory, as CloudWatch would keep them: put in as lines of EMF, or by hand where they are AWS's own. */
export function metricStore() {
  const data = new Map<string, { at: number; value: number }[]>();

  function put(metric: MetricName, at: number, value: number): void {
    const key = keyOf(metric);
    data.set(key, [...(data.get(key) ?? []), { at, value }]);
  }

  return {
    put,

    /**
     * Takes a line of EMF; false for any other line.
     * @param at Unix ms that it happened, instead of the line's own.
     */
    take(line: string, at?: number): boolean {
      const parsed = emfLine.safeParse(jsonOf(line));
      if (!parsed.success) return false;
      const { _aws, ...fields } = parsed.data;
      for (const { Namespace: namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
        for (const names of Dimensions) {
          const dimensions = Object.fromEntries(names.map((name) => [name, String(fields[name])]));
          for (const { Name: name } of Metrics) {
            put({ namespace, name, dimensions }, at ?? _aws.Timestamp, Number(fields[name]));
          }
        }
      }
      return true;
    },

    /** Undefined when there is no data in it. @throws {RangeError} for a statistic that is not known. */
    read(metric: MetricName, { stat, from, to }: Window): number | undefined {
      const values = (data.get(keyOf(metric)) ?? [])
        .filter(({ at }) => at >= from && at < to)
        .map(({ value }) => value);
      return values.length === 0 ? undefined : statistic(stat, values);
    },

    /** All that there are, by namespace and name. */
    names: (): ReadonlySet<string> =>
      new Set([...data.keys()].map((key) => key.split(' ').slice(0, 2).join(' '))),
  };
}

function statistic(stat: string, values: readonly number[]): number {
  switch (stat) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    case 'Average':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    default:
      return percentile(stat, values);
  }
}

/** By the nearest rank. */
function percentile(stat: string, values: readonly number[]): number {
  const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(stat) ?? [];
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((Number(percent) / 100) * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError(`The statistic ${stat} is not known here.`);
  return value;
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => a.localeCompare(b));
  return `${namespace} ${name} ${JSON.stringify(sorted)}`;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
