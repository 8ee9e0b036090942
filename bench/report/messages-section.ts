import { contenderNames } from '../messages/contender.ts';
import { acts } from '../messages/measure.ts';
import { kept } from '../results.ts';
import { bars } from './plot.ts';
import { provenance, type Section } from './section.ts';
import { ratio, table, verdict } from './table.ts';

const six = 'six reads in sequence';
const candidate = 'candidate, client to robot';

export async function messagesSection(): Promise<Section | undefined> {
  const measured = await kept('messages');
  if (measured === undefined) return undefined;
  const { cost, times, timesAway, awayMs, idleConnections } = measured.result;
  const costRows = acts.flatMap((act) =>
    contenderNames.map((name) => {
      const { storeRequests, posts, otherGatewayCalls, readUnits, writeUnits } = cost[name][act];
      return [act, name, storeRequests, posts + otherGatewayCalls, readUnits, writeUnits];
    }),
  );
  const rowsOf = (of: typeof times) =>
    acts.flatMap((act) =>
      contenderNames.map((name) => {
        const { medianMs, p99Ms, rounds } = of[name][act];
        return [act, name, medianMs, p99Ms, ratio(of.heliograph[act].medianMs, medianMs), rounds];
      }),
    );
  const timeHead = ['act', 'system', 'median ms', 'p99 ms', 'ours of it', 'rounds'];
  const calls = cost.heliograph[candidate];
  const partOf = (of: typeof times) => of.heliograph[candidate].medianMs / of[six][candidate].medianMs;
  const [part, partAway] = [partOf(times), partOf(timesAway)];
  const text = `## What each message asks of AWS

${provenance(measured)}. ${idleConnections} other sockets are open on each system. Units are reckoned from the items before and after each
request, indexes included; a refresh of the baselines, which have none, is a new connection and the end of the old one;
their robot that returns resumes nothing, so the one with pairings offers anew.

${table(['act', 'system', 'DynamoDB requests', '`@connections` calls', 'read units', 'write units'], costRows)}

Connecting, leaving and returning cost more here than in the baselines, and by intention: they pay for verified revocations, deadlines, fencing and sessions that outlast the socket.

![calls per act](benchmarks/calls.svg)

## How long it takes

From the send to the arrival, in turns. Here a call to the store costs what the embedded store computes:

${table(timeHead, rowsOf(times))}

Where each call takes ${awayMs} ms more, as a function on AWS waits for it:

${table(timeHead, rowsOf(timesAway))}

![median by act](benchmarks/times.svg)
`;
  const plotRows = acts.flatMap((act) =>
    contenderNames.map((name) => ({
      act,
      system: name,
      calls: cost[name][act].storeRequests + cost[name][act].posts + cost[name][act].otherGatewayCalls,
      median: times[name][act].medianMs,
    })),
  );
  const common = { group: 'act', series: 'system', order: contenderNames };
  return {
    text,
    plots: {
      'calls.svg': await bars(plotRows, { ...common, value: 'calls', title: 'calls to AWS' }),
      'times.svg': await bars(plotRows, { ...common, value: 'median', title: 'median, ms' }),
    },
    bounds: [
      `≤ 2 AWS calls a signal: ${calls.storeRequests} request to the store and ${calls.posts} post, ${verdict(calls.storeRequests + calls.posts <= 2)}.`,
      `a signal in at most a third of the time of six reads: ${part.toFixed(2)} of it on one machine, ${verdict(part <= 1 / 3)}; ${partAway.toFixed(2)} with calls ${awayMs} ms away, ${verdict(partAway <= 1 / 3)}.`,
    ],
  };
}
