import type { Construct } from 'constructs';
import type { HeliographConfig } from '../config.ts';
import { OperationsAlarms } from './operations-alarms.ts';
import { OperationsDashboard } from './operations-dashboard.ts';
import { type Measured, OperationsMetrics } from './operations-metrics.ts';

/** Alarms, their topic and the dashboard, as children of `scope`. */
export function addOperations(
  scope: Construct,
  { config, measured }: { readonly config: HeliographConfig; readonly measured: Measured },
): { readonly topicArn: string; readonly dashboardName: string } {
  const name = `heliograph-${config.stage}`;
  const metrics = new OperationsMetrics(measured);
  const { topic, alarms } = new OperationsAlarms(scope, 'Alarms', {
    metrics,
    tokenPolicy: config.tokenPolicy,
    namePrefix: name,
    runbookUrl: config.runbookUrl,
    email: config.alarmEmail,
    topicArn: config.alarmTopicArn,
  });
  new OperationsDashboard(scope, 'Dashboard', { dashboardName: name, metrics, alarms });
  return { topicArn: topic.topicArn, dashboardName: name };
}
