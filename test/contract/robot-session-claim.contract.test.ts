import { describe, expect, it } from 'vitest';
import type { RobotSession } from '../../functions/core/model/robot-session.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const fleets = ['demo'];
const byA = { socket: socket('a', t0), fleets, now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo', 'new'], now: t0 + 1010 };
const ofA = { connectionId: connectionId('a') };
const ofB = { connectionId: connectionId('b') };
const claimed: RobotSession = {
  robotId: rover,
  state: 'online',
  sinceAt: byA.now,
  epoch: 1,
  fleets,
  socket: byA.socket,
  leaseEpoch: 0,
};

onEveryAdapter('RobotSessionStore: claim and giveBack', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('claim', () => {
    it('makes a robot that was never here online', async () => {
      expect(await store().claim(rover, byA)).toEqual({ won: true, current: claimed, previous: undefined });
      expect(await get()).toEqual(claimed);
    });

    it('F8: gives the robot to the newer connection, raises the epoch and tells who had it', async () => {
      await store().claim(rover, byA);
      const current = { ...claimed, epoch: 2, fleets: byB.fleets, socket: byB.socket };
      expect(await store().claim(rover, byB)).toEqual({ won: true, current, previous: claimed });
      expect(await get()).toEqual(current);
    });

    it('refuses the older connection and changes nothing (I4)', async () => {
      await store().claim(rover, byB);
      const before = await get();
      expect(await store().claim(rover, byA)).toEqual({ won: false });
      expect(await get()).toEqual(before);
    });

    it.each([
      ['a', 'b'],
      ['b', 'a'],
    ])('decides a tie by the id, whoever comes first: %s, then %s', async (first, second) => {
      for (const name of [first, second]) {
        await store().claim(rover, { socket: socket(name, t0), fleets, now: t0 });
      }
      expect((await get())?.socket?.connectionId).toBe('b');
    });

    it('lets a connection claim again what it has', async () => {
      await store().claim(rover, byA);
      const again = await store().claim(rover, { ...byA, now: t0 + 99 });
      expect(again).toEqual({ won: true, current: { ...claimed, epoch: 2 }, previous: claimed });
    });

    it('brings a robot back that is away, also by an older connection: there is no socket to fight for', async () => {
      await store().claim(rover, byB);
      await store().release(rover, { ...ofB, now: t0 + 2000, resumeEndsAt: t0 + 9000 });
      const claim = await store().claim(rover, { ...byA, now: t0 + 3000 });
      const current = { ...claimed, epoch: 2, sinceAt: t0 + 3000 };
      expect(claim).toMatchObject({
        won: true,
        current,
        previous: { state: 'away', resumeEndsAt: t0 + 9000 },
      });
      expect(await get()).toEqual(current);
    });

    it('brings a robot back that is offline', async () => {
      await store().claim(rover, byA);
      await store().leave(rover, { ...ofA, now: t0 + 20 });
      expect(await store().claim(rover, byB)).toMatchObject({
        won: true,
        previous: { state: 'offline', sinceAt: t0 + 20 },
      });
      expect(await get()).toMatchObject({ state: 'online', sinceAt: byB.now, epoch: 2 });
    });

    it('keeps control with who has it, online or away (I7)', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, session('s1'));
      const lease = { controllerSessionId: 's1', leaseEpoch: 1 };
      expect(await store().claim(rover, byB)).toMatchObject({ current: lease });
      await store().release(rover, { ...ofB, now: t0 + 2000, resumeEndsAt: t0 + 9000 });
      const back = { ...byB, socket: socket('c', t0 + 3000) };
      expect(await store().claim(rover, back)).toMatchObject({ current: lease });
      expect(await get()).toMatchObject(lease);
    });

    it('in any order of many at once, ends with the newest and reports each that was replaced once', async () => {
      const sockets = names('c', 12).map((name, i) => socket(name, t0 + ((i * 5) % 12)));
      const claims = await Promise.all(
        sockets.map((each) => store().claim(rover, { socket: each, fleets, now: t0 })),
      );
      const robotNow = await get();
      expect(robotNow?.socket?.connectedAt).toBe(t0 + 11);
      const won = claims.filter((claim) => claim.won);
      expect(robotNow?.epoch).toBe(won.length);
      const replaced = won.flatMap(({ previous }) => previous?.socket?.connectionId ?? []);
      expect(new Set(replaced).size).toBe(won.length - 1);
      expect(won.map(({ current }) => current.epoch).sort((one, other) => one - other)).toEqual(
        won.map((_, i) => i + 1),
      );
    });
  });

  describe('giveBack', () => {
    const claimAndGiveBack = async () => {
      const claim = await store().claim(rover, byB);
      if (!claim.won) throw new Error('the claim was expected to win');
      return store().giveBack(rover, { ...ofB, previous: claim.previous, now: t0 + 5000 });
    };

    it('makes the previous connection the robot again, with its fleets, and raises the epoch', async () => {
      await store().claim(rover, byA);
      expect(await claimAndGiveBack()).toBe(true);
      expect(await get()).toEqual({ ...claimed, epoch: 3 });
    });

    it('leaves a robot that was away as it was, due as before', async () => {
      await store().claim(rover, byA);
      await store().release(rover, { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 });
      const away = await get();
      expect(await claimAndGiveBack()).toBe(true);
      expect(await get()).toEqual({ ...away, epoch: 3 });
      expect(await store().endResume(rover, t0 + 9000)).toBe(true);
    });

    it('leaves a robot that was offline as it was', async () => {
      await store().claim(rover, byA);
      await store().leave(rover, { ...ofA, now: t0 + 20 });
      const offline = await get();
      expect(await claimAndGiveBack()).toBe(true);
      expect(await get()).toEqual({ ...offline, epoch: 3 });
    });

    it('leaves a robot that was never here known but offline and in no fleet: its epoch must not fall back', async () => {
      expect(await claimAndGiveBack()).toBe(true);
      expect(await get()).toEqual({
        robotId: rover,
        state: 'offline',
        sinceAt: t0 + 5000,
        epoch: 2,
        fleets: [],
        leaseEpoch: 0,
      });
    });

    it('touches nothing when a newer connection has claimed in between (I4)', async () => {
      await store().claim(rover, byA);
      const previous = await get();
      await store().claim(rover, byB);
      const newest = await store().claim(rover, { ...byB, socket: socket('c', t0 + 2000) });
      expect(await store().giveBack(rover, { ...ofB, previous, now: t0 })).toBe(false);
      expect(newest).toMatchObject({ won: true, current: await get() });
    });

    it('keeps a change of control that came in between', async () => {
      await store().claim(rover, byA);
      const previous = await get();
      await store().claim(rover, byB);
      await store().takeControl(rover, session('s1'));
      await store().giveBack(rover, { ...ofB, previous, now: t0 });
      expect(await get()).toMatchObject({ controllerSessionId: 's1', leaseEpoch: 1 });
    });

    it('frees control that was taken in between of a robot that is offline again', async () => {
      await store().claim(rover, byB);
      await store().takeControl(rover, session('s1'));
      await store().giveBack(rover, { ...ofB, previous: undefined, now: t0 });
      const robotNow = await get();
      expect(robotNow).not.toHaveProperty('controllerSessionId');
      expect(robotNow?.leaseEpoch).toBe(2);
    });

    it('is false for a robot that nobody has, and makes no row of it', async () => {
      expect(await store().giveBack(rover, { ...ofA, previous: undefined, now: t0 })).toBe(false);
      expect(await get()).toBeUndefined();
    });
  });
});
