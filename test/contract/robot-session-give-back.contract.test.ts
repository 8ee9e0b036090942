import { describe, expect, it } from 'vitest';
import type { RobotSession } from '../../functions/core/model/robot-session.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { allDue, bothOrders, connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const fleets = ['demo'];
const byA = { socket: socket('a', t0), fleets, now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo', 'new'], resume: true, now: t0 + 1010 };
const ofA = { connectionId: connectionId('a') };
const left = { ...ofA, now: t0 + 20, retryAt: t0 + 70_000 };
const ofB = { connectionId: connectionId('b') };
const claimed: RobotSession = {
  robotId: rover,
  state: 'online',
  sinceAt: byA.now,
  epoch: 1,
  claimedAt: [byA.now],
  fleets,
  socket: byA.socket,
  leaseEpoch: 0,
};
/** A claim that was given back is none: `claimedAt` is as it was. */
const givenBack: RobotSession = { ...claimed, epoch: 3 };

onEveryAdapter('RobotSessionStore: giveBack', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  /** Claims for B, and gives what undoes exactly that claim. */
  const claimForB = async () => {
    const claim = await store().claim(rover, byB);
    if (!claim.won || claim.repeated) throw new Error('the claim was expected to win');
    const { current, previous } = claim;
    return () => store().giveBack(rover, { epoch: current.epoch, previous, now: t0 + 5000 });
  };
  const claimAndGiveBack = async () => (await claimForB())();
  const lostByB = { ...ofB, now: t0 + 2000, resumeEndsAt: t0 + 12_000 };
  const due = (now: number) => allDue((of) => store().due(of), now);

  it('makes the previous connection the robot again, with its fleets, and raises the epoch', async () => {
    await store().claim(rover, byA);
    expect(await claimAndGiveBack()).toBe(true);
    expect(await get()).toEqual(givenBack);
  });

  it('leaves a robot that was away as it was, due as before', async () => {
    await store().claim(rover, byA);
    await store().release(rover, { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 });
    const away = await get();
    expect(await claimAndGiveBack()).toBe(true);
    expect(await get()).toEqual({ ...away, epoch: 3 });
    expect(await due(t0 + 9000)).toEqual([rover]);
    expect(await store().endResume(rover, { now: t0 + 9000, retryAt: t0 + 70_000 })).toBe(true);
  });

  it('leaves a robot that was offline as it was', async () => {
    await store().claim(rover, byA);
    await store().leave(rover, left);
    await store().settle(rover);
    const offline = await get();
    expect(await claimAndGiveBack()).toBe(true);
    expect(await get()).toEqual({ ...offline, epoch: 3 });
    expect(await due(t0 * 2)).toEqual([]);
  });

  it('leaves a robot that was never here known but offline and in no fleet: its epoch must not fall back', async () => {
    expect(await claimAndGiveBack()).toBe(true);
    expect(await get()).toEqual({
      robotId: rover,
      state: 'offline',
      sinceAt: t0 + 5000,
      epoch: 2,
      claimedAt: [],
      fleets: [],
      leaseEpoch: 0,
    });
  });

  it('touches nothing when a newer connection has claimed in between (I4)', async () => {
    await store().claim(rover, byA);
    const undo = await claimForB();
    const newest = await store().claim(rover, { ...byB, socket: socket('c', t0 + 2000) });
    expect(await undo()).toBe(false);
    expect(newest).toMatchObject({ won: true, current: await get() });
  });

  it('touches nothing when the same connection has claimed again in between', async () => {
    await store().claim(rover, byA);
    const undo = await claimForB();
    const again = await store().claim(rover, byB);
    expect(await undo()).toBe(false);
    expect(again).toMatchObject({ won: true, current: await get() });
  });

  it('touches nothing the second time', async () => {
    await store().claim(rover, byA);
    const undo = await claimForB();
    expect(await undo()).toBe(true);
    expect(await undo()).toBe(false);
    expect(await get()).toEqual(givenBack);
  });

  it.each(bothOrders)('and a newer claim at once: the newer claim stands ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      const raced = robot(name);
      await store().claim(raced, byA);
      const previous = await store().get(raced);
      await store().claim(raced, byB);
      const byC = { ...byB, socket: socket('c', t0 + 2000) };
      const [wasGivenBack, claim] = await race(
        () => store().giveBack(raced, { epoch: 2, previous, now: t0 }),
        () => store().claim(raced, byC),
      );
      const epoch = wasGivenBack ? 4 : 3;
      const replaced = { socket: wasGivenBack ? byA.socket : byB.socket };
      expect(claim).toMatchObject({ won: true, current: { epoch }, previous: replaced });
      expect(await store().get(raced)).toMatchObject({ state: 'online', epoch, socket: byC.socket });
    }
  });

  describe('after the claimant lost its own socket', () => {
    it('makes the previous connection the robot again, and due no more', async () => {
      await store().claim(rover, byA);
      const undo = await claimForB();
      await store().release(rover, lostByB);
      expect(await undo()).toBe(true);
      expect(await get()).toEqual(givenBack);
      expect(await due(t0 * 2)).toEqual([]);
      expect(await store().release(rover, { ...ofA, now: t0, resumeEndsAt: t0 + 1 })).toBe(true);
    });

    it('leaves a robot that was away to its own window, not the claimant’s', async () => {
      await store().claim(rover, byA);
      await store().release(rover, { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 });
      const away = await get();
      const undo = await claimForB();
      await store().release(rover, lostByB);
      expect(await undo()).toBe(true);
      expect(await get()).toEqual({ ...away, epoch: 3 });
      expect(await due(t0 + 9000)).toEqual([rover]);
    });

    it('leaves a robot that was never here offline, and due no more', async () => {
      const undo = await claimForB();
      await store().release(rover, lostByB);
      expect(await undo()).toBe(true);
      expect(await get()).toMatchObject({ state: 'offline', sinceAt: t0 + 5000, epoch: 2, fleets: [] });
      expect(await due(t0 * 2)).toEqual([]);
    });

    it.each(['settled', 'not settled'])('also when the claimant has left, %s', async (end) => {
      await store().claim(rover, byA);
      const undo = await claimForB();
      await store().leave(rover, { ...ofB, now: t0 + 2000, retryAt: t0 + 70_000 });
      if (end === 'settled') await store().settle(rover);
      expect(await undo()).toBe(true);
      expect(await get()).toEqual(givenBack);
      expect(await due(t0 * 2)).toEqual([]);
    });

    it('touches nothing when another has claimed since', async () => {
      await store().claim(rover, byA);
      const undo = await claimForB();
      await store().release(rover, lostByB);
      await store().claim(rover, { ...byA, now: t0 + 3000 });
      const before = await get();
      expect(await undo()).toBe(false);
      expect(await get()).toEqual(before);
    });

    it.each(bothOrders)(
      'and at the same moment: given back, whichever is first ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = robot(name);
          await store().claim(raced, byA);
          const previous = await store().get(raced);
          await store().claim(raced, byB);
          const [wasGivenBack] = await race(
            () => store().giveBack(raced, { epoch: 2, previous, now: t0 }),
            () => store().release(raced, lostByB),
          );
          expect(wasGivenBack).toBe(true);
          expect(await store().get(raced)).toEqual({ ...givenBack, robotId: raced });
        }
      },
    );
  });

  it('keeps a change of control that came in between', async () => {
    await store().claim(rover, byA);
    const previous = await get();
    await store().claim(rover, byB);
    await store().takeControl(rover, session('s1'));
    await store().giveBack(rover, { epoch: 2, previous, now: t0 });
    expect(await get()).toMatchObject({ controllerSessionId: 's1', leaseEpoch: 1 });
  });

  it('frees control that was taken in between of a robot that is offline again', async () => {
    await store().claim(rover, byB);
    await store().takeControl(rover, session('s1'));
    await store().giveBack(rover, { epoch: 1, previous: undefined, now: t0 });
    const robotNow = await get();
    expect(robotNow).not.toHaveProperty('controllerSessionId');
    expect(robotNow?.leaseEpoch).toBe(2);
  });

  it('is false for a robot that nobody has, and makes no row of it', async () => {
    expect(await store().giveBack(rover, { epoch: 1, previous: undefined, now: t0 })).toBe(false);
    expect(await get()).toBeUndefined();
  });
});
