import { describe, expect, it } from 'vitest';
import type { WatchDirectory } from '../../../functions/core/ports/watch-directory.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import {
  cleanUpUntil,
  connected,
  granted,
  hello,
  opened,
  refresh,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import {
  admin1,
  operator1,
  operator2,
  operator9,
  rover1,
  rover2,
  roverId,
  user,
  viewer1,
} from './support/people.ts';
import { lose, robotBack } from './support/returning.ts';
import { statesTold, topicsWatched, watch, watcher } from './support/watching.ts';
import { newWorld, type World } from './support/world.ts';

const robot = socketNamed('robot');
const twice = user('twice', 'viewers', 'fleet:demo', 'fleet:spare');

/** Everybody watches: those who may see rover-1, and those who may not. */
async function audience(world: World) {
  return {
    admin: await watcher(world, admin1),
    operator: await watcher(world, operator1),
    viewer: await watcher(world, viewer1),
    twice: await watcher(world, twice),
    stranger: await watcher(world, operator9),
    fleetless: await watcher(world, user('fleetless', 'operators')),
    silent: await welcomed(world, operator2, { name: 'silent' }),
  };
}
const seeing = ['admin', 'operator', 'viewer', 'twice'] as const;

describe('robotStatus', () => {
  it('is told of each true change, once, with since when, to whoever may see the robot, and to nobody else', async () => {
    const world = newWorld();
    const all = await audience(world);
    const expected: object[] = [];
    const step = async (state: string, act: () => Promise<unknown>) => {
      world.pass(1_000);
      await act();
      expected.push({ type: 'robotStatus', robotId: roverId, state, sinceAt: world.clock.at });
      for (const name of seeing) expect(sent(world, all[name], 'robotStatus')).toEqual(expected);
    };
    await step('online', () =>
      welcomed(world, { ...rover1, groups: ['robots', 'fleet:demo', 'fleet:spare'] }, { name: 'robot' }),
    );
    await step('away', () => lose(world, robot));
    await step('online', () =>
      robotBack(world, { name: 'r2', as: { ...rover1, groups: ['robots', 'fleet:demo', 'fleet:spare'] } }),
    );
    await step('away', () => lose(world, socketNamed('r2')));
    await step('offline', () => cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs));
    await step('online', () => robotBack(world, { name: 'r3' }));
    await step('offline', () => bye(world.deps, { caller: socketNamed('r3'), signOut: false }));
    for (const name of ['stranger', 'fleetless', 'silent'] as const) {
      expect(sent(world, all[name], 'robotStatus')).toEqual([]);
    }
  });

  it.each([
    { what: 'its next connection takes over', act: (world: World) => robotBack(world) },
    { what: 'it takes over without resume', act: (world: World) => robotBack(world, { resume: undefined }) },
    { what: 'it says hello again', act: (world: World) => hello(world, robot) },
    { what: 'it refreshes', act: (world: World) => refresh(world, robot, world.tokens.issue(rover1)) },
    {
      what: 'a session is opened to view',
      act: (world: World) => opened(world, socketNamed('silent'), { mode: 'view' }),
    },
    {
      what: 'an older connection ends late',
      act: async (world: World) => {
        await robotBack(world);
        await disconnect(world.deps, robot);
      },
    },
    {
      what: 'a next connection is not welcomed',
      act: async (world: World) => {
        const next = await connected(world, rover1, { name: 'robot-2' });
        world.gateway.drop(next);
        await hello(world, next);
      },
    },
    {
      what: 'it is lost twice over',
      act: async (world: World) => {
        await Promise.all([lose(world, robot), lose(world, robot)]);
        return 'away';
      },
    },
  ])('is not told when nothing has changed: $what', async ({ act }) => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const all = await audience(world);
    const state = await act(world);
    for (const name of seeing) expect(statesTold(world, all[name])).toEqual(state === 'away' ? ['away'] : []);
  });

  it('of a robot in no fleet is for admins alone', async () => {
    const world = newWorld();
    const all = await audience(world);
    await welcomed(world, user('lone', 'robots'));
    expect(statesTold(world, all.admin, 'lone')).toEqual(['online']);
    for (const name of ['operator', 'viewer', 'twice', 'stranger', 'fleetless'] as const) {
      expect(statesTold(world, all[name], 'lone')).toEqual([]);
    }
  });

  it('of a robot that is new, and of one by name that is offline, is told to who watches already', async () => {
    const world = newWorld();
    const first = await welcomed(world, rover1, { name: 'robot' });
    await bye(world.deps, { caller: first, signOut: false });
    const named = await watcher(world, operator1, { robots: ['rover-1'] });
    const all = await watcher(world, operator2);
    await welcomed(world, rover2);
    await robotBack(world);
    expect(statesTold(world, named)).toEqual(['online']);
    expect(statesTold(world, named, 'rover-2')).toEqual([]);
    expect(statesTold(world, all)).toEqual(['online']);
    expect(statesTold(world, all, 'rover-2')).toEqual(['online']);
  });

  it('goes by the fleets that the robot has now', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const all = await audience(world);
    granted(
      await refresh(world, robot, world.tokens.issue({ ...rover1, groups: ['robots', 'fleet:other'] })),
    );
    await lose(world, robot);
    expect(statesTold(world, all.stranger)).toEqual(['away']);
    expect(statesTold(world, all.operator)).toEqual([]);
    expect(statesTold(world, all.admin)).toEqual(['away']);
  });

  it('of a robot by name is not told any more to who may not see it since it has left the fleet', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const named = await watcher(world, operator1, { robots: ['rover-1'] });
    granted(
      await refresh(world, robot, world.tokens.issue({ ...rover1, groups: ['robots', 'fleet:other'] })),
    );
    await lose(world, robot);
    expect(statesTold(world, named)).toEqual([]);
  });
});

describe('a watcher', () => {
  it('that is gone is found so at the next change, and forgotten', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const gone = await watcher(world, operator1);
    const kept = await watcher(world, viewer1);
    world.gateway.drop(gone);
    await lose(world, robot);
    expect(Object.keys(topicsWatched(world))).toEqual([kept.connectionId]);
    world.tap.forget();
    await robotBack(world);
    expect(world.tap.count(`post robotStatus to ${gone.connectionId}`)).toBe(0);
    expect(statesTold(world, kept)).toEqual(['away', 'online']);
  });

  it('that cannot be told now keeps neither the others from hearing nor the robot from coming, and is not forgotten', async () => {
    const world = newWorld();
    const slow = await watcher(world, operator1);
    const kept = await watcher(world, viewer1);
    world.tap.fail(`post robotStatus to ${slow.connectionId}`);
    await welcomed(world, rover1, { name: 'robot' });
    expect(statesTold(world, kept)).toEqual(['online']);
    await lose(world, robot);
    expect(statesTold(world, slow)).toEqual(['away']);
    expect(world.noted('dependency_unavailable')).toHaveLength(1);
  });

  it('I1: whose token ran out is told nothing, until it has refreshed', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const short = await welcomed(world, operator1, { name: 'short', lifeMs: 60_000 });
    granted(await watch(world, short));
    world.pass(60_000);
    await lose(world, robot);
    expect(statesTold(world, short)).toEqual([]);
    granted(await refresh(world, short, world.tokens.issue(operator1)));
    await robotBack(world);
    expect(statesTold(world, short)).toEqual(['online']);
  });

  it('hears once, however many of its fleets and ways lead to the robot', async () => {
    const world = newWorld();
    const many = ['a', 'b', 'c'].map((fleet) => `fleet:${fleet}`);
    const socket = await watcher(world, user('in-all', 'viewers', ...many));
    await welcomed(world, { ...rover1, groups: ['robots', ...many] }, { name: 'robot' });
    expect(statesTold(world, socket)).toEqual(['online']);
  });

  it.each(['watches.watchersOf', 'robots.get'])(
    'is not worth the loss of a robot: %s fails',
    async (call) => {
      const world = newWorld();
      await welcomed(world, rover1, { name: 'robot' });
      await watcher(world, operator1);
      world.tap.fail(call);
      await disconnect(world.deps, robot);
      expect(world.robot()).toMatchObject({ state: 'away' });
      expect(world.connection(robot)).toBeUndefined();
    },
  );
});

describe('the cost of a change', () => {
  it('is a query a topic and a post a watcher, whoever else there is', async () => {
    const world = newWorld();
    for (let i = 0; i < 3; i++) await watcher(world, operator1, { name: `watcher-${i}` });
    for (let i = 0; i < 40; i++) await watcher(world, operator9, { name: `elsewhere-${i}` });
    for (let i = 0; i < 40; i++) await welcomed(world, operator1, { name: `silent-${i}` });
    const asked: (readonly string[])[] = [];
    const { watches } = world.deps;
    const listening: WatchDirectory = {
      ...watches,
      watch: (...of) => watches.watch(...of),
      unwatch: (...of) => watches.unwatch(...of),
      watchersOf: (topics) => {
        asked.push(topics);
        return watches.watchersOf(topics);
      },
    };
    const socket = await connected(world, rover1, { name: 'robot' });
    world.tap.forget();
    await hello({ ...world, deps: { ...world.deps, watches: listening } }, socket);
    expect(asked).toEqual([['all', 'robot#rover-1', 'fleet#demo']]);
    expect(world.tap.count('watches.watchersOf')).toBe(1);
    expect(world.tap.calls.filter((call) => call.startsWith('post robotStatus')).sort()).toEqual(
      [0, 1, 2].map((i) => `post robotStatus to watcher-${i}`),
    );
    expect(world.tap.count('connections.get')).toBe(1);
  });

  it('that nobody watches is the query alone', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    world.tap.forget();
    await lose(world, robot);
    expect(world.tap.count('watches.watchersOf')).toBe(1);
    expect(world.tap.calls.filter((call) => call.startsWith('post'))).toEqual([]);
  });
});
