import { type Kept, kept } from '../results.ts';
import { bars } from './plot.ts';
import { provenance, type Section } from './section.ts';
import { kilobytes, ratio, table, verdict } from './table.ts';

const largestRelayKb = 250;
const naive = 'naive, SDK bundled';
const mostOfNaive = 0.6;

type Starts = Kept<'cold-start'>['result']['starts'];

export async function coldStartSection(): Promise<Section | undefined> {
  const measured = await kept('cold-start');
  if (measured === undefined) return undefined;
  const { starts } = measured.result;
  const of = (name: string, build: string) =>
    starts.find((start) => start.name === name && start.build === build);
  const rows = starts.map(({ name, build, bytes, initMs, initP90Ms, cpuMs, heapBytes, processes }) => [
    name,
    build,
    kilobytes(bytes),
    initMs,
    initP90Ms,
    cpuMs,
    ratio(cpuMs, of(name, naive)?.cpuMs ?? Number.NaN),
    kilobytes(heapBytes),
    processes,
  ]);
  const functions = [...new Set(starts.map(({ name }) => name))];
  const ours = functions.map((name) => ({ name, part: partOf(starts, name) }));
  const ofOwnSource = functions.flatMap((name) => {
    const part = initOf(starts, name, 'ours') / initOf(starts, name, 'naive, own source');
    return Number.isFinite(part) ? [{ name, part }] : [];
  });
  const relay = kilobytes(of('relay', 'ours')?.bytes ?? Number.NaN);
  const builds = [...new Set(starts.map(({ build }) => build))];
  return {
    text: `## Cold start

${provenance(measured)}. Load and init of each bundle in fresh processes, builds in turns; ratios are of the processor's time, from which others at work on the machine take little. *Naive* is the same handler on
the SDK's clients in CommonJS with esbuild's defaults, the SDK in the bundle or, as CDK has it unless told otherwise, beside
it. Of \`revocation\` that is its own source; the others sign their own requests ([ADR 0050](adr/0050-signed-requests.md)), so they
have two comparisons: *naive, SDK bundled* is the same handler on the SDK's clients, *naive, own source* what it is made of,
bundled naively.

${table(['function', 'build', 'KB', 'init ms', 'p90 ms', 'CPU ms', 'of the naive', 'heap KB', 'processes'], rows)}

![init by build](benchmarks/cold-start.svg)

### What is in a bundle

${packages(starts, functions)}

### Ideas

${ideas(starts)}
`,
    plots: {
      'cold-start.svg': await bars(
        starts.map(({ name, build, cpuMs }) => ({ name, build, cpuMs })),
        { group: 'name', series: 'build', value: 'cpuMs', title: 'init, ms of the processor', order: builds },
      ),
    },
    bounds: [
      `relay bundle ≤ ${largestRelayKb} KB: ${relay} KB, ${verdict(relay <= largestRelayKb)}.`,
      `init ≤ ${mostOfNaive * 100} % of the same handler's on the SDK, bundled naively: ${parts(ours)}.`,
      `init ≤ ${mostOfNaive * 100} % of its own source's, bundled naively, where that asks by requests that are signed here: ${parts(ofOwnSource)}.`,
    ],
  };
}

function initOf(starts: Starts, name: string, build: string): number {
  return starts.find((start) => start.name === name && start.build === build)?.cpuMs ?? Number.NaN;
}

const parts = (of: readonly { readonly name: string; readonly part: number }[]) =>
  of
    .map(({ name, part }) => `${name} ${Math.round(part * 100)} %, ${verdict(part <= mostOfNaive)}`)
    .join('; ');

const partOf = (starts: Starts, name: string) => initOf(starts, name, 'ours') / initOf(starts, name, naive);

/** The packages that are a fiftieth of a bundle at least. */
function packages(starts: Starts, functions: readonly string[]): string {
  const ours = functions.flatMap((name) =>
    starts.filter((start) => start.name === name && start.build === 'ours'),
  );
  const all = [...new Set(ours.flatMap(({ byPackage, bytes }) => named(byPackage, bytes)))];
  const rows = all.map((name) => [name, ...ours.map(({ byPackage }) => kilobytes(byPackage[name] ?? 0))]);
  return table(['KB of', ...ours.map(({ name }) => name)], rows);
}

const named = (byPackage: Readonly<Record<string, number>>, bytes: number) =>
  Object.entries(byPackage).flatMap(([name, own]) => (own >= bytes / 50 ? [name] : []));

function ideas(starts: Starts): string {
  const functions = [...new Set(starts.map(({ name }) => name))];
  const averaged = (build: string) => {
    const parts = functions.map((name) => initOf(starts, name, build) / initOf(starts, name, 'ours'));
    const known = parts.filter(Number.isFinite);
    return `${(known.reduce((sum, part) => sum + part, 0) / known.length).toFixed(2)}× of ours`;
  };
  const bytes = (name: string, build: string) =>
    kilobytes(starts.find((start) => start.name === name && start.build === build)?.bytes ?? Number.NaN);
  return [
    `- Leaving out the default credential chain, which we do: with it \`revocation\` has ${bytes('revocation', 'default credential chain')} KB, and its init takes ${averaged('default credential chain')}.`,
    `- Signed requests in place of the SDK's clients, in all others: with the SDK, bundled as carefully, the relay has ${bytes('relay', 'on the SDK, bundled as ours')} KB and init takes ${averaged('on the SDK, bundled as ours')}.`,
    `- A compile cache that is warm: ${averaged('ours, compile cache')}. A Lambda starts on an empty disk, so one would have to be shipped in the package and fit the runtime's exact version; not done.`,
  ].join('\n');
}
