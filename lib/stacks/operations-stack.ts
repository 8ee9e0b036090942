import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HeliographConfig } from '../config.ts';
import { OperationsAlarms } from '../constructs/operations-alarms.ts';
import { OperationsDashboard } from '../constructs/operations-dashboard.ts';
import { type Measured, OperationsMetrics } from '../constructs/operations-metrics.ts';

export type OperationsStackProps = StackProps & {
  readonly config: HeliographConfig;
  readonly measured: Measured;
};

/** What those who run it look at, and are woken by. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, props);
    const { config } = props;
    const name = `heliograph-${config.stage}`;
    const metrics = new OperationsMetrics(props.measured);
    const { topic, alarms } = new OperationsAlarms(this, 'Alarms', {
      metrics,
      tokenPolicy: config.tokenPolicy,
      namePrefix: name,
      runbookUrl: config.runbookUrl,
      email: config.alarmEmail,
    });
    new OperationsDashboard(this, 'Dashboard', { dashboardName: name, metrics, alarms });
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'DashboardName', { value: name });
  }
}
