import { expect, it } from 'vitest';
import { dashboardGraphs, type Line } from '../../../docs/dashboard/definition.ts';
import { parseMetricMath } from '../../../local/cloudwatch/metric-math.ts';

const graph = dashboardGraphs().find(({ title }) => title === 'Cost estimate');
const lines = graph?.lines ?? [];
const expression = lines.flatMap((line) => line.expression ?? [])[0] ?? '';
const monthOfHours = 730;

/** USD a month when every hour has a million of what the name says, spread as one metric would have it. */
function costOf(isMeant: (line: Line) => boolean, value = 1e6): number | undefined {
  const meant = lines.find((line) => line.metric !== undefined && isMeant(line));
  if (meant?.id === undefined) throw new Error('The estimate does not know this metric.');
  return parseMetricMath(expression)({ values: { [meant.id]: value }, periodSeconds: 3_600 });
}

const named = (name: string) => (line: Line) => line.metric?.name === name;

/** Prices of the design, for a million. */
it.each([
  ['MessageCount', 1e6, 1],
  ['ConnectionLifetime', 1e6 * 60_000, 0.25],
  ['Invocations', 1e6, 0.2],
  // 512 MB for 10 ms.
  ['Duration', 1e6 * 10, (0.5 * 10 * 13.3334) / 1_000],
  ['ConsumedReadCapacityUnits', 1e6, 0.125],
  ['ConsumedWriteCapacityUnits', 1e6, 0.625],
  ['IncomingBytes', 1e9, 0.5],
])('%s: %d an hour cost %d USD an hour', (name, value, usd) => {
  expect(costOf(named(name), value)).toBeCloseTo(usd * monthOfHours, 4);
});

it('an hour without anything costs nothing', () => {
  expect(parseMetricMath(expression)({ values: {}, periodSeconds: 3_600 })).toBe(0);
});
