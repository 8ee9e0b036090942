import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { bothOrders, connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const byA = { socket: socket('a', t0), fleets: ['demo'], now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo'], now: t0 + 1010 };
const ofA = { connectionId: connectionId('a') };
const lost = { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 };
const left = { ...ofA, now: t0 + 20, retryAt: t0 + 70_000 };
const s1 = session('s1');
const s2 = session('s2');

onEveryAdapter('RobotSessionStore: token, control, reads', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('copyToken', () => {
    const copy = (tokenExpiresAt: number, fleets = ['new']) => ({
      connectionId: connectionId('a'),
      tokenExpiresAt,
      fleets,
    });

    it('copies the end of the token and the fleets, and nothing else', async () => {
      await store().claim(rover, byA);
      const before = await get();
      expect(await store().copyToken(rover, copy(t0 + 100_000))).toBe(true);
      expect(await get()).toEqual({
        ...before,
        fleets: ['new'],
        socket: { ...byA.socket, tokenExpiresAt: t0 + 100_000 },
      });
    });

    it('copies the fleets of a token with the same end', async () => {
      await store().claim(rover, byA);
      expect(await store().copyToken(rover, copy(byA.socket.tokenExpiresAt))).toBe(true);
      expect(await get()).toMatchObject({ fleets: ['new'] });
    });

    it('F14: does not shorten, nor take the fleets of the older token; the robot is still this connection’s', async () => {
      await store().claim(rover, byA);
      await store().copyToken(rover, copy(t0 + 100_000));
      expect(await store().copyToken(rover, copy(t0 + 99_999, ['older']))).toBe(true);
      expect(await get()).toMatchObject({ fleets: ['new'], socket: { tokenExpiresAt: t0 + 100_000 } });
    });

    it('two refreshes at once leave the longer', async () => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        const ends = [t0 + 100_000, t0 + 200_000, t0 + 150_000];
        const told = await Promise.all(ends.map((end) => store().copyToken(raced, copy(end, [String(end)]))));
        expect(told).toEqual([true, true, true]);
        expect(await store().get(raced)).toMatchObject({
          fleets: [String(t0 + 200_000)],
          socket: { tokenExpiresAt: t0 + 200_000 },
        });
      }
    });

    it.each([
      ['longer', t0 + 100_000],
      ['shorter', t0 + 1],
    ])(
      'is false for a connection that was replaced, with a %s token, and changes nothing',
      async (_, end) => {
        await store().claim(rover, byA);
        await store().claim(rover, byB);
        const before = await get();
        expect(await store().copyToken(rover, copy(end))).toBe(false);
        expect(await get()).toEqual(before);
      },
    );

    it('is false for a robot that is away or was never here', async () => {
      expect(await store().copyToken(rover, copy(t0 + 100_000))).toBe(false);
      expect(await get()).toBeUndefined();
      await store().claim(rover, byA);
      await store().release(rover, lost);
      expect(await store().copyToken(rover, copy(t0 + 100_000))).toBe(false);
    });

    it.each(bothOrders)('and a new claim at once: the claim’s own copy stands ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        await race(
          () => store().copyToken(raced, copy(t0 + 900_000)),
          () => store().claim(raced, byB),
        );
        expect(await store().get(raced)).toMatchObject({ socket: byB.socket, fleets: byB.fleets });
      }
    });
  });

  describe('takeControl and dropControl', () => {
    it('gives free control, raises the lease epoch and gives the row after the change (I7)', async () => {
      await store().claim(rover, byA);
      const before = await get();
      const taken = await store().takeControl(rover, s1);
      expect(taken).toEqual({ ...before, controllerSessionId: 's1', leaseEpoch: 1 });
      expect(await get()).toEqual(taken);
    });

    it('gives the same session the same again, without a new epoch', async () => {
      await store().claim(rover, byA);
      const taken = await store().takeControl(rover, s1);
      expect(await store().takeControl(rover, s1)).toEqual(taken);
      expect(await get()).toEqual(taken);
    });

    it('does not give what another holds', async () => {
      await store().claim(rover, byA);
      const taken = await store().takeControl(rover, s1);
      expect(await store().takeControl(rover, s2)).toBeUndefined();
      expect(await get()).toEqual(taken);
    });

    it('is not for robots that were never here, and makes no row of them', async () => {
      expect(await store().takeControl(rover, s1)).toBeUndefined();
      expect(await store().dropControl(rover, s1)).toBe(false);
      expect(await get()).toBeUndefined();
    });

    it('gives control of a robot that is away: it may come back (I3)', async () => {
      await store().claim(rover, byA);
      await store().release(rover, lost);
      expect(await store().takeControl(rover, s1)).toMatchObject({
        state: 'away',
        controllerSessionId: 's1',
      });
    });

    it.each(['settled', 'not settled'])('is not for robots that are offline, %s', async (end) => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().leave(rover, left);
      if (end === 'settled') await store().settle(rover);
      const before = await get();
      expect(await store().takeControl(rover, s1)).toBeUndefined();
      expect(await store().takeControl(rover, s2)).toBeUndefined();
      expect(await get()).toEqual(before);
      await store().claim(rover, byB);
      expect(await store().takeControl(rover, s2)).toMatchObject({
        controllerSessionId: 's2',
        leaseEpoch: 3,
      });
    });

    it.each(bothOrders)(
      'and the robot’s end at once: nobody controls what is offline ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = robot(name);
          await store().claim(raced, byA);
          const [taken] = await race(
            () => store().takeControl(raced, s1),
            () => store().leave(raced, left),
          );
          const robotNow = await store().get(raced);
          expect(robotNow).toMatchObject({ state: 'offline', leaseEpoch: taken === undefined ? 0 : 2 });
          expect(robotNow).not.toHaveProperty('controllerSessionId');
        }
      },
    );

    it('gives control to exactly one of many at once', async () => {
      await store().claim(rover, byA);
      const wanting = names('s', 8).map(session);
      const taken = await Promise.all(wanting.map((id) => store().takeControl(rover, id)));
      const holders = wanting.filter((_, i) => taken[i] !== undefined);
      expect(holders).toHaveLength(1);
      expect(await get()).toMatchObject({ controllerSessionId: holders[0], leaseEpoch: 1 });
    });

    it('frees it for the next, and each change raises the epoch', async () => {
      await store().claim(rover, byA);
      const before = await get();
      await store().takeControl(rover, s1);
      expect(await store().dropControl(rover, s1)).toBe(true);
      expect(await get()).toEqual({ ...before, leaseEpoch: 2 });
      expect(await store().takeControl(rover, s2)).toMatchObject({
        controllerSessionId: 's2',
        leaseEpoch: 3,
      });
    });

    it('frees it only for the session that holds it', async () => {
      await store().claim(rover, byA);
      const taken = await store().takeControl(rover, s1);
      expect(await store().dropControl(rover, s2)).toBe(false);
      expect(await get()).toEqual(taken);
      await store().dropControl(rover, s1);
      expect(await store().dropControl(rover, s1)).toBe(false);
      expect(await get()).toMatchObject({ leaseEpoch: 2 });
    });

    it('confirms it for who has it, and gives the row', async () => {
      await store().claim(rover, byA);
      const taken = await store().takeControl(rover, s1);
      expect(await store().confirmControl(rover, s2)).toBeUndefined();
      expect(await store().confirmControl(rover, s1)).toEqual(taken);
      expect(await store().confirmControl(rover, s1)).toEqual(taken);
      expect(await get()).toEqual(taken);
      await store().dropControl(rover, s1);
      expect(await store().confirmControl(rover, s1)).toBeUndefined();
      expect(await store().confirmControl(robot('unknown'), s1)).toBeUndefined();
      expect(await store().get(robot('unknown'))).toBeUndefined();
    });

    it('frees it for another only until it is confirmed, also when it is taken once more', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      expect(await store().freeUnconfirmed(rover, s2)).toBe(false);
      expect(await store().freeUnconfirmed(rover, s1)).toBe(true);
      expect(await get()).not.toHaveProperty('controllerSessionId');
      expect(await store().freeUnconfirmed(rover, s1)).toBe(false);
      await store().takeControl(rover, s1);
      await store().confirmControl(rover, s1);
      const taken = await store().takeControl(rover, s1);
      expect(await store().freeUnconfirmed(rover, s1)).toBe(false);
      expect(await get()).toEqual(taken);
    });

    it('a session that lost confirmed control has none to confirm: the next one is for the time being again', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().confirmControl(rover, s1);
      await store().dropControl(rover, s1);
      await store().takeControl(rover, s2);
      expect(await store().freeUnconfirmed(rover, s2)).toBe(true);
    });

    it.each(bothOrders)('is confirmed or freed, never both ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        await store().takeControl(raced, s1);
        const [confirmed, freed] = await race(
          () => store().confirmControl(raced, s1),
          () => store().freeUnconfirmed(raced, s1),
        );
        expect(confirmed === undefined).toBe(freed);
      }
    });

    it('frees it once of two at once', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      const both = await Promise.all([store().dropControl(rover, s1), store().dropControl(rover, s1)]);
      expect(both.sort()).toEqual([false, true]);
      expect(await get()).toMatchObject({ leaseEpoch: 2 });
    });
  });

  describe('getMany', () => {
    it('gives those that are known, each once', async () => {
      await store().claim(rover, byA);
      await store().claim(robot('rover-2'), byB);
      const found = await store().getMany([robot('rover-2'), robot('nobody'), rover, rover]);
      expect([...found].sort((one, other) => one.robotId.localeCompare(other.robotId))).toEqual([
        await get(),
        await store().get(robot('rover-2')),
      ]);
    });

    it('takes none, and takes a hundred', async () => {
      const ids = names('rover', 100).map(robot);
      expect(await store().getMany([])).toEqual([]);
      await Promise.all(ids.map((id) => store().claim(id, byA)));
      expect(await store().getMany(ids)).toHaveLength(100);
    });

    it('refuses more than a hundred', async () => {
      await expect(store().getMany(names('rover', 101).map(robot))).rejects.toThrow(RangeError);
    });
  });
});
