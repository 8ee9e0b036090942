import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { telemetryService } from '../../functions/environment-names.ts';
import { valuesOf } from '../../functions/metric-catalogue.ts';
import { type LifeMetricName, lifeMetrics } from '../../functions/metric-names.ts';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { type TableName, tableNames, tableShapes } from '../../functions/table-shapes.ts';

/** What is measured, by the names that CloudWatch knows it by. */
export type Measured = {
  /** Dimension `service` of our own metrics. */
  readonly service: string;
  readonly apiId: string;
  readonly stageName: string;
  readonly functionNames: Readonly<Record<FunctionName, string>>;
  readonly logGroupNames: readonly string[];
  readonly tableNames: Readonly<Record<TableName, string>>;
  readonly deadLetterQueueName: string;
};

type ApiMetric = 'ConnectCount' | 'MessageCount' | 'IntegrationError' | 'ClientError' | 'ExecutionError';
type FunctionMetric = 'Invocations' | 'Duration' | 'Errors' | 'Throttles';
type TableMetric =
  | 'ConsumedReadCapacityUnits'
  | 'ConsumedWriteCapacityUnits'
  | 'ReadThrottleEvents'
  | 'WriteThrottleEvents';

type Series = { readonly stat: string; readonly period: Duration; readonly label?: string };

const sumOf5Minutes: Series = { stat: Stats.SUM, period: Duration.minutes(5) };

/** Our own metrics and those that AWS keeps of what we deploy, as alarms and dashboard name them. */
export class OperationsMetrics {
  private readonly measured: Measured;

  constructor(measured: Measured) {
    this.measured = measured;
  }

  /** One of ours. @throws {Error} where a value of its dimension is missing, or is none that it can have. */
  own(name: LifeMetricName, series: Partial<Series> & { readonly by?: string } = {}): Metric {
    const { by, ...rest } = series;
    const { dimension, unit } = lifeMetrics[name];
    if (dimension === undefined ? by !== undefined : by === undefined || !valuesOf(name).includes(by)) {
      throw new Error(`${name} has no values for ${dimension ?? 'a dimension'} = ${by ?? 'nothing'}.`);
    }
    return this.metric(telemetryService, name, {
      dimensions: {
        service: this.measured.service,
        ...(dimension === undefined || by === undefined ? {} : { [dimension]: by }),
      },
      ...rest,
      label: rest.label ?? by ?? `${name}${unit === 'Milliseconds' ? ' (ms)' : ''}`,
    });
  }

  /** One of ours for each value of its dimension, or for those given. */
  ownByValue(
    name: LifeMetricName,
    values: readonly string[] = valuesOf(name),
    series: Partial<Series> = {},
  ): Metric[] {
    return values.map((by) => this.own(name, { by, ...series }));
  }

  /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html */
  api(name: ApiMetric, series: Partial<Series> = {}): Metric {
    const { apiId, stageName } = this.measured;
    return this.metric('AWS/ApiGateway', name, { dimensions: { ApiId: apiId, Stage: stageName }, ...series });
  }

  /** One for each function. */
  functions(name: FunctionMetric, series: Partial<Series> = {}): Record<FunctionName, Metric> {
    const of = (FunctionName: string, label: string) =>
      this.metric('AWS/Lambda', name, { dimensions: { FunctionName }, label, ...series });
    return Object.fromEntries(
      functionNames.map((each) => [each, of(this.measured.functionNames[each], each)]),
    ) as Record<FunctionName, Metric>;
  }

  /** One for each table, and for each of its indexes, which DynamoDB measures apart. */
  tables(name: TableMetric, series: Partial<Series> = {}): Metric[] {
    return tableNames.flatMap((table) => {
      const TableName = this.measured.tableNames[table];
      const of = (dimensions: Record<string, string>, label: string) =>
        this.metric('AWS/DynamoDB', name, { dimensions, label, ...series });
      const indexes: readonly { readonly name: string }[] = tableShapes[table].indexes;
      return [
        of({ TableName }, table),
        ...indexes.map((index) =>
          of({ TableName, GlobalSecondaryIndexName: index.name }, `${table}/${index.name}`),
        ),
      ];
    });
  }

  logBytes(series: Partial<Series> = {}): Metric[] {
    return this.measured.logGroupNames.map((LogGroupName) =>
      this.metric('AWS/Logs', 'IncomingBytes', { dimensions: { LogGroupName }, ...series }),
    );
  }

  deadLetters(series: Partial<Series> = {}): Metric {
    return this.metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', {
      dimensions: { QueueName: this.measured.deadLetterQueueName },
      ...series,
    });
  }

  private metric(
    namespace: string,
    metricName: string,
    { dimensions, ...series }: Partial<Series> & { readonly dimensions: Record<string, string> },
  ): Metric {
    const { stat, period, label } = { label: metricName, ...sumOf5Minutes, ...series };
    return new Metric({ namespace, metricName, dimensionsMap: dimensions, statistic: stat, period, label });
  }
}

/** `FILL(a1, 0) + FILL(a2, 0) + …`, and the metrics under those ids: what did not occur has no value, and is none. */
export function sumOf(prefix: string, metrics: readonly IMetric[]) {
  const named = metrics.map((metric, i): [string, IMetric] => [`${prefix}${i + 1}`, metric]);
  return {
    expression: `(${named.map(([id]) => `FILL(${id}, 0)`).join(' + ')})`,
    usingMetrics: Object.fromEntries(named),
  };
}
