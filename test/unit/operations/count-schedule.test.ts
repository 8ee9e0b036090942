import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import { scheduledCleanup } from '../../../functions/schedules/cleanup.ts';
import { newWorld } from '../core/support/world.ts';

const minuteMs = 60_000;
const context = { getRemainingTimeInMillis: () => 75_000 };

let world: ReturnType<typeof newWorld>;
beforeEach(() => {
  world = newWorld();
});
afterEach(() => vi.useRealTimers());

/** Runs of the schedule, a minute apart. */
async function runs(count: number) {
  const run = scheduledCleanup(world.deps);
  for (let i = 0; i < count; i++) {
    world.pass(minuteMs);
    await run({}, context);
  }
}

it('the robots are counted at every fifth run, after the cleanup', async () => {
  await runs(15);
  expect(world.noted('cleanup_done')).toHaveLength(15);
  expect(world.noted('robots_counted')).toHaveLength(3);
  const types = world.events.map(({ type }) => type);
  expect(types[types.indexOf('robots_counted') - 1]).toBe('cleanup_done');
});

it('that they cannot be counted is noted, and fails no run', async () => {
  const failure = new DependencyUnavailable('DynamoDB', 'ThrottlingException', undefined);
  world.tap.fail('fleets.list', { error: failure });
  await runs(5);
  expect(world.noted('cleanup_done')).toHaveLength(5);
  expect(world.noted('dependency_unavailable')).toEqual([
    { type: 'dependency_unavailable', where: 'count-robots', code: 'ThrottlingException' },
  ]);
  expect(world.noted('robots_counted')).toEqual([]);
});
