import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { logLines } from '../../../docs/reference/log-lines.ts';
import { metricsPage } from '../../../docs/reference/metrics-page.ts';
import { tell } from '../../../functions/adapters/powertools/telling.ts';
import { howEnded } from '../../../functions/core/model/connection.ts';
import type { LifeEvent } from '../../../functions/core/ports/life-log.ts';
import type { Verification } from '../../../functions/core/ports/token-verifier.ts';
import { valuesOf } from '../../../functions/metric-catalogue.ts';
import { type LifeMetricName, lifeMetrics } from '../../../functions/metric-names.ts';
import { events } from '../adapters/support/life-events.ts';
import { connected } from '../core/support/cast.ts';
import { rover1, user } from '../core/support/people.ts';
import { newWorld } from '../core/support/world.ts';
import { api, connectEvent } from '../edge/support/gateway-calls.ts';

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
const names = Object.keys(lifeMetrics) as LifeMetricName[];

it('the page is what the code says now (npm run docs brings it up to date)', () => {
  expect(page).toBe(metricsPage());
});

it('it has a row for every metric, with its unit, and a meaning', () => {
  for (const name of names) {
    expect(page).toMatch(
      new RegExp(`^\\| \`${name}\` \\| ${lifeMetrics[name].unit} \\| .*\\| \\S.+ \\|$`, 'm'),
    );
  }
});

describe('values of dimensions', () => {
  it.each(names)('%s names the values of its dimension, if it has one', (name) => {
    expect(valuesOf(name).length > 0).toBe(lifeMetrics[name].dimension !== undefined);
  });

  it('all the ways in which a connection can end', () => {
    expect(valuesOf('Disconnected')).toEqual(howEnded);
  });

  it('all the reasons for which a handshake is refused, by the code that refuses', async () => {
    const world = newWorld();
    const refused = async (headers: Record<string, string>, query = {}) => {
      await api(world, { queryToken: false })(connectEvent({ headers, query }));
    };
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
    await refused({});
    await refused({ Authorization: 'Basic x' });
    await refused({}, { token: ['x'] });
    await refused(bearer('nobody-has-issued-this'));
    const old = world.tokens.issue(rover1, { lifeMs: 1 });
    world.pass(2);
    await refused(bearer(old));
    await refused(bearer(world.tokens.issue(user('nobody'))));
    await refused(bearer(world.tokens.issue(user('both', 'robots', 'operators'))));
    await connected(world, rover1);
    const { principalId } = rover1;
    const record = { at: world.clock.at, keepUntil: world.clock.at + 1e9 };
    await world.deps.revocations.revokeSignInsUntil(principalId, record);
    await refused(bearer(world.tokens.issue(rover1)));
    world.tokens.loseKeys();
    await refused(bearer('any'));
    // What only the verifier of an existing pool says, and what is refused before it is asked.
    const judged = async (verification: Verification) => {
      const deps = { ...world.deps, verifier: { ...world.deps.verifier, verify: async () => verification } };
      await api({ ...world, deps })(connectEvent({ headers: bearer('any') }));
    };
    const life = { issuedAt: 0, signedInAt: 0, expiresAt: world.clock.at + 1e9 };
    for (const problem of ['no_robot_id', 'several_robot_ids'] as const) {
      await judged({ ok: true, token: { ...user('nameless', 'robots'), life, robot: { problem } } });
    }
    for (const reason of ['other_use', 'other_client'] as const) await judged({ ok: false, reason });
    await api(world, { cameByEdge: () => false })(connectEvent());
    const reasons = world.noted('connect_refused').map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(valuesOf('ConnectRefused')));
  });
});

describe('levels', () => {
  const level = (event: LifeEvent) => tell(event).level ?? 'none';

  it.each(Object.values(events).map((event) => [event.type, event] as const))(
    '%s has the level, or one of the two, that is written down',
    (type, event) => {
      const line = logLines[type];
      expect([line.level, line.or]).toContain(level(event));
    },
  );

  it('those of several have them all', () => {
    const { connect_refused, disconnected, cleanup_done } = events;
    expect([level(connect_refused), level({ ...connect_refused, status: 401 })]).toEqual(['warn', 'none']);
    expect([level(disconnected), level({ ...disconnected, how: 'expired' })]).toEqual(['info', 'warn']);
    expect([level(cleanup_done), level({ ...cleanup_done, failed: 1 })]).toEqual(['info', 'warn']);
  });
});
