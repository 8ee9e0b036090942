import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { telemetryService } from '../../functions/environment-names.ts';
import { valuesOf } from '../../functions/metric-catalogue.ts';
import { type LifeMetricName, lifeMetrics } from '../../functions/metric-names.ts';
import { metricsOf } from '../../local/cloudwatch/alarm.ts';
import { parseMetricMath } from '../../local/cloudwatch/metric-math.ts';
import { alarmsOf, operationsTemplate } from '../unit/operations/support/watched.ts';
import { resourcesOf, synthesized, theResource } from './support/synthesized.ts';

const template = operationsTemplate();
const alarms = alarmsOf(template);
const each = [...alarms];
const runbookFile = new URL('../../docs/runbook.md', import.meta.url);
const runbook = readFileSync(runbookFile, 'utf8');
const entries = runbook.split(/^## /m).slice(1);

describe('alarms', () => {
  test('those that somebody on call must have', () => {
    expect([...alarms.keys()].sort()).toEqual([
      'CleanupLag',
      'CleanupStopped',
      'ClosedByGrace',
      'ConnectRate',
      'DeadLetters',
      'ErrorRate',
      'FleetSilent',
      'IdentityContested',
      'LifetimeMismatch',
      'RefreshFailures',
      'Throttles',
      'TokensExpired',
    ]);
  });

  test('each has an entry in the runbook, and none there is orphaned', () => {
    expect(entries.map((entry) => entry.split('\n')[0]).sort()).toEqual([...alarms.keys()].sort());
  });

  test('each entry says what it means, what to look at, what to do', () => {
    for (const entry of entries) {
      for (const part of ['Meaning', 'Look at', 'Do'])
        expect(entry).toMatch(new RegExp(`^\\*\\*${part}\\.\\*\\* \\S`, 'm'));
    }
  });

  test.each(each)('%s: its text links to its entry, wherever the runbook is', (name, alarm) => {
    const anchor = `docs/runbook.md#${name.toLowerCase()}`;
    expect(alarm.AlarmDescription).toMatch(/^[A-Z].+\. Runbook: /);
    expect(alarm.AlarmDescription.endsWith(`Runbook: ${anchor}`)).toBe(true);
    expect(existsSync(runbookFile)).toBe(true);
    const elsewhere = alarmsOf(
      operationsTemplate({ 'heliograph:runbookUrl': 'https://wiki.example.org/runbook' }),
    );
    expect(elsewhere.get(name)?.AlarmDescription).toContain(
      `https://wiki.example.org/runbook#${name.toLowerCase()}`,
    );
  });

  test('links within the runbook lead to entries', () => {
    const anchors = entries.map((entry) => entry.split('\n')[0]?.toLowerCase());
    for (const [, anchor] of runbook.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });

  test.each(each)('%s is told to the topic, and so is its end', (name) => {
    const [, resource] =
      Object.entries(template.findResources('AWS::CloudWatch::Alarm')).find(([, { Properties }]) =>
        String(Properties.AlarmName).endsWith(`-${name}`),
      ) ?? [];
    const topic = { Ref: expect.stringMatching(/^AlarmsTopic/) };
    expect(resource?.Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
  });

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
  test.each(each)(
    '%s names ten metrics at most, all of one period, and an expression that can be read',
    (_, alarm) => {
      const metrics = metricsOf(alarm);
      expect(metrics.length).toBeGreaterThan(0);
      expect(metrics.length).toBeLessThanOrEqual(10);
      expect(new Set(metrics.map(({ periodMs }) => periodMs)).size).toBe(1);
      const [expression, ...more] = alarm.Metrics.flatMap(({ Expression }) => Expression ?? []);
      expect(more).toEqual([]);
      expect(() => parseMetricMath(expression ?? '')).not.toThrow();
      for (const { id } of metrics) expect(expression).toMatch(new RegExp(`\\b${id}\\b`));
    },
  );

  test.each(each)('%s: metrics of ours exist, with a value of their dimension', (_, alarm) => {
    for (const { metric } of metricsOf(alarm)) expectKnown(metric);
  });

  test('an address for mails is subscribed, and only then', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    operationsTemplate({ 'heliograph:alarmEmail': 'on-call@example.org' }).hasResourceProperties(
      'AWS::SNS::Subscription',
      { Protocol: 'email', Endpoint: 'on-call@example.org' },
    );
  });
});

function expectKnown(of: {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}): void {
  if (of.namespace !== telemetryService) return;
  expect(Object.keys(lifeMetrics)).toContain(of.name);
  const name = of.name as LifeMetricName;
  const { service, ...rest } = of.dimensions;
  expect(service).toBe('heliograph-test');
  const { dimension } = lifeMetrics[name];
  expect(Object.keys(rest)).toEqual(dimension === undefined ? [] : [dimension]);
  if (dimension !== undefined) expect(valuesOf(name)).toContain(rest[dimension]);
}

describe('the dashboard', () => {
  const widgets = dashboardWidgets();
  const title = (text: string) => widgets.find(({ properties }) => properties.title === text);

  test.each([
    'Robots online',
    'Connects',
    'Connects refused, by reason',
    'Refresh success',
    'Token life left at disconnect, shortest',
    'Connection lifetime against token lifetime',
    'Expiries and graces',
    'Takeovers',
    'Resumes won and lost',
    'Posts that met nobody (410) or a limit (429)',
    'Cleanup lag',
    'Throttles',
    'Cost estimate',
  ])('shows: %s', (text) => {
    expect(title(text)?.properties.metrics?.length).toBeGreaterThan(0);
  });

  test('every alarm', () => {
    const [status] = widgets.filter(({ type }) => type === 'alarm');
    expect(status?.properties.alarms).toHaveLength(alarms.size);
  });

  test('only metrics of ours that exist, and expressions that can be read', () => {
    let ours = 0;
    for (const { properties } of widgets) {
      for (const row of properties.metrics ?? []) {
        const texts = row.filter((cell) => typeof cell === 'string');
        const [namespace = '', name = '', ...pairs] = texts;
        const options = row.find((cell) => typeof cell === 'object');
        if (options?.expression !== undefined)
          expect(() => parseMetricMath(options.expression ?? '')).not.toThrow();
        if (namespace !== telemetryService) continue;
        ours += 1;
        const dimensions = Object.fromEntries(
          pairs.flatMap((pair, i) => (i % 2 === 0 ? [[pair, pairs[i + 1] ?? '']] : [])),
        );
        expectKnown({ namespace, name, dimensions });
      }
    }
    expect(ours).toBeGreaterThan(60);
  });
});

function dashboardWidgets() {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body: unknown = dashboard?.Properties.DashboardBody;
  const joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }).safeParse(body);
  const text = joined.success
    ? joined.data['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'reference')).join('')
    : String(body);
  const options = z.looseObject({ expression: z.string().optional() });
  return z
    .object({
      widgets: z.array(
        z.object({
          type: z.string(),
          properties: z.looseObject({
            title: z.string().optional(),
            metrics: z.array(z.array(z.union([z.string(), options]))).optional(),
            alarms: z.array(z.string()).optional(),
          }),
        }),
      ),
    })
    .parse(JSON.parse(text)).widgets;
}

describe('in the app', () => {
  test('looks at what the other stacks have, by their references', () => {
    const { operations } = synthesized();
    const text = JSON.stringify(operations.json.Resources);
    for (const part of [
      'SignalingApi',
      'FunctionsRelayFunction',
      'FunctionsCleanupLogs',
      'UndeliveredQueue',
    ]) {
      expect(text).toMatch(new RegExp(`Heliograph-test-Signaling:ExportsOutput\\w*${part}`));
    }
    expect(text).toContain('"service"');
    expect(resourcesOf(operations, 'AWS::CloudWatch::Alarm')).toHaveLength(alarms.size);
  });

  test('the functions say of which deployment they are', () => {
    const { signaling } = synthesized();
    const functions = resourcesOf(signaling, 'AWS::Lambda::Function').filter(([id]) =>
      id.startsWith('Functions'),
    );
    expect(functions).toHaveLength(5);
    for (const [, { Properties }] of functions) {
      expect(Properties.Environment).toMatchObject({
        Variables: { POWERTOOLS_SERVICE_NAME: 'heliograph-test' },
      });
    }
  });

  test('takes messages over TLS only', () => {
    const { operations } = synthesized();
    expect(theResource(operations, 'AWS::SNS::TopicPolicy').Properties).toMatchObject({
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      },
    });
  });
});
