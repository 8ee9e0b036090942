import { describe, expect, it } from 'vitest';
import { explore } from '../../exploration/explore.ts';
import { type Scene, scenes } from '../../exploration/scenes.ts';
import type { Step } from '../core/model/steps.ts';

const everything = { depth: 1_000, schedules: 100_000 };

/** Two who read, wait, and write what they have read and one more. */
function lostUpdate(): Scene {
  let count = 0;
  let ended = 0;
  const reset: Step = {
    name: 'reset',
    async run() {
      count = 0;
      ended = 0;
    },
  };
  const adds = (name: string): Step => ({
    name,
    async run(world) {
      await world.turn(`${name}: reads`);
      const read = count;
      await world.turn(`${name}: writes`);
      count = read + 1;
      ended += 1;
      if (ended === 2 && count !== 2) throw new Error('an update was lost');
    },
  });
  return {
    name: 'two that count',
    before: [{ steps: [reset], faults: [], thenPass: 1 }],
    atOnce: [adds('one'), adds('other')],
  };
}

describe('the exploration', () => {
  it('finds the interleaving in which an update is lost, and says which it is', async () => {
    const { failures, isComplete } = await explore(lostUpdate(), { ...everything, switches: 1 });
    expect(isComplete).toBe(true);
    expect(failures).toContainEqual({
      what: 'an update was lost',
      schedule: expect.arrayContaining(['one', 'other']),
    });
  });

  it('finds nothing of it without a switch', async () => {
    expect(await explore(lostUpdate(), { ...everything, switches: 0 })).toMatchObject({
      schedules: 1,
      failures: [],
    });
  });

  it('plays the same again: what it has found can be repeated', async () => {
    const [scene] = scenes;
    if (scene === undefined) throw new Error('There is no scene');
    const bounds = { ...everything, switches: 1, depth: 10 };
    expect(await explore(scene, bounds)).toEqual(await explore(scene, bounds));
  });
});

describe('every interleaving with one switch, and every invariant in each state', () => {
  it.each(scenes)('$name', { timeout: 120_000 }, async (scene) => {
    const { failures, isComplete, states, schedules } = await explore(scene, { ...everything, switches: 1 });
    process.stdout.write(`${scene.name}: ${schedules} schedules, ${states} distinct states\n`);
    expect(failures).toEqual([]);
    expect(isComplete).toBe(true);
    expect(states).toBeGreaterThan(100);
  });
});
