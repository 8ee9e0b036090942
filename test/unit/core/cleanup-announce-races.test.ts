import { describe, expect, it } from 'vitest';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import { cleanUp, cleanUpUntil, granted, inSession, refresh, socketNamed, welcomed } from './support/cast.ts';
import { killedAtEachStep, overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1 } from './support/people.ts';
import { newWorld, t0, type World } from './support/world.ts';

const lifeMs = 1_800_000;
const minuteMs = 60_000;
const socket = socketNamed('A');

/** A moment at which one run has one thing to say to one connection. */
const moments = [
  { type: 'tokenExpiring', at: t0 + lifeMs - 600_000, prepare: async () => {} },
  { type: 'tokenExpired', at: t0 + lifeMs, prepare: (world: World) => cleanUpUntil(world, t0 + lifeMs - 1) },
  {
    type: 'goAway',
    at: t0 + 110 * minuteMs,
    // With a token that outlives the roll-over, and asked after shortly before it.
    prepare: async (world: World) => {
      granted(await refresh(world, socket, world.tokens.issue(operator1)));
      await cleanUpUntil(world, t0 + 99 * minuteMs);
    },
  },
] as const;

describe.each(moments)('$type', ({ type, at, prepare }) => {
  async function scene() {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A', lifeMs });
    await prepare(world);
    world.clock.at = at;
    return { world };
  }
  const timesSaid = ({ world }: { world: World }) =>
    world.gateway.to(socket).filter((message) => message.type === type).length;

  it('is said by one run', async () => {
    const made = await scene();
    expect(timesSaid(made)).toBe(0);
    expect(await cleanUp(made.world)).toMatchObject({ announced: 1, closed: 0, failed: 0 });
    expect(timesSaid(made)).toBe(1);
  });

  it('is said exactly once by two runs at once, wherever the one overtakes the other', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: ({ world }) => cleanUp(world),
      by: ({ world }) => cleanUp(world),
      judge: async (made, { outcome }) => {
        expect(outcome.status).toBe('fulfilled');
        expect(timesSaid(made)).toBe(1);
        expect(made.world.noted('cleanup_done').reduce((sum, run) => sum + run.announced, 0)).toBe(
          made.world.noted('token_expiring').length +
            made.world.noted('token_expired').length +
            made.world.noted('rolling_over').length,
        );
        const [before, now] = [made.world.connection(socket), made.world.clock.at];
        expect(before?.settledUntil).toBe(now);
        expect(before?.nextDeadlineAt).toBeGreaterThan(now);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('is said exactly once by many runs that go side by side', async () => {
    const made = await scene();
    const reports = await Promise.all(Array.from({ length: 5 }, () => cleanUp(made.world)));
    expect(timesSaid(made)).toBe(1);
    expect(reports.reduce((sum, { announced }) => sum + announced, 0)).toBe(1);
  });

  it('is said, at most once more, when a run was killed anywhere', async () => {
    const wrong = await killedAtEachStep({
      scene,
      action: ({ world }) => cleanUp(world),
      judge: async (made, { step }) => {
        const { world } = made;
        const saidBefore = timesSaid(made);
        await cleanUp(world);
        world.pass(retryMs - 1);
        await cleanUp(world);
        world.pass(1);
        // The grace after an expiry is as long as the rest: who was killed over it says goAway instead.
        const isOver = type === 'tokenExpired';
        await cleanUp(world);
        const said = timesSaid(made);
        if (step.startsWith('post') && isOver) expect(said).toBeLessThanOrEqual(1);
        else if (saidBefore === 0) expect(said).toBe(1);
        else expect(said).toBeLessThanOrEqual(2);
        expect(world.gateway.closed).toEqual(isOver ? ['A'] : []);
      },
    });
    expect(wrong).toEqual([]);
  });

  it.each(['connections.rest', 'connections.settle'])(
    'is not said twice because the answer to %s was lost',
    async (call) => {
      const made = await scene();
      const { world } = made;
      world.tap.fail(call, { when: 'after' });
      expect(await cleanUp(world)).toMatchObject({ failed: 1 });
      world.pass(retryMs - 1);
      await cleanUp(world);
      expect(timesSaid(made)).toBe(call === 'connections.settle' ? 1 : 0);
    },
  );
});

describe('a run that was asleep while others went on', () => {
  const short = { tokenMs: 60_000, graceMs: 10_000, cleanupEveryMs: 5_000 };

  it.each(['post tokenExpiring to A', 'connections.settle'])(
    'F3: held at %s, brings nothing back when it wakes that the others have said since',
    async (step) => {
      const world = newWorld({ policy: short });
      await welcomed(world, operator1, { name: 'A' });
      const [firstMs = 0, secondMs = 0] = world.policy.warnMs;
      world.clock.at = t0 + 60_000 - firstMs;
      const held = world.tap.hold(step);
      const asleep = cleanUp(world);
      await held.reachedBy(asleep);
      world.clock.at = t0 + 60_000 - secondMs;
      await cleanUp(world);
      held.release();
      await asleep;
      const said = world.gateway.to(socket).length;
      await cleanUp(world);
      await cleanUp(world);
      expect(world.gateway.to(socket)).toHaveLength(said);
      expect(world.connection(socket)?.settledUntil).toBe(world.clock.at);
    },
  );
});

it('I6: a check of two runs at once asks twice at most, and says and changes nothing', async () => {
  const wrong = await overtakenAtEachStep({
    scene: async () => {
      const world = newWorld();
      await inSession(world, rover1, operator1);
      world.pass(world.policy.checkEveryMs);
      return { world, before: world.gateway.posted.length };
    },
    action: ({ world }) => cleanUp(world),
    by: ({ world }) => cleanUp(world),
    judge: ({ world, before }) => {
      expect(world.tap.calls.filter((call) => call.startsWith('find ')).length).toBeLessThanOrEqual(4);
      expect(world.gateway.posted).toHaveLength(before);
      expect(world.gateway.closed).toEqual([]);
      expect(world.sessions()).toHaveLength(1);
      for (const connection of world.state.connections.values()) {
        expect(connection).toMatchObject({ state: 'ready', settledUntil: world.clock.at });
        expect(connection.nextDeadlineAt).toBeGreaterThan(world.clock.at);
      }
    },
  });
  expect(wrong).toEqual([]);
});
