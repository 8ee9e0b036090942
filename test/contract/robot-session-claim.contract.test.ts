import { describe, expect, it } from 'vitest';
import type { RobotSession } from '../../functions/core/model/robot-session.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { bothOrders, connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

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

onEveryAdapter('RobotSessionStore: claim', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('claim', () => {
    it('makes a robot that was never here online', async () => {
      const arrival = { resume: false, from: 'offline', fleets: [], isTold: false };
      expect(await store().claim(rover, byA)).toEqual({
        won: true,
        repeated: false,
        current: claimed,
        previous: undefined,
        arrival,
      });
      expect(await get()).toEqual(claimed);
    });

    it('F8: gives the robot to the newer connection, raises the epoch and tells who had it', async () => {
      await store().claim(rover, byA);
      const claimedAt = [byB.now, byA.now];
      const current = { ...claimed, epoch: 2, claimedAt, fleets: byB.fleets, socket: byB.socket };
      const { connectionId, endpoint } = byA.socket;
      const replaced = { connectionId, endpoint };
      const { resume } = byB;
      const arrival = { resume, from: 'online', fleets: claimed.fleets, replaced, isTold: false };
      expect(await store().claim(rover, byB)).toEqual({
        won: true,
        repeated: false,
        current,
        previous: claimed,
        arrival,
      });
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
      expect(again).toMatchObject({ won: true, repeated: true, current: { ...claimed, epoch: 2 } });
    });

    it('brings a robot back that is away, also by an older connection: there is no socket to fight for', async () => {
      await store().claim(rover, byB);
      await store().release(rover, { ...ofB, now: t0 + 2000, resumeEndsAt: t0 + 9000 });
      const claim = await store().claim(rover, { ...byA, now: t0 + 3000 });
      const claimedAt = [t0 + 3000, byB.now];
      const current = { ...claimed, epoch: 2, claimedAt, sinceAt: t0 + 3000 };
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
      const won = claims.filter((claim) => claim.won && !claim.repeated);
      expect(robotNow?.epoch).toBe(won.length);
      const replaced = won.flatMap(({ previous }) => previous?.socket?.connectionId ?? []);
      expect(new Set(replaced).size).toBe(won.length - 1);
      expect(won.map(({ current }) => current.epoch).sort((one, other) => one - other)).toEqual(
        won.map((_, i) => i + 1),
      );
    });

    it('keeps the moments of the last two claims, the later one first', async () => {
      for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) {
        const claim = await store().claim(rover, { socket: socket(name, t0 + i), fleets, now: t0 + 10 * i });
        const expected = i === 0 ? [t0] : [t0 + 10 * i, t0 + 10 * (i - 1)];
        expect(claim).toMatchObject({ won: true, current: { claimedAt: expected } });
        expect((await get())?.claimedAt).toEqual(expected);
      }
    });

    it('keeps them through an absence, and counts no claim that was lost', async () => {
      await store().claim(rover, byB);
      expect(await store().claim(rover, { ...byA, now: t0 + 1500 })).toEqual({ won: false });
      await store().release(rover, { ...ofB, now: t0 + 2000, resumeEndsAt: t0 + 9000 });
      expect((await get())?.claimedAt).toEqual([byB.now]);
      await store().endResume(rover, { now: t0 + 9000, retryAt: t0 + 70_000 });
      await store().settle(rover);
      expect((await get())?.claimedAt).toEqual([byB.now]);
      await store().claim(rover, { ...byA, now: t0 + 10_000 });
      expect((await get())?.claimedAt).toEqual([t0 + 10_000, byB.now]);
    });
  });

  describe('claim, instead of nobody but those named', () => {
    const byC = { socket: socket('c', t0 + 2000), fleets, now: t0 + 2010 };
    const insteadOf = (...connections: string[]) => ({ insteadOf: connections.map(connectionId) });

    it.each([
      ['a robot that was never here', async () => {}],
      [
        'a robot that is away',
        async () => {
          await store().claim(rover, byA);
          await store().release(rover, { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 });
        },
      ],
      [
        'a robot that is offline',
        async () => {
          await store().claim(rover, byA);
          await store().leave(rover, left);
        },
      ],
    ])('takes %s, whoever is named', async (_, before) => {
      await before();
      expect(await store().claim(rover, { ...byC, ...insteadOf('x') })).toMatchObject({
        won: true,
        current: { state: 'online', socket: byC.socket },
      });
      expect(await get()).toMatchObject({ socket: byC.socket });
    });

    it('takes its own', async () => {
      await store().claim(rover, byA);
      const again = await store().claim(rover, { ...byA, ...insteadOf('a') });
      expect(again).toMatchObject({ won: true, repeated: true, current: { epoch: 2 } });
    });

    it.each([[['a']], [['x', 'a']], [['a', 'x']]])(
      'takes the robot of one that is listed: %j',
      async (listed) => {
        await store().claim(rover, byA);
        const claim = await store().claim(rover, { ...byC, ...insteadOf(...listed) });
        expect(claim).toMatchObject({
          won: true,
          current: { epoch: 2, socket: byC.socket },
          previous: claimed,
        });
        expect(await get()).toMatchObject({ epoch: 2, socket: byC.socket });
      },
    );

    it.each([[['c']], [['b', 'c']], [['nobody']]])(
      'does not take that of another: only of %j',
      async (listed) => {
        await store().claim(rover, byA);
        expect(await store().claim(rover, { ...byC, ...insteadOf(...listed) })).toEqual({ won: false });
        expect(await get()).toEqual(claimed);
      },
    );

    it('of nobody at all, takes only a robot that has no connection', async () => {
      await store().claim(rover, byA);
      expect(await store().claim(rover, { ...byC, insteadOf: [] })).toEqual({ won: false });
      expect(await get()).toEqual(claimed);
      await store().leave(rover, left);
      expect(await store().claim(rover, { ...byC, insteadOf: [] })).toMatchObject({ won: true });
    });

    it('does not take that of a newer one, listed or not (I4)', async () => {
      await store().claim(rover, byB);
      const before = await get();
      expect(await store().claim(rover, { ...byA, ...insteadOf('a', 'b') })).toEqual({ won: false });
      expect(await store().claim(rover, { ...byA, ...insteadOf('a') })).toEqual({ won: false });
      expect(await get()).toEqual(before);
    });

    it('decides a tie by the id, as ever', async () => {
      await store().claim(rover, { ...byA, socket: socket('m', t0) });
      const listed = insteadOf('m');
      const smaller = { ...byA, socket: socket('c', t0), ...listed };
      expect(await store().claim(rover, smaller)).toEqual({ won: false });
      const greater = { ...byA, socket: socket('n', t0), ...listed };
      expect(await store().claim(rover, greater)).toMatchObject({ won: true });
    });

    it.each(bothOrders)('of two at once for a free robot, one wins ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        const [one, other] = await race(
          () => store().claim(raced, { ...byA, ...insteadOf('a') }),
          () => store().claim(raced, { ...byB, ...insteadOf('b') }),
        );
        expect([one.won, other.won].sort()).toEqual([false, true]);
        const winner = one.won ? byA.socket : byB.socket;
        expect(await store().get(raced)).toMatchObject({ epoch: 1, socket: winner });
      }
    });

    it('of many at once that saw the same one gone, one wins', async () => {
      await store().claim(rover, byA);
      const comers = names('c', 8);
      const claims = await Promise.all(
        comers.map((name, i) =>
          store().claim(rover, { ...byC, socket: socket(name, t0 + 2000 + i), ...insteadOf(name, 'a') }),
        ),
      );
      expect(claims.filter(({ won }) => won)).toEqual([
        expect.objectContaining({ won: true, previous: claimed }),
      ]);
      const winner = comers.find((_, i) => claims[i]?.won);
      expect(await get()).toMatchObject({ epoch: 2, socket: { connectionId: winner } });
    });
  });
});
