import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cleanupSection } from './cleanup-section.ts';
import { coldStartSection } from './cold-start-section.ts';
import { costSection } from './cost-section.ts';
import { floodSection } from './flood-section.ts';
import { handlerSection } from './handler-section.ts';
import { loadSection } from './load-section.ts';
import { messagesSection } from './messages-section.ts';
import type { Section } from './section.ts';

const docs = resolve(import.meta.dirname, '../../docs');

const intro = `# Measured

Written by \`npm run bench\`, from what it kept in [benchmarks/results](benchmarks/results). Each section names the
command that measures it again. Times are of one machine on which store, gateway, functions and clients share a
process; only their ratios say something of another. What is counted (calls, units, bytes, items) is the same
everywhere. A figure that misses its bound is a finding, and stands.

The two baselines are written in [bench/baselines](../bench/baselines) from descriptions of systems in the field: one reads
what it needs for a message in sequence, six rows for a candidate of a client; the other scans the table of
connections and posts to each. They run behind the same local gateway and on the same store, in turns with ours. They ask by
the SDK's clients, as such systems do, and so does one function of ours ([ADR 0050](adr/0050-signed-requests.md)).
`;

/** Writes the report and its plots from the figures that were kept; what was never measured is left out. */
export async function writeReport(): Promise<void> {
  const all = [
    messagesSection,
    handlerSection,
    loadSection,
    floodSection,
    coldStartSection,
    cleanupSection,
    costSection,
  ];
  const sections: Section[] = [];
  for (const make of all) {
    const section = await make();
    if (section !== undefined) sections.push(section);
  }
  await mkdir(resolve(docs, 'benchmarks'), { recursive: true });
  for (const { plots } of sections) {
    for (const [name, svg] of Object.entries(plots)) await writeFile(resolve(docs, 'benchmarks', name), svg);
  }
  const bounds = sections.flatMap((section) => section.bounds);
  const summary = `## Bounds\n\n${bounds.map((bound) => `- ${bound}`).join('\n')}\n`;
  const text = [intro, summary, ...sections.map((section) => section.text)].join('\n');
  await writeFile(resolve(docs, 'benchmarks.md'), text);
}
