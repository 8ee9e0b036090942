import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { allDue, bothOrders, connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

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
  claimedAt: [t0 + 10],
  fleets,
  leaseEpoch: 0,
};
const { resumeEndsAt: _, ...offline } = { ...away, state: 'offline' };

onEveryAdapter('RobotSessionStore: ending its sessions', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('an end that somebody began and did not finish', () => {
    const due = (now: number) => allDue((of) => store().due(of), now);
    const leave = async () => {
      await store().takeControl(rover, session('s1'));
      return store().leave(rover, left);
    };
    const endResume = async () => {
      await store().takeControl(rover, session('s1'));
      await store().release(rover, lost);
      return store().endResume(rover, ended);
    };

    describe.each([
      { begin: 'leave', begun: leave, sinceAt: left.now },
      { begin: 'endResume', begun: endResume, sinceAt: ended.now },
    ])('by $begin', ({ begun, sinceAt }) => {
      const robotNow = { ...offline, sinceAt, leaseEpoch: 2 };
      const again = { now: retryAt, retryAt: retryAt + 60_000 };

      it('is due at the retry, not a millisecond before, and as often as it is not finished', async () => {
        await store().claim(rover, byA);
        expect(await begun()).toBe(true);
        expect(await due(retryAt - 1)).toEqual([]);
        expect(await store().endResume(rover, { ...again, now: retryAt - 1 })).toBe(false);
        expect(await due(retryAt)).toEqual([rover]);
        expect(await store().endResume(rover, again)).toBe(true);
        expect(await store().endResume(rover, again)).toBe(false);
        expect(await due(again.retryAt - 1)).toEqual([]);
        expect(await due(again.retryAt)).toEqual([rover]);
        expect(await store().endResume(rover, { ...again, now: again.retryAt })).toBe(true);
      });

      it('is, taken up again, no change of the state, the lease or the epoch', async () => {
        await store().claim(rover, byA);
        await begun();
        expect(await get()).toEqual(robotNow);
        await store().endResume(rover, again);
        expect(await get()).toEqual(robotNow);
      });

      it('is not begun anew by the connection that left', async () => {
        await store().claim(rover, byA);
        await begun();
        expect(await store().leave(rover, { ...left, retryAt: t0 + 999_000 })).toBe(false);
        expect(await store().release(rover, lost)).toBe(false);
        expect(await due(retryAt)).toEqual([rover]);
      });

      it('is due no more once it is settled, however often', async () => {
        await store().claim(rover, byA);
        await begun();
        await store().settle(rover);
        await store().settle(rover);
        expect(await due(t0 * 2)).toEqual([]);
        expect(await store().endResume(rover, again)).toBe(false);
        expect(await get()).toEqual(robotNow);
      });

      it('is due no more once the robot is back', async () => {
        await store().claim(rover, byA);
        await begun();
        await store().claim(rover, byB);
        expect(await due(t0 * 2)).toEqual([]);
        expect(await store().endResume(rover, again)).toBe(false);
        expect(await get()).toMatchObject({ state: 'online', socket: byB.socket });
      });

      it('lets one of two runs take it up again', async () => {
        await store().claim(rover, byA);
        await begun();
        const both = await Promise.all([store().endResume(rover, again), store().endResume(rover, again)]);
        expect(both.sort()).toEqual([false, true]);
      });
    });
  });

  describe('settle', () => {
    it('is without effect on a robot that is online', async () => {
      await store().claim(rover, byA);
      const before = await get();
      await store().settle(rover);
      expect(await get()).toEqual(before);
    });

    it('is without effect on a robot that is away: its window still ends', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      await store().settle(rover);
      expect(await get()).toEqual(away);
      expect(await allDue((of) => store().due(of), ended.now)).toEqual([rover]);
      expect(await store().endResume(rover, ended)).toBe(true);
    });

    it('makes no row of a robot that was never here', async () => {
      await store().settle(rover);
      expect(await get()).toBeUndefined();
    });

    it.each(bothOrders)(
      'and a claim at once: online, and lost again it is due again ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = robot(name);
          await store().claim(raced, byA);
          await store().leave(raced, left);
          await race(
            () => store().settle(raced),
            () => store().claim(raced, byB),
          );
          expect(await store().get(raced)).toMatchObject({ state: 'online', socket: byB.socket });
          expect(await allDue((of) => store().due(of), t0 * 2)).toEqual([]);
          await store().release(raced, { ...lost, connectionId: connectionId('b') });
          await store().settle(raced);
          expect(await allDue((of) => store().due(of), lost.resumeEndsAt)).toEqual([raced]);
          await store().claim(raced, byB);
        }
      },
    );
  });
});
