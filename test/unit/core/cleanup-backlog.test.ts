import { describe, expect, it } from 'vitest';
import { runCleanup } from '../../../functions/core/use-cases/cleanup.ts';
import { scheduledCleanup } from '../../../functions/schedules/cleanup.ts';
import type { ConnectionId } from '../../../protocol/ids.ts';
import { cleanUp, connected, opened, welcomed } from './support/cast.ts';
import { rover1, user } from './support/people.ts';
import { lose } from './support/returning.ts';
import { newWorld, type World } from './support/world.ts';

const batch = 3;

async function withoutHello(count: number, settings: Parameters<typeof newWorld>[0] = { shards: 1 }) {
  const world = newWorld(settings);
  for (let i = 0; i < count; i++) await connected(world, user(`late-${i}`, 'viewers'));
  // With one shard, all rows have to be in it for the test to see its batches.
  world.pass(world.policy.helloWithinMs);
  return world;
}

const inFirstShard = async (world: World) =>
  (await world.deps.connections.due({ shard: 0, now: world.clock.at, limit: 1000 })).length;

describe('a backlog larger than a batch', () => {
  it('is worked through in one run, batch by batch', async () => {
    const world = await withoutHello(40);
    const due = await inFirstShard(world);
    expect(due).toBeGreaterThan(batch);
    world.tap.forget();
    expect(await cleanUp(world, batch)).toMatchObject({ closed: due, more: false });
    const looks = world.tap.count('connections.due');
    expect(looks).toBeGreaterThanOrEqual(due / batch);
    expect(looks).toBeLessThanOrEqual(due / batch + 1);
  });

  it('of robots whose window has ended is, too', async () => {
    const world = newWorld({ shards: 1 });
    for (let i = 0; i < 60; i++) {
      await lose(world, await welcomed(world, user(`robot-${i}`, 'robots', 'fleet:demo')));
    }
    world.pass(world.policy.resumeWindowMs);
    const due = (await world.deps.robots.due({ shard: 0, now: world.clock.at, limit: 1000 })).length;
    expect(due).toBeGreaterThan(2 * batch);
    expect(await cleanUp(world, batch)).toMatchObject({ robotsOffline: due, more: false });
  });

  it('of sessions whose window has ended is, too, also of one robot', async () => {
    const world = newWorld({ shards: 1, maxSessionsPerRobot: 60 });
    await welcomed(world, rover1);
    for (let i = 0; i < 60; i++) {
      const client = await welcomed(world, user(`client-${i}`, 'viewers', 'fleet:demo'));
      await opened(world, client, { mode: 'view' });
      await lose(world, client);
    }
    world.pass(world.policy.resumeWindowMs);
    const due = (await world.deps.sessions.due({ shard: 0, now: world.clock.at, limit: 1000 })).length;
    expect(due).toBeGreaterThan(2 * batch);
    expect(await cleanUp(world, batch)).toMatchObject({ sessionsEnded: due, more: false });
  });

  it('over all shards leaves nothing', async () => {
    const world = await withoutHello(40, {});
    expect(await cleanUp(world, batch)).toMatchObject({ closed: 40, more: false });
    expect(world.state.connections.size).toBe(0);
  });

  it('stops at its time, says that there is more, and the next run goes on', async () => {
    const world = await withoutHello(40);
    const due = await inFirstShard(world);
    const held = world.tap.hold('connections.due');
    const endBy = world.clock.at + 1_000;
    const cleaning = cleanUp(world, batch, endBy);
    await held.reachedBy(cleaning);
    world.pass(1_000);
    held.release();
    expect(await cleaning).toMatchObject({ closed: batch, more: true });
    expect(await cleanUp(world, batch)).toMatchObject({ closed: due - batch, more: false });
  });

  it('is not begun when there is no time for it', async () => {
    const world = await withoutHello(5);
    world.tap.forget();
    expect(await cleanUp(world, batch, world.clock.at)).toMatchObject({ closed: 0, more: true });
    expect(world.tap.calls).toEqual([]);
  });

  it('does not go round and round when the index keeps naming what was dealt with', async () => {
    const world = await withoutHello(40);
    const stuck = await world.deps.connections.due({ shard: 0, now: world.clock.at, limit: batch });
    const connections = { ...world.deps.connections, due: async () => stuck };
    const report = await runCleanup(
      { ...world.deps, connections },
      { endBy: Number.POSITIVE_INFINITY, batch },
    );
    expect(report).toMatchObject({ closed: batch, more: true });
  });

  it('whose first batch cannot be read leaves the rest its turn', async () => {
    const world = await withoutHello(40);
    const due = await world.deps.connections.due({ shard: 0, now: world.clock.at, limit: 1000 });
    const unreadable = due.slice(0, batch).map(({ key }) => key);
    const connections = {
      ...world.deps.connections,
      get: (id: ConnectionId) => {
        if (unreadable.includes(id)) world.tap.fail('connections.get');
        return world.deps.connections.get(id);
      },
    };
    const report = await runCleanup(
      { ...world.deps, connections },
      { endBy: Number.POSITIVE_INFINITY, batch },
    );
    expect(report).toMatchObject({ closed: due.length - batch });
  });
});

describe('scheduledCleanup', () => {
  it('runs once for a policy of a minute', async () => {
    const world = await withoutHello(3, {});
    await scheduledCleanup(world.deps)({});
    expect(world.noted('cleanup_done')).toMatchObject([{ closed: 3 }]);
  });

  it('keeps time back at the end of an invocation, and does nothing in one that has none left', async () => {
    const world = await withoutHello(3, {});
    await scheduledCleanup(world.deps)({}, { getRemainingTimeInMillis: () => 10_000 });
    expect(world.noted('cleanup_done')).toMatchObject([{ closed: 0, more: true }]);
  });
});
