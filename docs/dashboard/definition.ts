import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { telemetryService } from '../../functions/environment-names.ts';
import { functionNames } from '../../functions/route-table.ts';
import { tableNames } from '../../functions/table-shapes.ts';
import { parseConfig } from '../../lib/config.ts';
import type { Measured } from '../../lib/constructs/operations-metrics.ts';
import { OperationsStack } from '../../lib/stacks/operations-stack.ts';
import type { MetricName } from '../../local/cloudwatch/metric-store.ts';

const named = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<Name, Name>;

/** Of the local stack, whose functions have no name of a deployment. */
export const localMeasured: Measured = {
  service: telemetryService,
  apiId: 'local',
  stageName: 'local',
  functionNames: named(functionNames),
  logGroupNames: ['local'],
  tableNames: named(tableNames),
  deadLetterQueueName: 'local',
};

/** One line of a graph: a metric, or an expression over others of the graph. */
export type Line = {
  readonly id: string | undefined;
  readonly label: string;
  readonly visible: boolean;
  readonly stat: string;
  readonly metric?: MetricName;
  readonly expression?: string;
};

export type Graph = { readonly title: string; readonly unit: string; readonly lines: readonly Line[] };

const options = z.looseObject({
  id: z.string().optional(),
  label: z.string().optional(),
  stat: z.string().default('Average'),
  visible: z.boolean().default(true),
  expression: z.string().optional(),
});

const widgets = z.array(
  z.object({
    type: z.string(),
    properties: z.looseObject({
      title: z.string().optional(),
      metrics: z.array(z.array(z.union([z.string(), options]))).optional(),
      yAxis: z.looseObject({ left: z.looseObject({ label: z.string().optional() }).optional() }).optional(),
    }),
  }),
);

/** The graphs of the dashboard, as the template of the operations stack has them. */
export function dashboardGraphs(): readonly Graph[] {
  const stack = new OperationsStack(new App(), 'Operations', {
    config: parseConfig({}),
    measured: localMeasured,
  });
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const parts = z
    .object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
    .parse(dashboard?.Properties.DashboardBody);
  const body: unknown = JSON.parse(
    parts['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'reference')).join(''),
  );
  return z
    .object({ widgets })
    .parse(body)
    .widgets.flatMap(({ properties: { title, metrics, yAxis } }) =>
      title === undefined || metrics === undefined
        ? []
        : [{ title, unit: yAxis?.left?.label ?? '', lines: metrics.map(lineOf) }],
    );
}

function lineOf(row: readonly (string | z.infer<typeof options>)[]): Line {
  const texts = row.filter((cell) => typeof cell === 'string');
  const given = row.find((cell) => typeof cell === 'object');
  const { id, label, stat = 'Average', visible = true, expression } = given ?? {};
  const [namespace = '', name = '', ...pairs] = texts;
  const dimensions = Object.fromEntries(
    pairs.flatMap((pair, i) => (i % 2 === 0 ? [[pair, pairs[i + 1] ?? '']] : [])),
  );
  return {
    ...{ id, visible, stat, label: label ?? name },
    ...(expression === undefined ? { metric: { namespace, name, dimensions } } : { expression }),
  };
}
