import { describe, expect, it } from 'vitest';
import { cleanUp, cleanUpUntil, connected, hello, sent, socketNamed, welcomed } from './support/cast.ts';
import { killedAtEachStep, overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1 } from './support/people.ts';
import { lose, robotBack } from './support/returning.ts';
import { statesTold, watcher } from './support/watching.ts';
import { newWorld } from './support/world.ts';

const robot = socketNamed('robot');

describe('a change that is interrupted', () => {
  async function watched() {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const socket = await watcher(world, operator1);
    return { world, socket };
  }
  type Scene = Awaited<ReturnType<typeof watched>>;
  const lost = async () => {
    const made = await watched();
    await lose(made.world, robot);
    made.world.pass(made.world.policy.resumeWindowMs);
    return made;
  };

  it('by the death of the run that ends the window: who watches hears that it is offline', async () => {
    const wrong = await killedAtEachStep({
      scene: lost,
      action: ({ world }) => cleanUp(world),
      judge: async ({ world, socket }) => {
        await cleanUpUntil(world, world.clock.at + 2 * world.policy.cleanupEveryMs);
        expect(statesTold(world, socket).at(-1)).toBe('offline');
      },
    });
    expect(wrong).toEqual([]);
  });

  it('by another run: who watches hears it once', async () => {
    const wrong = await overtakenAtEachStep({
      scene: lost,
      action: ({ world }) => cleanUp(world),
      by: ({ world }) => cleanUp(world),
      judge: ({ world, socket }) => expect(statesTold(world, socket)).toEqual(['away', 'offline']),
    });
    expect(wrong).toEqual([]);
  });

  it('by the return of the robot, in whatever order: the latest that is told is how it is', async () => {
    const returns = ({ world }: Scene) => robotBack(world);
    const isLost = ({ world }: Scene) => lose(world, robot);
    const wrong: string[] = [];
    for (const [action, by] of [
      [returns, isLost],
      [isLost, returns],
    ] as const) {
      const found = await overtakenAtEachStep<Scene, unknown>({
        scene: async () => {
          const made = await watched();
          made.world.pass(1_000);
          return made;
        },
        action,
        by: async (made) => {
          made.world.pass(1_000);
          await by(made);
        },
        judge: ({ world, socket }) => {
          const last = sent(world, socket, 'robotStatus').at(-1);
          if (last === undefined) return;
          expect(last).toMatchObject({ state: world.robot()?.state, sinceAt: world.robot()?.sinceAt });
        },
      });
      wrong.push(...found);
    }
    expect(wrong).toEqual([]);
  });

  it('by a hello of the robot that is said twice at once: who watches hears of one change', async () => {
    const wrong = await overtakenAtEachStep({
      scene: async () => {
        const made = await watched();
        await lose(made.world, robot);
        await connected(made.world, rover1, { name: 'robot-2' });
        return made;
      },
      action: ({ world }) => hello(world, socketNamed('robot-2'), { resume: true }),
      by: ({ world }) => hello(world, socketNamed('robot-2'), { resume: true }),
      // Twice, perhaps: the first may have died, for all that the second knows. But as one change, by its time.
      judge: ({ world, socket }) => {
        const told = sent(world, socket, 'robotStatus').map(({ state, sinceAt }) => `${state} ${sinceAt}`);
        expect([...new Set(told)]).toHaveLength(2);
        expect(statesTold(world, socket).at(-1)).toBe('online');
      },
    });
    expect(wrong).toEqual([]);
  });
});
