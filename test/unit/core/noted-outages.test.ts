import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { connected, granted, hello, open, opened, welcomed } from './support/cast.ts';
import { crew, release, request } from './support/controlling.ts';
import { operator1, rover1, viewer1 } from './support/people.ts';
import { a, b, pair, robot, robot2 } from './support/returning.ts';
import type { Hold } from './support/tap.ts';
import { watch, watcher } from './support/watching.ts';
import { newWorld, type World } from './support/world.ts';

type Scene = { readonly world: World; readonly act: () => Promise<unknown> };

/** What is out, once something else has come to pass, and under what name it is found in the log. */
type Outage = {
  readonly call: string;
  readonly after?: string;
  readonly where: string;
  readonly fails?: true;
};

async function releasing(): Promise<Scene> {
  const team = await crew({ holder: 'operator' });
  await watcher(team.world, operator1, { name: 'watching' });
  return { world: team.world, act: async () => granted(await release(team, 'operator')) };
}

async function forcing(): Promise<Scene> {
  const team = await crew({ holder: 'operator' });
  const { world } = team;
  // Neither of the change nor of its taking back.
  world.tap.fail('post controlChanged to robot');
  return { world, act: () => request(team, 'admin', { force: true }) };
}

async function opening(): Promise<Scene> {
  const world = newWorld();
  await welcomed(world, rover1, { name: 'robot' });
  await watcher(world, viewer1, { name: 'watching' });
  const client = await welcomed(world, operator1);
  return { world, act: async () => granted(await open(world, client)) };
}

async function loss(of: typeof a): Promise<Scene> {
  const { world } = await pair();
  return { world, act: () => disconnect(world.deps, of) };
}

async function clientReturns(): Promise<Scene> {
  const { world, key } = await pair();
  await connected(world, operator1, { name: 'B' });
  return { world, act: () => hello(world, b, { resume: key }) };
}

async function robotReturns(): Promise<Scene> {
  const world = newWorld();
  await welcomed(world, { ...rover1, groups: [...rover1.groups, 'fleet:spare'] }, { name: 'robot' });
  await opened(world, await welcomed(world, operator1));
  await connected(world, rover1, { name: 'robot-2' });
  return { world, act: () => hello(world, robot2, { resume: true }) };
}

async function robotSaysAgain(): Promise<Scene> {
  const { world } = await pair();
  return { world, act: () => hello(world, robot, { resume: true }) };
}

async function watching(): Promise<Scene> {
  const world = newWorld();
  const client = await welcomed(world, operator1);
  world.tap.fail('watches.watch');
  return { world, act: () => watch(world, client) };
}

const scenes: readonly {
  readonly what: string;
  readonly made: () => Promise<Scene>;
  readonly outages: readonly Outage[];
}[] = [
  {
    what: 'control is released',
    made: releasing,
    outages: [
      { call: 'watches.watchersOf', where: 'tell-watchers' },
      { call: 'post robotStatus to watching', where: 'tell-watcher' },
      { call: 'sessions.listByRobot', where: 'announce-control' },
      { call: 'post controlChanged to viewer', where: 'tell.controlChanged' },
      { call: 'robots.get', after: 'post controlChanged to viewer', where: 'announce-control' },
    ],
  },
  {
    what: 'control cannot be given',
    made: forcing,
    outages: [
      {
        call: 'post controlChanged to robot',
        after: 'robots.passControl again',
        where: 'control.take-back',
        fails: true,
      },
    ],
  },
  {
    what: 'a session is opened',
    made: opening,
    outages: [{ call: 'robots.get', after: 'post robotStatus to watching', where: 'announce-robot' }],
  },
  {
    what: 'a robot is lost',
    made: () => loss(robot),
    outages: [{ call: 'sessions.listByRobot', where: 'announce-away' }],
  },
  {
    what: 'a client is lost',
    made: () => loss(a),
    outages: [{ call: 'robots.get', where: 'announce-client-away' }],
  },
  {
    what: 'a client returns',
    made: clientReturns,
    outages: [
      { call: 'robots.getMany', after: 'post welcome to B', where: 'hello.tell-changed' },
      { call: 'post goAway to A', where: 'hello.tell-replaced' },
      { call: 'close A', where: 'hello.close-replaced' },
      { call: 'clients.settle', where: 'hello.tell-back' },
    ],
  },
  {
    what: 'a robot returns',
    made: robotReturns,
    outages: [
      { call: 'fleets.enlist', where: 'hello.leave-fleets' },
      { call: 'robots.noteArrivalTold', where: 'hello.previous-sessions' },
    ],
  },
  {
    what: 'a robot says hello again',
    made: robotSaysAgain,
    outages: [{ call: 'sessions.listByRobot', after: 'post welcome to robot', where: 'hello.tell-changed' }],
  },
  {
    what: 'a watch cannot be written',
    made: watching,
    outages: [{ call: 'watches.unwatch', where: 'watch.undo', fails: true }],
  },
];

it('a fault of ours while others are told is no outage: it is thrown, and found', async () => {
  const { world, act } = await releasing();
  world.tap.fail('watches.watchersOf', { error: new TypeError('a fault of ours') });
  await expect(act()).rejects.toThrow('a fault of ours');
  expect(world.noted('dependency_unavailable')).toEqual([]);
});

describe.each(scenes)('an outage when $what', ({ made, outages }) => {
  it.each(outages)(
    'of $call is noted as $where, and fails nothing that has happened',
    async ({ call, after, where, fails }) => {
      const { world, act } = await made();
      const held: Hold | undefined = after === undefined ? undefined : world.tap.hold(after);
      if (held === undefined) world.tap.fail(call);
      const acting = act().then(
        () => 'done',
        () => 'thrown',
      );
      if (held !== undefined) {
        await held.reachedBy(acting);
        world.tap.fail(call);
        held.release();
      }
      expect(await acting).toBe(fails === true ? 'thrown' : 'done');
      expect(world.noted('dependency_unavailable')).toEqual([
        { type: 'dependency_unavailable', where, code: 'BrokenInTest' },
      ]);
    },
  );
});
