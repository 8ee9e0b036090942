import { telemetryService } from '../../functions/environment-names.ts';
import { metricCatalogue, valuesOf } from '../../functions/metric-catalogue.ts';
import { type LifeMetric, type LifeMetricName, lifeMetrics } from '../../functions/metric-names.ts';
import { logLines } from './log-lines.ts';

/** The page `docs/metrics.md`, from the places where the metrics and the lines are named. */
export function metricsPage(): string {
  return `# Metrics and logs

Generated from [functions/metric-names.ts](../functions/metric-names.ts) and its neighbours by \`npm run docs\`; a test holds it to them.

## Metrics

Namespace \`${telemetryService}\`. Every metric has the dimension \`service\`, which is \`${telemetryService}-<stage>\`, and at most one more. The functions write them as lines of embedded metric format (EMF) among their logs: no call, no wait. Each value of a dimension that occurs is a custom metric on the bill: ${customMetrics} if all of them ever do; no dimension ever holds the id of a robot, a connection or a person.

No signal has a metric of its own: a line each would cost more than the relay. How many messages there are, API Gateway counts (\`MessageCount\`), and Lambda the runs.

| metric | unit | dimension | meaning |
| --- | --- | --- | --- |
${metricNames.map(row).join('\n')}

The alarms are on these, and what to do when one rings is in the [runbook](runbook.md). The dashboard shows them with API Gateway's, Lambda's and DynamoDB's own:

![the dashboard with data of a local run](pictures/dashboard.svg)

\`npm run docs:dashboard\` runs the local stack for a minute and draws this from the template and from what the functions wrote.

## Logs

One JSON line for each change of life, below 300 bytes, and none for a signal, a heartbeat or a cleanup that had nothing to do. Lines of one connection share \`c\`, of one session \`s\`, of one robot \`r\`; so one search shows a life from its handshake to its end: \`heliograph tail --robot rover-1\`.

| key | meaning |
| --- | --- |
| \`message\` | the event, as below |
| \`c\` \`r\` \`cl\` \`s\` \`p\` | connection, robot, client, session, principal |
| \`k\` | kind: \`robot\` or \`client\` |
| \`exp\` \`left\` \`ms\` | end of the token in Unix ms, what is left of it in ms, a duration in ms |

| level | meaning |
| --- | --- |
| \`INFO\` | a life went on as lives do |
| \`WARN\` | somebody is about to notice: look when there are many |
| \`ERROR\` | a fault of ours: look at each |

| event | level | when |
| --- | --- | --- |
${Object.entries(logLines)
  .map(
    ([event, { level, or, when }]) =>
      `| \`${event}\` | ${or === undefined ? level : `${level}, ${or}`} | ${when} |`,
  )
  .join('\n')}

No line, metric or error holds a token, an SDP, a candidate, a password or a text that somebody sent.
`;
}

const metricNames = Object.keys(lifeMetrics) as LifeMetricName[];

const customMetrics = metricNames.reduce((sum, name) => sum + Math.max(1, valuesOf(name).length), 0);

function row(name: LifeMetricName): string {
  const { unit, dimension }: LifeMetric = lifeMetrics[name];
  const values = valuesOf(name)
    .map((value) => `\`${value}\``)
    .join(' ');
  const by = dimension === undefined ? '' : `\`${dimension}\`: ${values}`;
  return `| \`${name}\` | ${unit} | ${by} | ${metricCatalogue[name].meaning} |`;
}
