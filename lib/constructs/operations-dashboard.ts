import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { costPerMonth } from './cost-estimate.ts';
import { type OperationsMetrics, sumOf } from './operations-metrics.ts';

export type OperationsDashboardProps = {
  readonly dashboardName: string;
  readonly metrics: OperationsMetrics;
  readonly alarms: readonly Alarm[];
};

const hour = Duration.hours(1);
const perMinute = Duration.minutes(1);

/** What somebody on call looks at first, from the fleet's point of view down to the bill. */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    super(scope, id);
    const { metrics } = props;
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24, height: 3 }),
    );
    dashboard.addWidgets(...fleet(metrics));
    dashboard.addWidgets(...tokens(metrics));
    dashboard.addWidgets(...lives(metrics));
    dashboard.addWidgets(...sessions(metrics));
    dashboard.addWidgets(...work(metrics));
  }
}

function graph(title: string, left: readonly IMetric[], unit: string, period?: Duration): GraphWidget {
  return new GraphWidget({
    title,
    left: [...left],
    width: 8,
    height: 6,
    leftYAxis: { label: unit, showUnits: false },
    ...(period === undefined ? {} : { period }),
  });
}

function fleet(metrics: OperationsMetrics): GraphWidget[] {
  const highest = { stat: Stats.MAXIMUM };
  return [
    graph(
      'Robots online',
      [
        metrics.own('RobotsOnline', { ...highest, label: 'online' }),
        metrics.own('RobotsAway', { ...highest, label: 'away' }),
        metrics.own('RobotsKnown', { ...highest, label: 'known' }),
      ],
      'robots',
    ),
    graph('Connects', metrics.ownByValue('Connected'), 'connections'),
    graph('Connects refused, by reason', metrics.ownByValue('ConnectRefused'), 'handshakes'),
  ];
}

function tokens(metrics: OperationsMetrics): GraphWidget[] {
  const refused = sumOf('r', metrics.ownByValue('TokenRefreshRefused'));
  return [
    graph(
      'Refresh success',
      [
        new MathExpression({
          expression: `100 * FILL(ok, 0) / (FILL(ok, 0) + ${refused.expression})`,
          usingMetrics: { ok: metrics.own('TokenRefreshed'), ...refused.usingMetrics },
          label: 'refreshed, %',
          period: Duration.minutes(5),
        }),
      ],
      '%',
    ),
    graph(
      'Token life left at disconnect, shortest',
      metrics.ownByValue('TokenRemainingAtDisconnect', undefined, { stat: Stats.MINIMUM }),
      'ms',
    ),
    graph(
      'Expiries and graces',
      [
        ...metrics.ownByValue('TokenExpiring').map((metric, i) => renamed(metric, `warned, ${who[i]}`)),
        ...metrics.ownByValue('TokenExpired').map((metric, i) => renamed(metric, `expired, ${who[i]}`)),
        metrics.own('RobotClosedByGrace', { by: 'expired', label: 'robot closed after its grace' }),
        metrics.own('TokenLifetimeMismatch', { label: 'not the policy’s life' }),
      ],
      'tokens',
    ),
  ];
}

const who = ['robot', 'client'] as const;

function renamed(metric: IMetric & { with(props: { label: string }): IMetric }, label: string): IMetric {
  return metric.with({ label });
}

function lives(metrics: OperationsMetrics): GraphWidget[] {
  return [
    graph(
      'Connection lifetime against token lifetime',
      [
        ...['disconnect', 'expired', 'gone'].map((by) =>
          metrics.own('ConnectionLifetime', { by, stat: Stats.p(90), label: `connection, p90, ${by}` }),
        ),
        ...who.map((by) => metrics.own('TokenLifetime', { by, stat: Stats.MINIMUM, label: `token, ${by}` })),
      ],
      'ms',
    ),
    graph(
      'Takeovers',
      [
        metrics.own('Replaced', { label: 'taken over' }),
        metrics.own('ClaimGivenBack', { label: 'given back' }),
        metrics.own('IdentityContested', { label: 'contested' }),
      ],
      'robots',
    ),
    graph('Connections ended, by how', metrics.ownByValue('Disconnected'), 'connections'),
  ];
}

function sessions(metrics: OperationsMetrics): GraphWidget[] {
  return [
    graph(
      'Resumes won and lost',
      [
        ...who.map((by) => metrics.own('ResumeKept', { by, label: `won, ${by}` })),
        metrics.own('ResumeLost', { by: 'client', label: 'lost, client too late' }),
        metrics.own('SessionClosed', { by: 'resume_ended', label: 'session ended, client did not return' }),
        metrics.own('SessionClosed', { by: 'robot_offline', label: 'session ended, robot did not return' }),
      ],
      'returns',
    ),
    graph(
      'Posts that met nobody (410) or a limit (429)',
      [
        share('gone', metrics.own('PostGone'), { metrics, label: '410, % of messages' }),
        share('throttled', metrics.own('PostThrottled'), { metrics, label: '429, % of messages' }),
      ],
      '%',
    ),
    graph('Messages refused, by code', metrics.ownByValue('MessageRefused'), 'messages'),
  ];
}

function share(
  id: string,
  part: IMetric,
  { metrics, label }: { metrics: OperationsMetrics; label: string },
): IMetric {
  return new MathExpression({
    expression: `100 * FILL(${id}, 0) / messages`,
    usingMetrics: { [id]: part, messages: metrics.api('MessageCount') },
    label,
    period: Duration.minutes(5),
  });
}

function work(metrics: OperationsMetrics): GraphWidget[] {
  const throttles = Object.entries(metrics.functions('Throttles'));
  return [
    graph(
      'Cleanup lag',
      [
        metrics.own('CleanupLag', { stat: Stats.MAXIMUM, period: perMinute, label: 'latest item, late by' }),
        metrics.own('CleanupTook', { stat: Stats.MAXIMUM, period: perMinute, label: 'a run took' }),
      ],
      'ms',
    ),
    graph(
      'Throttles',
      [
        metrics.own('Throttled', { label: 'by DynamoDB, the gateway or Cognito' }),
        ...throttles.map(([name, metric]) => renamed(metric, `function ${name}`)),
        ...metrics.tables('ReadThrottleEvents').map((metric) => renamed(metric, `reads ${metric.label}`)),
        ...metrics.tables('WriteThrottleEvents').map((metric) => renamed(metric, `writes ${metric.label}`)),
      ],
      'calls',
    ),
    graph('Cost estimate', [costPerMonth(metrics, hour)], 'USD a month, at this hour’s rate', hour),
  ];
}
