import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import {
  cleanUpUntil,
  codeOf,
  connected,
  granted,
  hello,
  send,
  sent,
  signalOf,
  welcomed,
} from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { rover1 } from './support/people.ts';
import { a, lose, pair, replaced, robot, robot2 } from './support/returning.ts';
import { newWorld, t0, type World } from './support/world.ts';

function rejecting<T extends { readonly world: World }>(made: T): T {
  made.world.deps.takeover = 'reject-new';
  return made;
}

async function scene() {
  const made = rejecting(await pair());
  await connected(made.world, rover1, { name: 'robot-2' });
  return made;
}

describe('takeover reject-new', () => {
  it('F8: whose holder is there: the new one is told to go and closed, nothing of the holder changes', async () => {
    const { world, sessionId } = await scene();
    const before = structuredClone({ robot: world.robot(), sessions: world.sessions() });
    const heard = world.gateway.to(robot).length;
    granted(await hello(world, robot2, { resume: true }));
    expect(world.gateway.to(robot2)).toEqual([replaced]);
    expect(world.gateway.closed).toEqual(['robot-2']);
    expect({ robot: world.robot(), sessions: world.sessions() }).toEqual(before);
    expect(world.gateway.to(robot)).toHaveLength(heard);
    expect(world.noted('welcomed').map(({ connectionId }) => connectionId)).not.toContain('robot-2');
    granted(await send(world, a, signalOf(sessionId)));
    await disconnect(world.deps, robot2);
    expect(world.robot()).toEqual(before.robot);
  });

  it('whose holder is gone, and nobody has said so: the new one has it, with its sessions', async () => {
    const { world, sessionId } = await scene();
    world.gateway.drop(robot);
    granted(await hello(world, robot2, { resume: true }));
    expect(world.robot()).toMatchObject({
      state: 'online',
      epoch: 2,
      socket: robot2,
      controllerSessionId: sessionId,
    });
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
    const before = world.robot();
    await disconnect(world.deps, robot);
    expect(world.robot()).toEqual(before);
  });

  it('I10: whose holder cannot be asked: retryable, and nobody is told or closed', async () => {
    const { world } = await scene();
    const before = structuredClone(world.state);
    const posted = world.gateway.posted.length;
    world.tap.fail('find robot');
    await expect(hello(world, robot2, { resume: true })).rejects.toMatchObject({
      name: 'DependencyUnavailable',
    });
    expect(world.state).toEqual(before);
    expect(world.gateway.posted).toHaveLength(posted);
    expect(world.gateway.closed).toEqual([]);
    // Asked again, it is answered.
    granted(await hello(world, robot2, { resume: true }));
    expect(world.gateway.closed).toEqual(['robot-2']);
  });

  it.each(['away', 'offline', 'never here'] as const)(
    'with nobody there (%s): the new one has it',
    async (state) => {
      const world = newWorld();
      rejecting({ world });
      if (state !== 'never here') await lose(world, await welcomed(world, rover1, { name: 'robot' }));
      if (state === 'offline') await cleanUpUntil(world, t0 + world.policy.resumeWindowMs);
      expect(world.robot()?.state).toBe(state === 'never here' ? undefined : state);
      await connected(world, rover1, { name: 'robot-2' });
      world.tap.forget();
      granted(await hello(world, robot2, { resume: true }));
      expect(world.robot()).toMatchObject({ state: 'online', socket: robot2 });
      expect(world.tap.calls.filter((call) => call.startsWith('find'))).toEqual([]);
    },
  );

  it('goes on with the hello of its own connection that died before everybody was told', async () => {
    const { world, sessionId } = await scene();
    await lose(world, robot);
    world.tap.fail('robots.noteArrivalTold');
    expect(codeOf(await hello(world, robot2, { resume: true }))).toBe('unavailable');
    granted(await hello(world, robot2, { resume: true }));
    expect(world.robot()).toMatchObject({ state: 'online', socket: robot2, controllerSessionId: sessionId });
    expect(world.gateway.closed).toEqual([]);
    expect(sent(world, robot2, 'goAway')).toEqual([]);
  });

  it('says hello twice without being asked after', async () => {
    const { world } = rejecting(await pair());
    world.tap.forget();
    granted(await hello(world, robot));
    expect(world.robot()).toMatchObject({ socket: robot, epoch: 1 });
    expect(world.gateway.closed).toEqual([]);
    expect(world.tap.count('find robot')).toBe(0);
  });

  it('of two that come at once when nobody is there, one has it and the other is told', async () => {
    const wrong = await overtakenAtEachStep({
      scene: async () => {
        const world = newWorld();
        rejecting({ world });
        await connected(world, rover1, { name: 'robot' });
        world.pass(1_000);
        await connected(world, rover1, { name: 'robot-2' });
        return { world };
      },
      action: ({ world }) => hello(world, robot),
      by: ({ world }) => hello(world, robot2),
      judge: ({ world }, { outcome }) => {
        expect(outcome.status).toBe('fulfilled');
        const holder = world.robot()?.socket?.connectionId;
        const loser = holder === 'robot' ? robot2 : robot;
        expect(['robot', 'robot-2']).toContain(holder);
        expect(sent(world, loser, 'goAway')).toContainEqual(replaced);
        expect(world.gateway.closed).toEqual([loser.connectionId]);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('whose holder comes or goes at the same moment: one of the two has it', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: ({ world }) => hello(world, robot2, { resume: true }),
      by: ({ world }) => lose(world, robot),
      judge: ({ world }) => {
        const isIn = sent(world, robot2, 'welcome').length > 0;
        expect(world.robot()).toMatchObject(isIn ? { state: 'online', socket: robot2 } : { state: 'away' });
        expect(world.gateway.closed).toEqual(isIn ? [] : ['robot-2']);
        expect(disorder(world)).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe('identity_contested', () => {
  const minutes = (count: number) => count * 60_000;
  const contested = (world: World) =>
    world.noted('identity_contested').map(({ connectionId }) => connectionId);

  /** Claims at these moments, each by a connection of its own that stays open until the next takes over. */
  async function claims(at: readonly number[]) {
    const world = newWorld();
    for (const [i, moment] of at.entries()) {
      world.clock.at = t0 + moment;
      await welcomed(world, rover1, { name: `claim-${i + 1}` });
    }
    return world;
  }

  it.each([
    { at: [0, 1, 2].map(minutes), by: ['claim-3'] },
    { at: [0, 9, 9].map(minutes), by: ['claim-3'] },
    { at: [0, minutes(5), minutes(10) - 1], by: ['claim-3'] },
    { at: [0, minutes(5), minutes(10)], by: [] },
    { at: [0, 100, 200].map(minutes), by: [] },
    { at: [0, 1].map(minutes), by: [] },
    { at: [0, 20, 21].map(minutes), by: [] },
    { at: [0, 20, 21, 22].map(minutes), by: ['claim-4'] },
    { at: [0, 1, 2, 3].map(minutes), by: ['claim-3', 'claim-4'] },
    { at: [0, 1, 2, 30, 60].map(minutes), by: ['claim-3'] },
  ])('claims at $at ms, each while the one before held: noted of $by', async ({ at, by }) => {
    expect(contested(await claims(at))).toEqual(by);
  });

  it('is not noted where the second was lost before the third came: that is a bad line, not two devices', async () => {
    const world = newWorld();
    for (let i = 1; i <= 6; i++) {
      const socket = await welcomed(world, rover1, { name: `claim-${i}` });
      world.pass(10_000);
      await lose(world, socket);
    }
    expect(contested(world)).toEqual([]);
  });

  it('is not noted where it is not known whether the second is there: it cannot be told', async () => {
    const world = newWorld();
    for (let i = 1; i <= 4; i++) {
      await welcomed(world, rover1, { name: `claim-${i}` });
      world.pass(10_000);
      world.tap.fail(`post goAway to claim-${i}`);
    }
    expect(contested(world)).toEqual([]);
  });

  it('is not noted where the second is gone, and its $disconnect never came', async () => {
    const world = newWorld();
    for (let i = 1; i <= 4; i++) {
      const socket = await welcomed(world, rover1, { name: `claim-${i}` });
      world.pass(10_000);
      world.gateway.drop(socket);
    }
    expect(world.noted('replaced')).toHaveLength(3);
    expect(contested(world)).toEqual([]);
  });

  it('is not noted of roll-overs, however short a connection may live', async () => {
    const world = newWorld({ policy: { rollOverMs: { from: 60_000, to: 180_000 } } });
    for (let i = 1; i <= 4; i++) {
      await welcomed(world, rover1, { name: `claim-${i}` });
      world.pass(60_000);
    }
    expect(world.noted('replaced')).toHaveLength(3);
    expect(contested(world)).toEqual([]);
    world.pass(-1);
    await welcomed(world, rover1, { name: 'claim-5' });
    expect(contested(world)).toEqual(['claim-5']);
  });

  it('is not noted of a hello that is said again', async () => {
    const { world } = await pair();
    for (let i = 0; i < 5; i++) granted(await hello(world, robot));
    expect(contested(world)).toEqual([]);
  });

  it('is not noted of one that came too late, and is told to go', async () => {
    const world = newWorld();
    const older = await connected(world, rover1, { name: 'older' });
    world.pass(1);
    await welcomed(world, rover1, { name: 'newer' });
    for (let i = 0; i < 3; i++) await hello(world, older);
    expect(contested(world)).toEqual([]);
  });

  it('is not noted of one device whose welcome failed once: the claim was given back', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    world.pass(1_000);
    await connected(world, rover1, { name: 'robot-2' });
    world.tap.fail('post welcome to robot-2');
    await expect(hello(world, robot2, { resume: true })).rejects.toThrow('unavailable');
    expect(codeOf(await hello(world, robot2, { resume: true }))).toBeUndefined();
    expect(world.robot()).toMatchObject({ socket: robot2 });
    expect(contested(world)).toEqual([]);
  });
});
