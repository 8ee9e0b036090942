import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { robotId } from '../../../protocol/ids.ts';
import { cleanUp, codeOf, connected, open, socketNamed, welcomed } from './support/cast.ts';
import { admin1, operator1, operator9, rover1, rover2, user, viewer1 } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

type RobotIs = 'online' | 'away' | 'offline' | 'never here';

async function bring(world: World, state: RobotIs): Promise<SocketAddress | undefined> {
  if (state === 'never here') return undefined;
  const robot = await welcomed(world, rover1);
  if (state === 'online') return robot;
  await disconnect(world.deps, robot);
  if (state === 'offline') {
    world.pass(world.policy.resumeWindowMs);
    await cleanUp(world);
  }
  expect(world.robot()?.state).toBe(state);
  return robot;
}

const fleetless = user('fleetless', 'operators');
const everyState: readonly RobotIs[] = ['online', 'away', 'offline', 'never here'];

/** What becomes of asking for control and for a view, with a robot that is online, away, offline, never here. */
const table = [
  { who: admin1, control: ['open', 'suspended', 'robot_offline', 'robot_unknown'] },
  { who: admin1, view: ['open', 'suspended', 'robot_offline', 'robot_unknown'] },
  { who: operator1, control: ['open', 'suspended', 'robot_offline', 'forbidden'] },
  { who: operator1, view: ['open', 'suspended', 'robot_offline', 'forbidden'] },
  { who: viewer1, control: ['forbidden', 'forbidden', 'forbidden', 'forbidden'] },
  { who: viewer1, view: ['open', 'suspended', 'robot_offline', 'forbidden'] },
  { who: operator9, control: ['forbidden', 'forbidden', 'forbidden', 'forbidden'] },
  { who: operator9, view: ['forbidden', 'forbidden', 'forbidden', 'forbidden'] },
  { who: fleetless, control: ['forbidden', 'forbidden', 'forbidden', 'forbidden'] },
  { who: fleetless, view: ['forbidden', 'forbidden', 'forbidden', 'forbidden'] },
  { who: rover2, control: ['forbidden', 'forbidden', 'forbidden', 'forbidden'] },
  { who: rover2, view: ['forbidden', 'forbidden', 'forbidden', 'forbidden'] },
];

const cases = table.flatMap(({ who, ...modes }) =>
  Object.entries(modes).flatMap(([mode, results]) =>
    results.map((result, i) => ({
      name: who.userName,
      who,
      mode: mode === 'control' ? ('control' as const) : ('view' as const),
      state: everyState[i] ?? 'online',
      result,
    })),
  ),
);

describe('openSession, by who asks, for what, with a robot in which state', () => {
  it.each(cases)('$name, $mode, $state: $result', async ({ who, mode, state, result }) => {
    const world = newWorld();
    await bring(world, state);
    const caller = await welcomed(world, who, { name: 'caller' });
    const answer = await open(world, caller, { mode });
    if (!answer.ok) {
      expect(answer.refusal.code).toBe(result);
      expect(world.sessions()).toEqual([]);
      expect(world.robot()?.controllerSessionId).toBeUndefined();
    } else {
      expect(answer.value).toMatchObject({ state: result, mode });
      expect(world.sessions()).toHaveLength(1);
    }
  });

  it('answers to a robot that may not be seen and to one that is not there in the same words', async () => {
    const world = newWorld();
    await bring(world, 'online');
    const caller = await welcomed(world, operator9);
    const there = await open(world, caller);
    expect(await open(world, caller, { robotId: robotId.parse('nowhere') })).toEqual(there);
    expect(codeOf(there)).toBe('forbidden');
  });
});

describe('openSession is refused', () => {
  it('before hello, after the token’s end, and on a connection that is not known', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const caller = await connected(world, operator1, { lifeMs: 60_000 });
    expect(codeOf(await open(world, caller))).toBe('hello_required');
    world.pass(60_000);
    expect(codeOf(await open(world, caller))).toBe('token_expired');
    expect(codeOf(await open(world, socketNamed('stranger')))).toBe('unauthenticated');
    expect(world.sessions()).toEqual([]);
  });

  it('I1: with a robot whose token has run out, which is not told', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { lifeMs: 60_000 });
    const caller = await welcomed(world, operator1);
    world.pass(60_000);
    expect(codeOf(await open(world, caller))).toBe('robot_offline');
    expect(world.gateway.to(robot).map(({ type }) => type)).toEqual(['welcome']);
  });

  it('I10: when it cannot be read whether it is permitted, and nothing is written', async () => {
    for (const call of ['connections.get', 'robots.get', 'sessions.listByRobot']) {
      const world = newWorld();
      await welcomed(world, rover1);
      const caller = await welcomed(world, operator1);
      world.tap.fail(call);
      await expect(open(world, caller)).rejects.toThrow(`${call} is unavailable`);
      expect(world.sessions()).toEqual([]);
    }
  });
});
