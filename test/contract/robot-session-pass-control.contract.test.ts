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
const s3 = session('s3');

onEveryAdapter('RobotSessionStore: passControl', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('passControl', () => {
    const pass = (from = s1, to = s2) => store().passControl(rover, { from, to });

    it('hands control on, raises the lease epoch and gives the row after the change (I7)', async () => {
      await store().claim(rover, byA);
      const held = await store().takeControl(rover, s1);
      const passed = await pass();
      expect(passed).toEqual({ ...held, controllerSessionId: 's2', leaseEpoch: 2 });
      expect(await get()).toEqual(passed);
      expect(await pass(s2, s1)).toEqual({ ...held, leaseEpoch: 3 });
    });

    it('is undefined when another holds it, and changes nothing', async () => {
      await store().claim(rover, byA);
      const held = await store().takeControl(rover, s1);
      expect(await pass(s2, s3)).toBeUndefined();
      expect(await get()).toEqual(held);
    });

    it('is undefined when it has been passed on already: to whom it went is the holder', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      const passed = await pass();
      expect(await pass()).toBeUndefined();
      expect(await pass(s1, s3)).toBeUndefined();
      expect(await get()).toEqual(passed);
    });

    it('is undefined when nobody holds it', async () => {
      await store().claim(rover, byA);
      const free = await get();
      expect(await pass()).toBeUndefined();
      expect(await get()).toEqual(free);
    });

    it('to itself is no change of control, so it raises no epoch (I7)', async () => {
      await store().claim(rover, byA);
      const held = await store().takeControl(rover, s1);
      await pass(s1, s1);
      expect(await get()).toEqual(held);
    });

    it('is not for robots that were never here, and makes no row of them', async () => {
      expect(await pass()).toBeUndefined();
      expect(await get()).toBeUndefined();
    });

    it('keeps the robot away until its window ends', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().release(rover, lost);
      const away = await get();
      expect(await pass()).toEqual({ ...away, controllerSessionId: 's2', leaseEpoch: 2 });
      expect(await allDue((of) => store().due(of), lost.resumeEndsAt)).toEqual([rover]);
    });

    it('is not for a robot that is offline: control fell with it', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().leave(rover, left);
      const offline = await get();
      expect(await pass()).toBeUndefined();
      expect(await get()).toEqual(offline);
      expect(await allDue((of) => store().due(of), left.retryAt)).toEqual([rover]);
    });

    it('lets it be dropped by the new holder, and no more by the old one', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await pass();
      expect(await store().dropControl(rover, s1)).toBeUndefined();
      expect(await store().takeControl(rover, s1)).toBeUndefined();
      expect(await store().dropControl(rover, s2)).toMatchObject({ leaseEpoch: 3 });
      expect(await store().takeControl(rover, s3)).toMatchObject({
        controllerSessionId: 's3',
        leaseEpoch: 4,
      });
      await store().leave(rover, left);
      expect(await get()).toMatchObject({ leaseEpoch: 5 });
    });

    it('to many at once: to exactly one', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      const wanting = names('w', 8).map(session);
      const passed = await Promise.all(wanting.map((to) => pass(s1, to)));
      const holders = wanting.filter((_, i) => passed[i] !== undefined);
      expect(holders).toHaveLength(1);
      expect(await get()).toMatchObject({ controllerSessionId: holders[0], leaseEpoch: 2 });
      expect(passed.filter((row) => row !== undefined)).toEqual([await get()]);
    });

    it.each(bothOrders)('and given up at once: one of the two ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        await store().takeControl(raced, s1);
        const [passed, freed] = await race(
          () => store().passControl(raced, { from: s1, to: s2 }),
          () => store().dropControl(raced, s1),
        );
        expect(passed === undefined).toBe(freed !== undefined);
        expect(await store().get(raced)).toEqual(passed ?? freed);
        expect((passed ?? freed)?.leaseEpoch).toBe(2);
      }
    });

    it.each(bothOrders)(
      'and the robot’s end at once: nobody controls what is offline ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = robot(name);
          await store().claim(raced, byA);
          await store().takeControl(raced, s1);
          const [passed] = await race(
            () => store().passControl(raced, { from: s1, to: s2 }),
            () => store().leave(raced, left),
          );
          const robotNow = await store().get(raced);
          expect(robotNow).toMatchObject({ state: 'offline', leaseEpoch: passed === undefined ? 2 : 3 });
          expect(robotNow).not.toHaveProperty('controllerSessionId');
        }
      },
    );

    it.each(bothOrders)(
      'and a new connection of the robot at once: both stand ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = robot(name);
          await store().claim(raced, byA);
          await store().takeControl(raced, s1);
          const [passed, claim] = await race(
            () => store().passControl(raced, { from: s1, to: s2 }),
            () => store().claim(raced, byB),
          );
          expect(claim.won && passed !== undefined).toBe(true);
          expect(await store().get(raced)).toMatchObject({
            epoch: 2,
            socket: byB.socket,
            controllerSessionId: 's2',
            leaseEpoch: 2,
          });
        }
      },
    );
  });
});
