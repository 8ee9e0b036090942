import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dashboardGraphs } from '../../../docs/dashboard/definition.ts';

const picture = readFileSync(new URL('../../../docs/pictures/dashboard.svg', import.meta.url), 'utf8');

it('the picture of the dashboard has every graph that the template has (npm run docs:dashboard draws it anew)', () => {
  const graphs = dashboardGraphs();
  expect(graphs.length).toBeGreaterThanOrEqual(15);
  for (const { title } of graphs) expect(picture).toContain(`>${title}<`);
});
