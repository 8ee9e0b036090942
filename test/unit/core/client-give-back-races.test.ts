import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import {
  cleanUpUntil,
  codeOf,
  connected,
  hello,
  keyOf,
  open,
  opened,
  sent,
  welcomed,
} from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1 } from './support/people.ts';
import { a, b, c, lose, pair, replaced, robot } from './support/returning.ts';
import { newWorld } from './support/world.ts';

/** The client is on `A`; its next connection is open, but gone by the time that it would be welcomed. */
async function scene() {
  const made = await pair();
  await connected(made.world, operator1, { name: 'B' });
  await connected(made.world, operator1, { name: 'C' });
  made.world.gateway.drop(b);
  return made;
}
type Scene = Awaited<ReturnType<typeof scene>>;
type Act = (made: Scene) => Promise<unknown>;

const fails: Act = ({ world, key }) => hello(world, b, { resume: key });

async function bothOrders(other: Act, judge: (made: Scene) => unknown) {
  const wrong: string[] = [];
  for (const [action, by] of [
    [fails, other],
    [other, fails],
  ] as const) {
    const found = await overtakenAtEachStep({ scene, action, by, judge });
    wrong.push(...found);
  }
  return wrong;
}

/** It is where it was, may do what it could, and ends as it should. */
async function expectOnOld({ world, sessionId }: Scene) {
  expect(world.session(sessionId)).toMatchObject({ socket: a });
  expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
  expect(disorder(world)).toEqual([]);
  expect(codeOf(await open(world, a, { mode: 'view' }))).toBeUndefined();
}

describe('a client that is given back, and the end of the connection that tried', () => {
  const ends: Act = ({ world }) => disconnect(world.deps, b);

  it('in whatever order: it is on its old connection', async () => {
    expect(await bothOrders(ends, expectOnOld)).toEqual([]);
  });

  it('in whatever order: the robot is not left to believe that it is away', async () => {
    expect(await bothOrders(ends, ({ world }) => expect(misinformed(world)).toEqual([]))).toEqual([]);
  });

  it('in whatever order: without sessions, too, it may open one', async () => {
    const wrong = await overtakenAtEachStep({
      scene: async () => {
        const world = newWorld();
        await welcomed(world, rover1, { name: 'robot' });
        await welcomed(world, operator1, { name: 'A' });
        await connected(world, operator1, { name: 'B' });
        world.gateway.drop(b);
        return { world, key: keyOf(world, a) };
      },
      action: ({ world, key }) => hello(world, b, { resume: key }),
      by: ({ world }) => disconnect(world.deps, b),
      judge: async ({ world }) => {
        expect(codeOf(await open(world, a))).toBeUndefined();
        expect(disorder(world)).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe('a client that is given back, and the end of its old connection', () => {
  const ends: Act = ({ world }) => lose(world, a);

  it('in whatever order: its sessions wait for a window, and no longer', async () => {
    const wrong = await bothOrders(ends, async (made) => {
      const { world, sessionId } = made;
      const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
      expect(world.session(sessionId)).toMatchObject({ resumeEndsAt });
      expect(world.session(sessionId)).not.toHaveProperty('socket');
      expect(disorder(world)).toEqual([]);
      await lose(world, b);
      await cleanUpUntil(world, resumeEndsAt);
      expect(world.sessions()).toEqual([]);
      expect(world.state.clients.size).toBe(0);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
    });
    expect(wrong).toEqual([]);
  });

  it('in whatever order: the robot is told that it is away', async () => {
    const wrong = await bothOrders(ends, ({ world, sessionId }) => {
      expect(sent(world, robot, 'peerAway').at(-1)).toMatchObject({ sessionId });
      expect(misinformed(world)).toEqual([]);
    });
    expect(wrong).toEqual([]);
  });

  it('in whatever order: without sessions, nothing of it stays', async () => {
    const wrong = await overtakenAtEachStep({
      scene: async () => {
        const world = newWorld();
        await welcomed(world, operator1, { name: 'A' });
        await connected(world, operator1, { name: 'B' });
        world.gateway.drop(b);
        return { world, key: keyOf(world, a) };
      },
      action: ({ world, key }) => hello(world, b, { resume: key }),
      by: ({ world }) => lose(world, a),
      judge: async ({ world }) => {
        await lose(world, b);
        await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
        expect([...world.state.clients.keys()]).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe('a client that is given back, and a third connection with its key', () => {
  const third: Act = ({ world, key }) => hello(world, c, { resume: key });

  it('in whatever order: the third has it, with its session and control', async () => {
    const wrong = await bothOrders(third, ({ world, sessionId }) => {
      expect(world.session(sessionId)).toMatchObject({ socket: c });
      expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
      expect(world.gateway.closed).not.toContain('C');
      expect([...disorder(world), ...misinformed(world)]).toEqual([]);
    });
    expect(wrong).toEqual([]);
  });

  it('in whatever order: the first is told and closed', async () => {
    const wrong = await bothOrders(third, ({ world }) => {
      expect(sent(world, a, 'goAway')).toEqual([replaced]);
      expect(world.gateway.closed).toContain('A');
    });
    expect(wrong).toEqual([]);
  });
});

it('I3: who is given back while a third connection tries, in vain, is not told that its sessions are over', async () => {
  const made = await scene();
  const { world, key, sessionId } = made;
  world.gateway.drop(c);
  const giving = world.tap.hold('connections.unmarkReady');
  const second = fails(made);
  await giving.reachedBy(second);
  const welcoming = world.tap.hold('post welcome to C');
  const third = hello(world, c, { resume: key });
  await welcoming.reachedBy(third);
  giving.release();
  await second;
  welcoming.release();
  await third;
  expect(sent(world, a, 'sessionClosed')).toEqual([]);
  expect(world.session(sessionId)).toMatchObject({ socket: a });
  await expectOnOld(made);
});

it('a session that is opened on the old connection meanwhile is there afterwards, or was refused', async () => {
  const wrong = await bothOrders(
    ({ world }) => open(world, a, { mode: 'view' }),
    async (made) => {
      await expectOnOld(made);
      expect(made.world.sessions().filter(({ socket }) => socket?.connectionId !== 'A')).toEqual([]);
      await opened(made.world, a, { mode: 'view' });
    },
  );
  expect(wrong).toEqual([]);
});
