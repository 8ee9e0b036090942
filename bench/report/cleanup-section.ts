import { kept } from '../results.ts';
import { lines } from './plot.ts';
import { provenance, type Section } from './section.ts';
import { table, verdict } from './table.ts';

/** Of the index, and of the table: each that is due is read once from either. */
const readsPerDue = 2;
const tolerance = 1.1;

export async function cleanupSection(): Promise<Section | undefined> {
  const measured = await kept('cleanup');
  if (measured === undefined) return undefined;
  const { runs } = measured.result;
  const last = runs.at(-1);
  const reads = Math.max(...runs.map(({ itemsRead, due }) => itemsRead / (readsPerDue * due)));
  return {
    text: `## Cleanup

${provenance(measured)}. The same number of connections is due among more and more of them. An item counts each time that it is read, from the index
and from the table; the Scan is what systems do that have no index of deadlines.

${table(
  ['rows', 'due', 'done', 'requests', 'items read', 'ms', 'items read by a Scan', 'ms of the Scan alone'],
  runs.map((run) => [
    run.rows,
    run.due,
    run.done,
    run.requests,
    run.itemsRead,
    run.tookMs,
    run.scanItemsRead,
    run.scanTookMs,
  ]),
)}

![items read](benchmarks/cleanup.svg)
`,
    plots: {
      'cleanup.svg': await lines(
        runs.flatMap(({ rows, itemsRead, scanItemsRead }) => [
          { rows, items: itemsRead, by: 'the cleanup' },
          { rows, items: scanItemsRead, by: 'a Scan' },
        ]),
        { x: 'rows', y: 'items', series: 'by', xTitle: 'rows', yTitle: 'items read' },
      ),
    },
    bounds: [
      `the cleanup reads what is due, within 10 %: at ${last?.rows} rows ${last?.itemsRead} items for ${last?.due} due (index and table once each), ${verdict(reads <= tolerance)}${(last?.rows ?? 0) < 1_000_000 ? '; a million rows were not measured in this run (`--million`)' : ''}.`,
    ],
  };
}
