import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { watchRobots } from '../../../functions/core/use-cases/watch-robots.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import { connected, granted, hello, opened, sent, socketNamed, welcomed } from './support/cast.ts';
import { meanwhile, overtakenAtEachStep } from './support/interruption.ts';
import { operator2, rover1 } from './support/people.ts';
import { a, lose, pair, robot, robot2 } from './support/returning.ts';
import { newWorld, type World } from './support/world.ts';

const robot3 = socketNamed('robot-3');

/** The robot is there, with a session and a watcher; its next connection is gone before it is welcomed. */
async function scene() {
  const made = await pair();
  const watcher = await welcomed(made.world, operator2, { name: 'watcher' });
  granted(await watchRobots(made.world.deps, { caller: watcher, robotIds: undefined }));
  await connected(made.world, rover1, { name: 'robot-2' });
  made.world.gateway.drop(robot2);
  return { ...made, watcher };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const fails = ({ world }: Scene) => hello(world, robot2, { resume: true });
const ends = ({ world }: Scene) => disconnect(world.deps, robot2);

async function bothOrders(judge: (made: Scene) => unknown) {
  const wrong: string[] = [];
  for (const [action, by] of [
    [fails, ends],
    [ends, fails],
  ] as const) {
    wrong.push(...(await overtakenAtEachStep<Scene, unknown>({ scene, action, by, judge })));
  }
  return wrong;
}

describe('a robot that is given back to an old connection which has ended meanwhile', () => {
  async function given(then: (made: Scene) => Promise<unknown>) {
    const made = await scene();
    const { world } = made;
    await meanwhile(world, {
      at: 'post welcome to robot-2',
      action: () => fails(made),
      act: () => then(made),
    });
    return made;
  }

  it('is away, its window runs, and its clients and who watches it are told', async () => {
    const { world, watcher, sessionId } = await given(({ world }) => lose(world, robot));
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    expect(world.robot()).toMatchObject({ state: 'away', resumeEndsAt });
    expect(sent(world, a, 'peerAway')).toEqual([{ type: 'peerAway', sessionId, resumeEndsAt }]);
    expect(sent(world, watcher, 'robotStatus').map(({ state }) => state)).toEqual(['away']);
  });

  it('is told to nobody where that is there: nothing has changed for anybody', async () => {
    const { world, watcher } = await given(async () => {});
    expect(sent(world, a, 'peerAway')).toEqual([]);
    expect(sent(world, a, 'peerBack')).toEqual([]);
    expect(sent(world, watcher, 'robotStatus')).toEqual([]);
  });
});

describe('a robot that is given back when another connection has claimed it meanwhile', () => {
  it.each([
    { what: 'is there', next: async () => {} },
    { what: 'is lost as well', next: (world: World) => lose(world, robot3) },
  ])('and $what: the one before is dismissed, and the one that failed may try again', async ({ next }) => {
    const made = await scene();
    const { world } = made;
    await connected(world, rover1, { name: 'robot-3' });
    await meanwhile(world, {
      at: 'post welcome to robot-2',
      action: () => fails(made),
      act: async () => {
        granted(await hello(world, robot3, { resume: true }));
        await next(world);
      },
    });
    const { helloWithinMs } = world.policy;
    const { connectedAt = 0 } = world.connection(robot2) ?? {};
    expect(world.connection(robot2)).toMatchObject({
      state: 'connected',
      nextDeadlineAt: connectedAt + helloWithinMs,
    });
    expect(world.gateway.closed).toContain('robot');
    expect(world.noted('claim_given_back')).toEqual([]);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });
});

describe('a robot whose very first welcome fails', () => {
  it('is offline, and who has opened a session with it meanwhile is told that it is over', async () => {
    const world = newWorld();
    await connected(world, rover1, { name: 'robot-2' });
    world.gateway.drop(robot2);
    const client = await welcomed(world, operator2, { name: 'watcher' });
    await meanwhile(world, {
      at: 'post welcome to robot-2',
      action: () => hello(world, robot2),
      act: () => opened(world, client, { mode: 'view' }),
    });
    expect(world.robot()).toMatchObject({ state: 'offline' });
    expect(sent(world, client, 'sessionClosed')).toMatchObject([{ reason: 'robot_offline' }]);
    expect(world.sessions()).toEqual([]);
  });
});

describe('a robot that is given back to its old connection, and the end of the one that tried', () => {
  it('which is not over yet, and has told that it is away: its clients hear that it is there', async () => {
    const made = await scene();
    const { world, sessionId } = made;
    const removing = world.tap.hold('connections.remove');
    let ending = Promise.resolve();
    await meanwhile(world, {
      at: 'post welcome to robot-2',
      action: () => fails(made),
      act: async () => {
        ending = ends(made);
        await removing.reachedBy(ending);
      },
    });
    expect(world.connection(robot2)).toMatchObject({ state: 'closing' });
    expect(sent(world, a, 'peerAway')).toMatchObject([{ sessionId }]);
    expect(sent(world, a, 'peerBack')).toMatchObject([{ sessionId }]);
    removing.release();
    await ending;
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('I4: in whatever order: the old one is the robot, with its session and control', async () => {
    const wrong = await bothOrders(({ world, sessionId }) => {
      expect(world.robot()).toMatchObject({
        state: 'online',
        socket: robot,
        controllerSessionId: sessionId,
        leaseEpoch: 1,
      });
      expect(disorder(world)).toEqual([]);
    });
    expect(wrong).toEqual([]);
  });

  it('in whatever order: its clients are not left to believe that it is away', async () => {
    expect(await bothOrders(({ world }) => expect(misinformed(world)).toEqual([]))).toEqual([]);
  });

  it('in whatever order: nor are those who watch it', async () => {
    const wrong = await bothOrders(({ world, watcher }) => {
      const last = sent(world, watcher, 'robotStatus').at(-1);
      if (last !== undefined) expect(last.state).toBe('online');
    });
    expect(wrong).toEqual([]);
  });
});
