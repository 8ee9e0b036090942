import { limits } from '../cost/measure.ts';
import { kept } from '../results.ts';
import { provenance, type Section } from './section.ts';
import { table, verdict } from './table.ts';

const sources = [
  '[API Gateway](https://aws.amazon.com/api-gateway/pricing/)',
  '[Lambda](https://aws.amazon.com/lambda/pricing/)',
  '[DynamoDB](https://aws.amazon.com/dynamodb/pricing/on-demand/)',
  '[Kinesis Video Streams](https://aws.amazon.com/kinesis/video-streams/pricing/)',
];

export async function costSection(): Promise<Section | undefined> {
  const measured = await kept('cost');
  if (measured === undefined) return undefined;
  const of = measured.result;
  const upkeepRows = Object.entries(of.upkeep).map(([what, cost]) => [
    what,
    cost.storeRequests,
    cost.posts + cost.otherGatewayCalls,
    cost.readUnits,
    cost.writeUnits,
  ]);
  const signals = of.perMillionSignals.heliograph;
  const month = of.idleRobotMonth.Heliograph;
  return {
    text: `## Cost

${provenance(measured)}. By counted units and the prices of us-east-1 (${sources.join(', ')}), which [prices.ts](../bench/cost/prices.ts) holds. Logs, and users in
Cognito, are apart. What cannot be counted here is assumed: ${of.assumed.lambdaMs} ms of a function of ${of.assumed.lambdaGb} GB an invocation.

### A million relayed signals

A candidate of a client, without acknowledgement.

${table(
  ['system', 'dollars'],
  Object.entries(of.perMillionSignals).map(([name, dollars]) => [name, dollars]),
)}

The relay may take ${of.lambdaMsWithinLimit} ms before it is more than $${limits.perMillionSignals.toFixed(2)}. Kinesis counts a message in and out. The fan-out is of the
sockets that were open when it was measured.

### A robot that is connected for a month, and idle

${table(
  ['part', 'dollars'],
  [
    ...Object.entries(of.idleRobotParts).map(([name, dollars]) => [name, dollars]),
    ['**together**', month],
    ['Kinesis Video Streams, a channel', of.idleRobotMonth['Kinesis Video Streams']],
  ],
)}

A system without any robot costs $${of.emptySystemMonth} a month: the cleanup's runs. What was counted for it:

${table(['once', 'DynamoDB requests', '`@connections` calls', 'read units', 'write units'], upkeepRows)}
`,
    plots: {},
    bounds: [
      `≤ $${limits.perMillionSignals.toFixed(2)} a million relayed signals: $${signals.toFixed(2)}, ${verdict(signals <= limits.perMillionSignals)}.`,
      `≤ $${limits.idleRobotMonth} an idle robot-month: $${month.toFixed(4)}, ${verdict(month <= limits.idleRobotMonth)}.`,
    ],
  };
}
