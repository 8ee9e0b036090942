import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { powertoolsLifeLog } from '../../../../functions/adapters/powertools/life-log.ts';
import { telemetryServiceOf } from '../../../../functions/environment-names.ts';
import { parseConfig } from '../../../../lib/config.ts';
import type { AlarmName } from '../../../../lib/constructs/alarm-definitions.ts';
import type { Measured } from '../../../../lib/constructs/operations-metrics.ts';
import { OperationsStack } from '../../../../lib/stacks/operations-stack.ts';
import { type AlarmProperties, alarmProperties, evaluateAlarm } from '../../../../local/cloudwatch/alarm.ts';
import { metricStore } from '../../../../local/cloudwatch/metric-store.ts';
import { captureOutput } from '../../adapters/support/captured-output.ts';
import { newWorld, t0 } from '../../core/support/world.ts';

const stage = 'test';
export const service = telemetryServiceOf(stage);

/** As the signaling stack gives it, in words instead of references. */
const measured: Measured = {
  service,
  apiId: 'the-api',
  stageName: 'v1',
  functionNames: {
    connection: 'the-connection',
    sessions: 'the-sessions',
    relay: 'the-relay',
    cleanup: 'the-cleanup',
    revocation: 'the-revocation',
  },
  logGroupNames: ['the-log'],
  tableNames: {
    connections: 'the-connections',
    robotSessions: 'the-robot-sessions',
    clientSessions: 'the-client-sessions',
    directory: 'the-directory',
  },
  deadLetterQueueName: 'the-queue',
};

export function operationsTemplate(context: Record<string, unknown> = {}): Template {
  const config = parseConfig({ 'heliograph:stage': stage, ...context });
  return Template.fromStack(new OperationsStack(new App(), 'Operations', { config, measured }));
}

/** The alarms of the template, by their names without the deployment's. */
export function alarmsOf(template: Template): ReadonlyMap<string, AlarmProperties> {
  return new Map(
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map((resource) => {
      const alarm = alarmProperties.parse(resource.Properties);
      return [alarm.AlarmName.replace(`heliograph-${stage}-`, ''), alarm];
    }),
  );
}

const alarms = alarmsOf(operationsTemplate());
export const alarmNames: readonly string[] = [...alarms.keys()].sort();

/** AWS's own metrics of what is deployed. */
const awsMetrics = {
  ConnectCount: { namespace: 'AWS/ApiGateway', dimensions: { ApiId: 'the-api', Stage: 'v1' } },
  MessageCount: { namespace: 'AWS/ApiGateway', dimensions: { ApiId: 'the-api', Stage: 'v1' } },
  ApproximateNumberOfMessagesVisible: { namespace: 'AWS/SQS', dimensions: { QueueName: 'the-queue' } },
  Throttles: { namespace: 'AWS/Lambda', dimensions: { FunctionName: 'the-relay' } },
} as const;

/** Alarms that have been seen to ring in this file, and to be silent. */
export const rung = new Set<AlarmName>();
export const silent = new Set<AlarmName>();

/**
 * A world whose life log is the real one: what it writes is read back as CloudWatch would, at the
 * world's own time, and the alarms of the template are evaluated on it.
 */
export function watchedWorld(settings: Parameters<typeof newWorld>[0] = {}) {
  const world = newWorld(settings);
  const store = metricStore();
  const lines: string[] = [];
  const output = captureOutput();
  const log = powertoolsLifeLog({ service });
  let taken = 0;

  const { note } = world.deps.lifeLog;
  world.deps.lifeLog.note = (event) => {
    note(event);
    log.note(event);
    const written = output.lines();
    for (const line of written.slice(taken)) {
      lines.push(line);
      store.take(line, world.clock.at);
    }
    taken = written.length;
  };

  return {
    world,
    lines,
    /** Counts what AWS itself would count. */
    aws: (name: keyof typeof awsMetrics, value = 1) =>
      store.put({ name, ...awsMetrics[name] }, world.clock.at, value),
    /** The state at the end of the minute, or so many periods of five minutes later. */
    stateOf(name: AlarmName, { afterMs = 60_000 }: { afterMs?: number } = {}) {
      const alarm = alarms.get(name);
      if (alarm === undefined) throw new Error(`There is no alarm ${name}.`);
      const { state } = evaluateAlarm(alarm, store, world.clock.at + afterMs);
      if (state === 'ALARM') rung.add(name);
      else silent.add(name);
      return state;
    },
    release: () => output.release(),
    t0,
  };
}
