import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import {
  cleanUp,
  codeOf,
  connected,
  granted,
  hello,
  keyOf,
  refresh,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { admin1, operator1, operator9, rover1, rover2, user, viewer1 } from './support/people.ts';
import { back, lose } from './support/returning.ts';
import { statesTold, topicsWatched, watch, watcher } from './support/watching.ts';
import { newWorld } from './support/world.ts';

const fleetless = user('fleetless', 'operators');
const twoFleets = user('two', 'viewers', 'fleet:demo', 'fleet:other');
const elsewhere = user('rover-8', 'robots', 'fleet:other');
const anotherRobot = user('rover-7', 'robots', 'fleet:demo');

async function scene() {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { name: 'robot' });
  await welcomed(world, rover2);
  await welcomed(world, elsewhere);
  return { world, robot };
}

describe('watchRobots', () => {
  it.each([
    { who: operator1, robots: ['rover-1'], code: undefined },
    { who: operator1, robots: ['rover-1', 'rover-2', 'rover-1'], code: undefined },
    { who: viewer1, robots: ['rover-2'], code: undefined },
    { who: admin1, robots: ['rover-1', 'rover-8'], code: undefined },
    { who: twoFleets, robots: ['rover-1', 'rover-8'], code: undefined },
    { who: operator1, robots: ['rover-8'], code: 'forbidden' },
    { who: operator1, robots: ['rover-1', 'rover-8'], code: 'forbidden' },
    { who: operator1, robots: ['nowhere'], code: 'forbidden' },
    { who: operator9, robots: ['rover-1'], code: 'forbidden' },
    { who: fleetless, robots: ['rover-1'], code: 'forbidden' },
    { who: fleetless, robots: undefined, code: undefined },
    { who: anotherRobot, robots: undefined, code: 'forbidden' },
    { who: anotherRobot, robots: ['rover-1'], code: 'forbidden' },
  ])('of $robots by $who.userName: $code', async ({ who, robots, code }) => {
    const { world } = await scene();
    const socket = await welcomed(world, who, { name: 'caller' });
    expect(codeOf(await watch(world, socket, robots))).toBe(code);
    if (code !== undefined) expect(topicsWatched(world)).toEqual({});
  });

  it('says of a robot that may not be seen what it says of one that is not', async () => {
    const { world } = await scene();
    const socket = await welcomed(world, operator1);
    expect(await watch(world, socket, ['rover-8'])).toEqual(await watch(world, socket, ['nowhere']));
  });

  it('of fifty robots, which is as many as may be named', async () => {
    const { world } = await scene();
    const names = Array.from({ length: 50 }, (_, i) => `many-${i}`);
    for (const name of names) await welcomed(world, user(name, 'robots', 'fleet:demo'));
    const socket = await watcher(world, operator1, { name: 'A', robots: names });
    expect(topicsWatched(world)[socket.connectionId]).toHaveLength(50);
  });

  it('that cannot be written leaves what was watched before, and nothing of its own', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    await welcomed(world, rover2, { name: 'other' });
    const socket = await watcher(world, operator1, { robots: ['rover-1'] });
    const before = topicsWatched(world);
    // Some of it is written, and the answer lost.
    world.tap.fail('watches.watch', { when: 'after' });
    await expect(watch(world, socket, ['rover-1', 'rover-2'])).rejects.toThrow('unavailable');
    expect(topicsWatched(world)).toEqual(before);
    await lose(world, socketNamed('robot'));
    expect(statesTold(world, socket)).toEqual(['away']);
  });

  it('that is refused leaves what was watched before', async () => {
    const { world } = await scene();
    const socket = await watcher(world, operator1);
    const before = topicsWatched(world);
    expect(codeOf(await watch(world, socket, ['rover-8']))).toBe('forbidden');
    expect(topicsWatched(world)).toEqual(before);
  });

  it('said again replaces what was watched before, from names to all and back', async () => {
    const { world, robot } = await scene();
    const socket = await watcher(world, operator1, { robots: ['rover-2'] });
    await lose(world, robot);
    expect(statesTold(world, socket)).toEqual([]);
    granted(await watch(world, socket));
    await back(world, { name: 'robot-2', as: rover1 });
    expect(statesTold(world, socket)).toEqual(['online']);
    granted(await watch(world, socket, ['rover-2']));
    await lose(world, socketNamed('robot-2'));
    expect(statesTold(world, socket)).toEqual(['online']);
    expect(topicsWatched(world)).toEqual({ [socket.connectionId]: ['robot#rover-2'] });
    expect(world.connection(socket)?.watching).toEqual(['robot#rover-2']);
  });

  it('is not for who has not said hello, is expired, or is not known', async () => {
    const { world } = await scene();
    const young = await connected(world, operator1, { name: 'young', lifeMs: 20_000 });
    expect(codeOf(await watch(world, young))).toBe('hello_required');
    world.pass(20_000);
    expect(codeOf(await watch(world, young))).toBe('token_expired');
    expect(codeOf(await watch(world, socketNamed('nobody')))).toBe('unauthenticated');
    expect(topicsWatched(world)).toEqual({});
  });
});

describe('who watches', () => {
  it.each([
    { what: '$disconnect', end: disconnect },
    {
      what: 'bye',
      end: (deps: Parameters<typeof bye>[0], caller: Parameters<typeof disconnect>[1]) =>
        bye(deps, { caller, signOut: false }),
    },
  ])('does so until its connection ends by $what', async ({ end }) => {
    const { world, robot } = await scene();
    const socket = await watcher(world, operator1);
    const kept = await watcher(world, viewer1);
    await end(world.deps, socket);
    expect(Object.keys(topicsWatched(world))).toEqual([kept.connectionId]);
    await lose(world, robot);
    expect(statesTold(world, socket)).toEqual([]);
    expect(statesTold(world, kept)).toEqual(['away']);
  });

  it('does so no more when its token has run out and its grace is over', async () => {
    const { world } = await scene();
    const short = await welcomed(world, operator1, { name: 'short', lifeMs: 60_000 });
    granted(await watch(world, short));
    world.pass(60_000 + world.policy.graceMs);
    await cleanUp(world);
    expect(topicsWatched(world)).toEqual({});
  });

  it('and comes back on another connection, watches anew if it says so: its old watch is over', async () => {
    const { world, robot } = await scene();
    const socket = await watcher(world, operator1, { name: 'A' });
    await back(world, { resume: keyOf(world, socket) });
    await disconnect(world.deps, socket);
    expect(topicsWatched(world)).toEqual({});
    await lose(world, robot);
    expect(statesTold(world, socketNamed('B'))).toEqual([]);
  });

  it('goes on when it says hello again', async () => {
    const { world, robot } = await scene();
    const socket = await watcher(world, operator1, { name: 'A' });
    granted(await hello(world, socket));
    await lose(world, robot);
    expect(statesTold(world, socket)).toEqual(['away']);
    await disconnect(world.deps, socket);
    expect(topicsWatched(world)).toEqual({});
  });
});

describe('I5: a refresh', () => {
  const changes = [
    {
      what: 'that takes the fleet away',
      groups: ['operators', 'fleet:other'],
      all: ['fleet#other'],
      named: [],
    },
    {
      what: 'that adds one',
      groups: ['operators', 'fleet:demo', 'fleet:other'],
      all: ['fleet#demo', 'fleet#other'],
      named: ['robot#rover-1'],
    },
    { what: 'that makes an admin', groups: ['admins'], all: ['all'], named: ['robot#rover-1'] },
    { what: 'that takes every fleet away', groups: ['operators'], all: [], named: [] },
    {
      what: 'that changes the order of the groups alone',
      groups: ['fleet:demo', 'operators'],
      all: ['fleet#demo'],
      named: ['robot#rover-1'],
    },
  ];

  it.each(changes)('$what: what may be seen is told from then on, and nothing else', async (of) => {
    const { world, robot } = await scene();
    const all = await watcher(world, operator1, { name: 'all' });
    const named = await watcher(world, operator1, { name: 'named', robots: ['rover-1'] });
    for (const socket of [all, named]) {
      granted(await refresh(world, socket, world.tokens.issue({ ...operator1, groups: of.groups })));
    }
    const topics = topicsWatched(world);
    expect([...(topics.all ?? [])].sort()).toEqual([...of.all].sort());
    expect(topics.named ?? []).toEqual(of.named);
    await lose(world, robot);
    expect(statesTold(world, all)).toHaveLength(
      of.all.includes('all') || of.all.includes('fleet#demo') ? 1 : 0,
    );
    expect(statesTold(world, named)).toHaveLength(of.named.length);
    await disconnect(world.deps, all);
    await disconnect(world.deps, named);
    expect(topicsWatched(world)).toEqual({});
  });

  it('of one who watches nothing begins no watch', async () => {
    const { world } = await scene();
    const socket = await welcomed(world, operator1);
    granted(await refresh(world, socket, world.tokens.issue({ ...operator1, groups: ['admins'] })));
    expect(topicsWatched(world)).toEqual({});
  });

  it('that takes the fleet away at the same moment, in whatever order: it is told nothing more', async () => {
    const moves = { ...operator1, groups: ['operators', 'fleet:other'] };
    const wrong: string[] = [];
    for (const robots of [undefined, ['rover-1']]) {
      const watches = ({ world }: Scene) => watch(world, socketNamed('A'), robots);
      const loses = ({ world }: Scene) => refresh(world, socketNamed('A'), world.tokens.issue(moves));
      for (const [action, by] of [
        [watches, loses],
        [loses, watches],
      ] as const) {
        const found = await overtakenAtEachStep<Scene, unknown>({
          scene: async () => {
            const made = await scene();
            await welcomed(made.world, operator1, { name: 'A' });
            return made;
          },
          action,
          by,
          judge: async ({ world, robot }) => {
            await lose(world, robot);
            expect(statesTold(world, socketNamed('A'))).toEqual([]);
          },
        });
        wrong.push(...found);
      }
    }
    expect(wrong).toEqual([]);
  });
});

type Scene = Awaited<ReturnType<typeof scene>>;

describe('watchRobots at the same moment', () => {
  const a = socketNamed('A');
  const sceneWithClient = async () => {
    const made = await scene();
    await welcomed(made.world, operator1, { name: 'A' });
    return made;
  };

  it('as the end of its connection, in whatever order, leaves no watcher behind', async () => {
    const wrong: string[] = [];
    const watches = ({ world }: Scene) => watch(world, a);
    const ends = ({ world }: Scene) => lose(world, a);
    for (const [action, by] of [
      [watches, ends],
      [ends, watches],
    ] as const) {
      const found = await overtakenAtEachStep<Scene, unknown>({
        scene: sceneWithClient,
        action,
        by,
        judge: ({ world }) => expect(topicsWatched(world)).toEqual({}),
      });
      wrong.push(...found);
    }
    expect(wrong).toEqual([]);
  });

  it('as another of the same caller: it is told once of each change, by what one of them asked for', async () => {
    const wrong = await overtakenAtEachStep<Scene, unknown>({
      scene: sceneWithClient,
      action: ({ world }) => watch(world, a, ['rover-1']),
      by: ({ world }) => watch(world, a),
      judge: async ({ world, robot }) => {
        await lose(world, robot);
        expect(statesTold(world, a)).toEqual(['away']);
        await lose(world, a);
        // What two at once have left behind is found gone at the next change, and forgotten.
        await back(world, { name: 'robot-2', as: rover1 });
        expect(topicsWatched(world)).toEqual({});
      },
    });
    expect(wrong).toEqual([]);
  });
});
