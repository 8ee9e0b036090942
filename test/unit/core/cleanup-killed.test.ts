import { describe, expect, it } from 'vitest';
import { runCleanup } from '../../../functions/core/use-cases/cleanup.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import { cleanUp, connected, nothingDone, opened, welcomed } from './support/cast.ts';
import { operator1, operator2, rover1, viewer1 } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

/** Each leaves a world in which one run of the cleanup has something to do. */
const scenes = [
  {
    what: 'a connection without hello',
    async scene() {
      const world = newWorld();
      await connected(world, operator1);
      world.pass(world.policy.helloWithinMs);
      return world;
    },
  },
  {
    what: 'a robot whose token ran out',
    async scene() {
      const world = newWorld();
      await welcomed(world, rover1, { lifeMs: 600_000 });
      world.pass(600_000 + world.policy.graceMs);
      return world;
    },
  },
  {
    what: 'a client whose token ran out, with sessions',
    async scene() {
      const world = newWorld();
      await welcomed(world, rover1);
      const client = await welcomed(world, operator1, { lifeMs: 600_000 });
      await opened(world, client);
      await opened(world, client, { mode: 'view' });
      world.pass(600_000 + world.policy.graceMs);
      return world;
    },
  },
  {
    what: 'a robot that did not come back, with sessions',
    async scene() {
      const world = newWorld();
      const robot = await welcomed(world, rover1);
      await opened(world, await welcomed(world, operator1));
      await opened(world, await welcomed(world, viewer1), { mode: 'view' });
      await disconnect(world.deps, robot);
      world.pass(world.policy.resumeWindowMs);
      return world;
    },
  },
  {
    what: 'a client that did not come back, with sessions',
    async scene() {
      const world = newWorld();
      await welcomed(world, rover1);
      const client = await welcomed(world, operator1);
      await opened(world, client);
      await opened(world, client, { mode: 'view' });
      await disconnect(world.deps, client);
      world.pass(world.policy.resumeWindowMs);
      return world;
    },
  },
  {
    what: 'a session whose connection is gone',
    async scene() {
      const world = newWorld();
      await welcomed(world, rover1);
      const client = await welcomed(world, operator1, { lifeMs: 600_000 });
      await opened(world, client);
      world.state.connections.delete(client.connectionId);
      world.state.clients.clear();
      world.pass(600_000 + world.policy.graceMs + world.policy.resumeWindowMs);
      return world;
    },
  },
];

/**
 * What must be the same in the end, however the end was come by. Times may differ, and so whether a
 * robot that was lost is still away or already offline.
 */
function outcomeOf(world: World) {
  return {
    connections: [...world.state.connections.keys()].sort(),
    sessions: world.sessions().map(({ sessionId }) => sessionId),
    robots: [...world.state.robots.values()].map(({ state, controllerSessionId, epoch }) => ({
      isOnline: state === 'online',
      controllerSessionId,
      epoch,
    })),
  };
}

async function callsOf(scene: () => Promise<World>): Promise<readonly string[]> {
  const world = await scene();
  world.tap.forget();
  await cleanUp(world);
  return [...world.tap.calls];
}

/** Long enough for what is tried again and for the backstop of the sessions. */
async function runAgain(world: World) {
  world.tap.heal();
  for (const ms of [0, retryMs, world.policy.resumeWindowMs]) {
    world.pass(ms);
    await cleanUp(world);
  }
}

describe.each(scenes)('$what', ({ scene }) => {
  it('I7: killed after any step and run again, ends as if it had not been killed', async () => {
    const whole = await scene();
    await runAgain(whole);
    const expected = outcomeOf(whole);
    const calls = await callsOf(scene);
    const wrong: string[] = [];
    for (let count = 0; count < calls.length; count++) {
      const world = await scene();
      world.tap.killAfter(count);
      await cleanUp(world).catch(() => {});
      await runAgain(world);
      const outcome = outcomeOf(world);
      if (JSON.stringify(outcome) !== JSON.stringify(expected)) {
        wrong.push(`killed at ${calls[count]}: ${JSON.stringify(outcome)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('worked on by two runs at once, is acted upon once', async () => {
    const world = await scene();
    const reports = await Promise.all([cleanUp(world), cleanUp(world)]);
    const one = await scene();
    const alone = await cleanUp(one);
    for (const key of ['closed', 'announced', 'checked', 'robotsOffline', 'sessionsEnded'] as const) {
      expect(reports.reduce((sum, report) => sum + report[key], 0)).toBe(alone[key]);
    }
    expect(outcomeOf(world)).toEqual(outcomeOf(one));
    expect(world.gateway.posted.length).toBe(one.gateway.posted.length);
    expect(world.gateway.closed).toEqual(one.gateway.closed);
  });

  it('is not acted upon again by the next run', async () => {
    const world = await scene();
    await cleanUp(world);
    const { posted, closed } = world.gateway;
    const before = [posted.length, closed.length];
    expect(await cleanUp(world)).toEqual(nothingDone);
    expect([posted.length, closed.length]).toEqual(before);
  });
});

describe('one item that fails', () => {
  it('does not keep the others from their turn, is counted, and is tried again', async () => {
    const world = newWorld();
    const sockets = [];
    for (const who of [operator1, operator2, viewer1, rover1]) sockets.push(await connected(world, who));
    world.pass(world.policy.helloWithinMs);
    world.tap.fail('close of-operator-2');
    expect(await cleanUp(world)).toMatchObject({ closed: 3, failed: 1 });
    expect([...world.state.connections.keys()]).toEqual(['of-operator-2']);
    expect(world.noted('dependency_unavailable')).toMatchObject([{ where: 'cleanup', code: 'BrokenInTest' }]);
    expect(await cleanUp(world)).toMatchObject({ closed: 0, failed: 0 });
    world.pass(retryMs);
    expect(await cleanUp(world)).toMatchObject({ closed: 1, failed: 0 });
  });

  it('that cannot be read does not either', async () => {
    const world = newWorld();
    for (const who of [operator1, operator2, viewer1]) await connected(world, who);
    world.pass(world.policy.helloWithinMs);
    world.tap.fail('connections.get');
    expect(await cleanUp(world)).toMatchObject({ closed: 2, failed: 1 });
    expect(await cleanUp(world)).toMatchObject({ closed: 1, failed: 0 });
  });

  it('of the connections does not keep the robots and the sessions from theirs', async () => {
    const world = newWorld();
    await disconnect(world.deps, await welcomed(world, rover1));
    await connected(world, operator1);
    world.pass(world.policy.resumeWindowMs);
    world.tap.fail('connections.get');
    expect(await cleanUp(world)).toMatchObject({ robotsOffline: 1, failed: 1 });
  });

  it('a shard that cannot be queried does not keep the other kinds from theirs', async () => {
    const world = newWorld();
    await disconnect(world.deps, await welcomed(world, rover1));
    await connected(world, operator1);
    world.pass(world.policy.resumeWindowMs);
    world.tap.fail('connections.due');
    await cleanUp(world).catch(() => {});
    expect(world.robot()).toMatchObject({ state: 'offline' });
  });

  it('by a fault, not an outage, does not stop the whole run', async () => {
    const world = newWorld();
    await disconnect(world.deps, await welcomed(world, rover1));
    await connected(world, operator1);
    await connected(world, operator2);
    world.pass(world.policy.resumeWindowMs);
    world.tap.fail('connections.get', { error: new TypeError('a fault of ours') });
    expect(await cleanUp(world)).toMatchObject({ closed: 1, robotsOffline: 1, failed: 1, more: false });
    expect(world.state.connections.size).toBe(1);
    expect(world.robot()).toMatchObject({ state: 'offline' });
    expect(world.noted('fault')).toEqual([{ type: 'fault', where: 'cleanup', name: 'TypeError' }]);
    expect(world.noted('dependency_unavailable')).toEqual([]);
  });

  it('by what is thrown and is no error, is noted by its kind', async () => {
    const world = newWorld();
    await connected(world, operator1);
    world.pass(world.policy.helloWithinMs);
    const connections = { ...world.deps.connections, get: () => Promise.reject('a word') };
    await runCleanup({ ...world.deps, connections }, { endBy: Number.POSITIVE_INFINITY, batch: 50 });
    expect(world.noted('fault')).toEqual([{ type: 'fault', where: 'cleanup', name: 'string' }]);
  });

  it('by an outage of a list says that there is more, and counts it', async () => {
    const world = newWorld();
    world.tap.fail('connections.due');
    expect(await cleanUp(world)).toMatchObject({ failed: 1, more: true });
    expect(world.noted('dependency_unavailable')).toMatchObject([{ where: 'cleanup' }]);
  });
});
