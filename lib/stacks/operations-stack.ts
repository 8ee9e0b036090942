import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HeliographConfig } from '../config.ts';
import { addOperations } from '../constructs/operations.ts';
import type { Measured } from '../constructs/operations-metrics.ts';

export type OperationsStackProps = StackProps & {
  readonly config: HeliographConfig;
  readonly measured: Measured;
};

/** What those who run it look at, and are woken by. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, props);
    const { topicArn, dashboardName } = addOperations(this, props);
    new CfnOutput(this, 'AlarmTopicArn', { value: topicArn });
    new CfnOutput(this, 'DashboardName', { value: dashboardName });
  }
}
