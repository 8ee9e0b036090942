import { kept } from '../results.ts';
import { provenance, type Section } from './section.ts';
import { kilobytes, table, verdict } from './table.ts';

const mostUs = 150;

export async function handlerSection(): Promise<Section | undefined> {
  const measured = await kept('handler');
  if (measured === undefined) return undefined;
  const rows = Object.entries(measured.result).map(([what, of]) => [
    what,
    of.medianUs,
    `${of.leastUs} to ${of.mostUs}`,
    of.p99Us,
    kilobytes(of.allocatedBytes),
    `${of.processes} × ${of.messages}`,
  ]);
  const ours = measured.result['without I/O'];
  return {
    text: `## The relay's handler without a network

${provenance(measured)}. *Without I/O*: from the event to the post, on the rows as DynamoDB gives them. *With signed requests*: these are
written, signed and read as well, as the relay does it, and only the network is left out; *with the SDK*, by its clients. Each in fresh
processes; what is told is the median of theirs. The 99th percentile is the machine's: garbage is collected, and others run.

${table(['', 'median µs', 'of the processes', 'p99 µs', 'KB allocated a message', 'messages'], rows)}
`,
    plots: {},
    bounds: [
      `relay handler without I/O ≤ ${mostUs} µs median: ${ours.medianUs} µs, ${verdict(ours.medianUs <= mostUs)}.`,
    ],
  };
}
