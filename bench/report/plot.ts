import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

type Row = Readonly<Record<string, string | number>>;

async function svgOf(spec: TopLevelSpec): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

const colours = ['#2e7d6b', '#c0392b', '#7f8c8d', '#b9770e', '#34495e'];

/** Bars side by side: `series` of each `group`, on a linear scale from 0. */
export function bars(
  rows: readonly Row[],
  of: { group: string; series: string; value: string; title: string; order: readonly string[] },
): Promise<string> {
  return svgOf({
    background: 'white',
    data: { values: [...rows] },
    width: { step: 26 },
    height: 220,
    mark: 'bar',
    encoding: {
      x: { field: of.group, type: 'nominal', sort: null, title: null, axis: { labelAngle: -20 } },
      xOffset: { field: of.series, sort: [...of.order] },
      y: { field: of.value, type: 'quantitative', title: of.title },
      color: {
        field: of.series,
        type: 'nominal',
        title: null,
        sort: [...of.order],
        scale: { domain: [...of.order], range: colours },
      },
    },
  });
}

/** Lines over a logarithmic axis, one a series. */
export function lines(
  rows: readonly Row[],
  of: { x: string; y: string; series: string; xTitle: string; yTitle: string },
): Promise<string> {
  return svgOf({
    background: 'white',
    data: { values: [...rows] },
    width: 520,
    height: 240,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: of.x, type: 'quantitative', scale: { type: 'log' }, title: of.xTitle },
      y: { field: of.y, type: 'quantitative', scale: { type: 'log' }, title: of.yTitle },
      color: { field: of.series, type: 'nominal', title: null, scale: { range: colours } },
    },
  });
}
