import { kept } from '../results.ts';
import { provenance, type Section } from './section.ts';
import { ratio, table, verdict } from './table.ts';

/** How much later than otherwise the others may be. */
const most = 2;

export async function floodSection(): Promise<Section | undefined> {
  const measured = await kept('flood');
  if (measured === undefined) return undefined;
  const { pairs, calmPerSecond, quiet, flooded, flood } = measured.result;
  const times = ratio(flooded.p99Ms, quiet.p99Ms);
  return {
    text: `## One connection floods

${provenance(measured)}. Gateway, store and functions share one thread, so that the others pay for the parsing and the
refusing of the flood as well; beside API Gateway and Lambda they do not. Connections take turns there ([ADR 0073](adr/0073-fair-turns.md)). Who floods has a thread of its own. ${pairs} pairs send ${calmPerSecond} signals a second between
them, in turns with and without one connection that sends ${flood.perSecond} a second, ten times what it may.

${table(
  ['what the others wait for', 'p50 ms', 'p99 ms', 'signals', 'not arrived'],
  [
    ['nobody floods', quiet.p50Ms, quiet.p99Ms, quiet.signals, quiet.lost],
    ['one floods', flooded.p50Ms, flooded.p99Ms, flooded.signals, flooded.lost],
  ],
)}

Percentiles are of a round, and of these the median. The p99 is ${times} of what it is otherwise. Of the flood ${flood.rateLimited} were refused as \`rate_limited\`, ${flood.passedOn} passed on.
`,
    plots: {},
    bounds: [
      `one connection that floods leaves the others' p99 within ${most}×: ${times}, ${verdict(flooded.p99Ms <= most * quiet.p99Ms)}.`,
    ],
  };
}
