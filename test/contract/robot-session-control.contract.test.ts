import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { allDue, bothOrders, connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const byA = { socket: socket('a', t0), fleets: ['demo'], resume: true, now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo'], resume: true, now: t0 + 1010 };
const ofA = { connectionId: connectionId('a') };
const lost = { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 };
const left = { ...ofA, now: t0 + 20, retryAt: t0 + 70_000 };
const s1 = session('s1');
const s2 = session('s2');

onEveryAdapter('RobotSessionStore: control', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('takeControl and dropControl', () => {
    it('gives free control, raises the lease epoch and gives the row after the change (I7)', async () => {
      await store().claim(rover, byA);
      const before = await get();
      const taken = await store().takeControl(rover, s1);
      const given = { controllerSessionId: 's1', controlUnconfirmed: true, leaseEpoch: 1 };
      expect(taken).toEqual({ ...before, ...given });
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
      expect(await store().dropControl(rover, s1)).toBeUndefined();
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
      expect(await store().dropControl(rover, s1)).toEqual({ ...before, leaseEpoch: 2 });
      expect(await get()).toEqual({ ...before, leaseEpoch: 2 });
      expect(await store().takeControl(rover, s2)).toMatchObject({
        controllerSessionId: 's2',
        leaseEpoch: 3,
      });
    });

    it('frees it only for the session that holds it', async () => {
      await store().claim(rover, byA);
      const taken = await store().takeControl(rover, s1);
      expect(await store().dropControl(rover, s2)).toBeUndefined();
      expect(await get()).toEqual(taken);
      await store().dropControl(rover, s1);
      expect(await store().dropControl(rover, s1)).toBeUndefined();
      expect(await get()).toMatchObject({ leaseEpoch: 2 });
    });

    it('frees it once of two at once', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      const both = await Promise.all([store().dropControl(rover, s1), store().dropControl(rover, s1)]);
      expect(both.filter((freed) => freed !== undefined)).toEqual([await get()]);
      expect(await get()).toMatchObject({ leaseEpoch: 2 });
    });

    it.each(['away', 'online'])(
      'frees it of a robot that is %s, and gives the row with the raised epoch',
      async (state) => {
        await store().claim(rover, byA);
        await store().takeControl(rover, s1);
        if (state === 'away') await store().release(rover, lost);
        const freed = await store().dropControl(rover, s1);
        expect(freed).toMatchObject({ state, leaseEpoch: 2 });
        expect(freed).not.toHaveProperty('controllerSessionId');
        expect(await get()).toEqual(freed);
      },
    );

    it('is undefined of a robot that has gone offline: it was freed with that', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().leave(rover, left);
      expect(await store().dropControl(rover, s1)).toBeUndefined();
      expect(await get()).toMatchObject({ state: 'offline', leaseEpoch: 2 });
      expect(await allDue((of) => store().due(of), left.retryAt)).toEqual([rover]);
    });
  });
});
