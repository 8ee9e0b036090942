import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import {
  allDue,
  allDueSince,
  bothOrders,
  connectionId,
  dueByShard,
  names,
  robot,
  session,
  socket,
  t0,
} from './support/samples.ts';

const rover = robot('rover-1');
const fleets = ['demo'];
const byA = { socket: socket('a', t0), fleets, now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets, now: t0 + 1010 };
const ofA = { connectionId: connectionId('a') };
const lost = { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 };
/** When the cleanup takes up again what was begun and not settled. */
const retryAt = t0 + 70_000;
const left = { ...ofA, now: t0 + 20, retryAt };
const ended = { now: lost.resumeEndsAt, retryAt };
const away = {
  robotId: rover,
  state: 'away',
  sinceAt: t0 + 20,
  resumeEndsAt: t0 + 9000,
  epoch: 1,
  claimedAt: [byA.now],
  fleets,
  leaseEpoch: 0,
};
const { resumeEndsAt: _, ...offline } = { ...away, state: 'offline' };

onEveryAdapter('RobotSessionStore: losing the socket', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('release', () => {
    it('makes the robot away until the window ends, without a socket', async () => {
      await store().claim(rover, byA);
      expect(await store().release(rover, lost)).toBe(true);
      expect(await get()).toEqual(away);
    });

    it('keeps control through the window (I3)', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, session('s1'));
      await store().confirmControl(rover, session('s1'));
      await store().release(rover, lost);
      expect(await get()).toEqual({ ...away, controllerSessionId: 's1', leaseEpoch: 1 });
    });

    it('I4: of the old connection, after the claim of the new one, changes nothing', async () => {
      await store().claim(rover, byA);
      await store().claim(rover, byB);
      const before = await get();
      expect(await store().release(rover, lost)).toBe(false);
      expect(await get()).toEqual(before);
    });

    it.each(bothOrders)('and a new claim at once: the claim stands ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        await race(
          () => store().release(raced, lost),
          () => store().claim(raced, byB),
        );
        expect(await store().get(raced)).toMatchObject({ state: 'online', epoch: 2, socket: byB.socket });
      }
      expect(await allDue((of) => store().due(of), lost.resumeEndsAt)).toEqual([]);
    });

    it('twice does not lengthen the window', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      expect(await store().release(rover, { ...lost, resumeEndsAt: t0 + 99_000 })).toBe(false);
      expect(await get()).toEqual(away);
    });

    it('is false for a robot that was never here, and makes no row of it', async () => {
      expect(await store().release(rover, lost)).toBe(false);
      expect(await get()).toBeUndefined();
    });
  });

  describe('leave', () => {
    it('makes the robot offline at once', async () => {
      await store().claim(rover, byA);
      expect(await store().leave(rover, left)).toBe(true);
      expect(await get()).toEqual(offline);
    });

    it('frees control, which raises the lease epoch (I7)', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, session('s1'));
      await store().leave(rover, left);
      expect(await get()).toEqual({ ...offline, leaseEpoch: 2 });
    });

    it('of an older connection changes nothing (I4)', async () => {
      await store().claim(rover, byA);
      await store().claim(rover, byB);
      const before = await get();
      expect(await store().leave(rover, left)).toBe(false);
      expect(await get()).toEqual(before);
    });

    it('is false for a robot that was never here, and makes no row of it', async () => {
      expect(await store().leave(rover, left)).toBe(false);
      expect(await get()).toBeUndefined();
    });
  });

  describe('endResume', () => {
    it('makes the robot offline when the window has ended, not a millisecond before', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      expect(await store().endResume(rover, { ...ended, now: ended.now - 1 })).toBe(false);
      expect(await get()).toEqual(away);
      expect(await store().endResume(rover, ended)).toBe(true);
      expect(await get()).toEqual({ ...offline, sinceAt: t0 + 9000 });
    });

    it('frees control, which raises the lease epoch (I7)', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, session('s1'));
      await store().release(rover, lost);
      await store().endResume(rover, ended);
      expect(await get()).toEqual({ ...offline, sinceAt: t0 + 9000, leaseEpoch: 2 });
    });

    it('is false for a robot that is back, even one that went and came in the same window', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      await store().claim(rover, byB);
      expect(await store().endResume(rover, ended)).toBe(false);
      await store().release(rover, { ...lost, connectionId: connectionId('b'), resumeEndsAt: t0 + 12_000 });
      expect(await store().endResume(rover, ended)).toBe(false);
    });

    it.each(bothOrders)('and a claim at once: the robot is online ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        await store().takeControl(raced, session('s1'));
        await store().release(raced, lost);
        const [wasEnded] = await race(
          () => store().endResume(raced, ended),
          () => store().claim(raced, byB),
        );
        const robotNow = await store().get(raced);
        expect(robotNow).toMatchObject({ state: 'online', epoch: 2, leaseEpoch: wasEnded ? 2 : 1 });
        expect(robotNow?.controllerSessionId).toBe(wasEnded ? undefined : 's1');
        expect(await allDue((of) => store().due(of), t0 * 2)).toEqual([]);
      }
    });

    it('lets one of two runs end it', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      const both = await Promise.all([store().endResume(rover, ended), store().endResume(rover, ended)]);
      expect(both.sort()).toEqual([false, true]);
    });

    it('is false for a robot that is online, settled or was never here, and makes no row of it', async () => {
      const late = { now: t0 + 99_000, retryAt: t0 + 199_000 };
      expect(await store().endResume(rover, late)).toBe(false);
      expect(await get()).toBeUndefined();
      await store().claim(rover, byA);
      expect(await store().endResume(rover, late)).toBe(false);
      await store().leave(rover, left);
      await store().settle(rover);
      expect(await store().endResume(rover, late)).toBe(false);
      expect(await get()).toEqual(offline);
    });
  });

  describe('due', () => {
    const robots = names('rover', 40).map(robot);
    const endOf = (i: number) => t0 + ((i * 7) % 40);

    it('names over all shards the robots whose window has ended, each once, and no other (I6)', async () => {
      await Promise.all(
        robots.map(async (id, i) => {
          await store().claim(id, byA);
          await store().release(id, { ...lost, resumeEndsAt: endOf(i) });
        }),
      );
      const shards = await dueByShard((of) => store().due(of), t0 + 19);
      expect(shards.every((shard) => shard.length > 0)).toBe(true);
      expect(shards.flat().sort()).toEqual(robots.filter((_, i) => endOf(i) <= t0 + 19));
      const limited = await dueByShard((of) => store().due(of), t0 + 19, 1);
      expect(limited).toEqual(shards.map((shard) => shard.slice(0, 1)));
    });

    it('says since when a robot is due: the end of its window, or the retry of its end', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      await store().claim(robot('left'), byA);
      await store().leave(robot('left'), left);
      const found = await allDueSince((of) => store().due(of), retryAt);
      expect([...found].sort((one, other) => one.dueAt - other.dueAt)).toEqual([
        { key: rover, dueAt: lost.resumeEndsAt },
        { key: 'left', dueAt: retryAt },
      ]);
    });

    it('names no robot that is online, settled, back or given back to one that is online', async () => {
      await store().claim(rover, byA);
      await store().claim(robot('left'), byA);
      await store().leave(robot('left'), left);
      await store().settle(robot('left'));
      await store().claim(robot('back'), byA);
      await store().release(robot('back'), lost);
      await store().claim(robot('back'), byB);
      await store().claim(robot('ended'), byA);
      await store().release(robot('ended'), lost);
      await store().endResume(robot('ended'), ended);
      await store().settle(robot('ended'));
      expect(await allDue((of) => store().due(of), t0 * 2)).toEqual([]);
    });

    it('names a robot again whose claim was given back', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      const previous = await get();
      await store().claim(rover, byB);
      await store().giveBack(rover, { epoch: 2, previous, now: t0 });
      expect(await allDue((of) => store().due(of), lost.resumeEndsAt - 1)).toEqual([]);
      expect(await allDue((of) => store().due(of), lost.resumeEndsAt)).toEqual([rover]);
    });
  });
});
