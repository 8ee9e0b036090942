import { describe, expect, it } from 'vitest';
import type { RobotSession } from '../../functions/core/model/robot-session.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const fleets = ['demo'];
const byA = { socket: socket('a', t0), fleets, now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo', 'new'], now: t0 + 1010 };
const ofA = { connectionId: connectionId('a') };
const left = { ...ofA, now: t0 + 20, retryAt: t0 + 70_000 };
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

onEveryAdapter('RobotSessionStore: claim', (stores) => {
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
      await store().leave(rover, left);
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
});
