import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { connectsPerSecond } from './connect-limit.ts';
import { type Fleet, type Return, returnOf } from './fleet.ts';
import { attemptsOf, naivePolicies } from './naive.ts';

/** The fleet of the page: an operator for every tenth robot, one session for every hundredth. */
export const plottedFleet: Fleet = { robots: 10_000, sessions: 100, lookingOn: 900 };
const ours = '@heliograph/client';
const forS = 60;
const seed = 1;

type Row = { policy: string; second: number; until: number; connects: number };

/** Attempts to connect in each second after the loss. */
function perSecond(policy: string, attempts: readonly number[]): Row[] {
  const counts = Array<number>(forS).fill(0);
  for (const ms of attempts) {
    const second = Math.floor(ms / 1_000);
    if (second < forS) counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts.map((connects, second) => ({ policy, second, until: second + 0.9, connects }));
}

/** How the fleet of the plot comes back: the same for the same code. */
export function plottedReturn(): Promise<Return[]> {
  return returnOf(plottedFleet, { random: seededRandom(seed), forMs: 35_000 });
}

/** The plot of the page on reconnecting, as SVG. */
export async function reconnectingPlot(returns: readonly Return[]): Promise<string> {
  const rows = perSecond(
    ours,
    returns.flatMap(({ attempts }) => attempts),
  );
  for (const [name, policy] of Object.entries(naivePolicies)) {
    const random = seededRandom(seed);
    rows.push(...perSecond(name, attemptsOf(policy, { count: returns.length, random, forMs: forS * 1_000 })));
  }
  const view = new vega.View(vega.parse(compile(specOf(rows)).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  return `${svg}\n`;
}

function specOf(rows: Row[]): TopLevelSpec {
  const policies = [ours, ...Object.keys(naivePolicies)];
  return {
    background: 'white',
    data: { values: rows.filter(({ connects }) => connects > 0) },
    facet: {
      row: {
        field: 'policy',
        type: 'nominal',
        sort: policies,
        title: null,
        header: { labelAngle: 0, labelAnchor: 'start', labelOrient: 'top', labelFontSize: 12 },
      },
    },
    spec: {
      width: 640,
      height: 110,
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            x: {
              field: 'second',
              type: 'quantitative',
              scale: { domain: [0, forS] },
              title: 'seconds after the loss',
            },
            x2: { field: 'until' },
            y: {
              field: 'connects',
              type: 'quantitative',
              scale: { type: 'log', domain: [1, 30_000], nice: false },
              axis: { values: [1, 10, 100, 1_000, 10_000], format: ',d' },
              title: 'attempts per second',
            },
            // A logarithmic scale has no zero to stand on.
            y2: { datum: 1 },
            color: {
              condition: { test: `datum.connects > ${connectsPerSecond}`, value: '#c0392b' },
              value: '#2e7d6b',
            },
          },
        },
        {
          mark: { type: 'rule', strokeDash: [4, 3], color: '#555' },
          encoding: { y: { datum: connectsPerSecond } },
        },
      ],
    },
  };
}
