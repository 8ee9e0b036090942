import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import * as z from 'zod';
import { parseMetricMath } from '../../local/cloudwatch/metric-math.ts';
import { type MetricStore, metricStore } from '../../local/cloudwatch/metric-store.ts';
import { dashboardGraphs, type Graph, type Line, localMeasured } from './definition.ts';
import { liveThrough } from './scenario.ts';

/** A point of a graph stands for so much of the run, where on AWS it stands for five minutes. */
const periodMs = 5_000;

const main = fileURLToPath(new URL('../../local/main.ts', import.meta.url));
const picture = new URL('../pictures/dashboard.svg', import.meta.url);

const firstLine = z.object({
  gateway: z.string(),
  identity: z.string(),
  clientIds: z.object({ people: z.string() }),
});

/** Runs the local stack through the scenario, and keeps what its functions write. */
async function run(): Promise<{ store: MetricStore; from: number; to: number }> {
  const store = metricStore();
  const flags = ['--token-ttl', '20s', '--grace', '3s', '--resume-window', '6s', '--cleanup-every', '1s'];
  const child = spawn(process.execPath, [main, '--json', '--no-demo', '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, 'line');
  lines.on('line', (line) => void store.take(line));
  const dimensions = { ApiId: localMeasured.apiId, Stage: localMeasured.stageName };
  const from = Date.now();
  try {
    await liveThrough(firstLine.parse(JSON.parse(String(first))), (name) =>
      store.put({ namespace: 'AWS/ApiGateway', name, dimensions }, Date.now(), 1),
    );
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  return { store, from, to: Date.now() };
}

type Point = { readonly second: number; readonly value: number; readonly series: string };

function pointsOf(graph: Graph, { store, from, to }: Awaited<ReturnType<typeof run>>): Point[] {
  return Array.from({ length: Math.ceil((to - from) / periodMs) }, (_, i) => i * periodMs).flatMap(
    (offset) => {
      const window = { from: from + offset, to: from + offset + periodMs };
      const read = (line: Line) => line.metric && store.read(line.metric, { stat: line.stat, ...window });
      const values = Object.fromEntries(
        graph.lines.flatMap((line) => (line.id === undefined ? [] : [[line.id, read(line)]])),
      );
      return graph.lines.flatMap((line): Point[] => {
        if (!line.visible) return [];
        const value =
          line.expression === undefined
            ? read(line)
            : parseMetricMath(line.expression)({ values, periodSeconds: periodMs / 1_000 });
        return value === undefined ? [] : [{ second: offset / 1_000, value, series: line.label }];
      });
    },
  );
}

function panelOf(graph: Graph, values: Point[]) {
  return {
    title: { text: graph.title, anchor: 'start' as const, fontSize: 12 },
    width: 300,
    height: 130,
    data: { values },
    mark: { type: 'line' as const, point: { size: 14 }, strokeWidth: 1.5 },
    encoding: {
      x: { field: 'second', type: 'quantitative' as const, title: null, scale: { domain: [0, 90] } },
      y: { field: 'value', type: 'quantitative' as const, title: graph.unit },
      color: {
        field: 'series',
        type: 'nominal' as const,
        title: null,
        scale: { scheme: 'tableau10' as const },
        legend: { orient: 'bottom' as const, columns: 2, labelLimit: 190, labelFontSize: 9, symbolSize: 40 },
      },
    },
  };
}

const lived = await run();
const spec: TopLevelSpec = {
  title: {
    text: 'Heliograph: the dashboard, with data of a local run',
    subtitle: `85 s, tokens of 20 s; a point stands for ${periodMs / 1_000} s. Graphs of what only AWS measures are empty here.`,
    anchor: 'start',
    fontSize: 15,
    subtitleFontSize: 11,
    offset: 12,
  },
  background: 'white',
  columns: 3,
  concat: dashboardGraphs().map((graph) => panelOf(graph, pointsOf(graph, lived))),
  resolve: { scale: { color: 'independent' } },
  config: {
    font: 'sans-serif',
    view: { stroke: '#ddd' },
    axis: { gridColor: '#eee', labelFontSize: 9, titleFontSize: 10 },
  },
};
const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
writeFileSync(picture, `${await view.toSVG()}\n`);
process.stdout.write(`${fileURLToPath(picture)}\n`);
