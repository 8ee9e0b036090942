import { Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { TokenPolicy } from '../../protocol/token-policy.ts';
import { type AlarmDefinition, alarmDefinitions } from './alarm-definitions.ts';
import type { OperationsMetrics } from './operations-metrics.ts';

export type OperationsAlarmsProps = {
  readonly metrics: OperationsMetrics;
  readonly tokenPolicy: TokenPolicy;
  /** What the names of the alarms begin with: they are unique in an account and region. */
  readonly namePrefix: string;
  /** Where the runbook is; an alarm's description ends with this and the heading of its entry. */
  readonly runbookUrl: string;
  /** Who gets a mail; whoever else is to hear of it subscribes to the topic. */
  readonly email: string | undefined;
};

/** The alarms, and the topic that they and their ends are told to. */
export class OperationsAlarms extends Construct {
  readonly topic: Topic;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: OperationsAlarmsProps) {
    super(scope, id);

    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    if (props.email !== undefined) this.topic.addSubscription(new EmailSubscription(props.email));

    const action = new SnsAction(this.topic);
    const definitions: Record<string, AlarmDefinition> = alarmDefinitions(props.metrics, props.tokenPolicy);
    this.alarms = Object.entries(definitions).map(([name, definition]) => {
      const { datapoints, periods } = definition.within ?? { datapoints: 1, periods: 1 };
      const alarm = new Alarm(this, name, {
        alarmName: `${props.namePrefix}-${name}`,
        alarmDescription: `${definition.says} Runbook: ${props.runbookUrl}#${name.toLowerCase()}`,
        metric: new MathExpression({
          expression: definition.expression,
          usingMetrics: { ...definition.usingMetrics },
          period: definition.period,
          label: name,
        }),
        comparisonOperator: definition.comparison,
        threshold: definition.threshold,
        evaluationPeriods: periods,
        datapointsToAlarm: datapoints,
        treatMissingData: definition.missing,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
  }
}
