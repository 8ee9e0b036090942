import { kept } from '../results.ts';
import { lines } from './plot.ts';
import { provenance, type Section } from './section.ts';
import { kilobytes, table } from './table.ts';

export async function loadSection(): Promise<Section | undefined> {
  const measured = await kept('load');
  if (measured === undefined) return undefined;
  const { senders, scale, bytesPerConnection, idleConnections } = measured.result;
  const base = scale[0]?.p99Ms ?? Number.NaN;
  const within = scale.filter(({ p99Ms }) => p99Ms <= 2 * base).at(-1);
  const limit =
    within === scale.at(-1)
      ? `It has not doubled at the last step, ${within?.pairs} pairs`
      : `It stays within twice that up to ${within?.pairs} pairs`;
  return {
    text: `## Under load, through the local stack

${provenance(measured)}. Gateway, store, functions and clients are one process.

Each sender sends its next when the one before has arrived, at most 83 a second:

${table(
  ['senders', 'signals a second', 'p50 ms', 'p99 ms', 'signals'],
  senders.map((of) => [of.senders, of.perSecond, of.p50Ms, of.p99Ms, of.signals]),
)}

Each pair of a robot and an operator sends one a second, whatever becomes of it:

${table(
  ['pairs', 'sent a second', 'p50 ms', 'p99 ms', 'not arrived'],
  scale.map((of) => [of.pairs, of.sentPerSecond, of.p50Ms, of.p99Ms, of.lost]),
)}

The p99 of the first step is ${base} ms. ${limit}, which is twice as many sockets. A connection takes
${kilobytes(bytesPerConnection)} KB of memory that is alive after a collection, of gateway, rows and its client together (${idleConnections} connections).

![p99 by pairs](benchmarks/scale.svg)
`,
    plots: {
      'scale.svg': await lines(
        scale.flatMap(({ pairs, p50Ms, p99Ms }) => [
          { pairs, ms: p50Ms, of: 'p50' },
          { pairs, ms: p99Ms, of: 'p99' },
        ]),
        { x: 'pairs', y: 'ms', series: 'of', xTitle: 'pairs, one signal a second each', yTitle: 'ms' },
      ),
    },
    bounds: [],
  };
}
