import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { bothOrders, connectionId, names, robot, session, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const byA = { socket: socket('a', t0), fleets: ['demo'], now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo'], now: t0 + 1010 };
const lost = { connectionId: connectionId('a'), now: t0 + 20, resumeEndsAt: t0 + 9000 };
const s1 = session('s1');
const s2 = session('s2');

onEveryAdapter('RobotSessionStore: control that is not confirmed', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);
  const back = { from: s1, to: s2, unconfirmed: true } as const;

  describe('the row says that control is unconfirmed', () => {
    it('from when it was given until it is confirmed', async () => {
      await store().claim(rover, byA);
      expect(await get()).not.toHaveProperty('controlUnconfirmed');
      const taken = await store().takeControl(rover, s1);
      expect(taken).toMatchObject({ controlUnconfirmed: true });
      expect(await get()).toEqual(taken);
      const confirmed = await store().confirmControl(rover, s1);
      expect(confirmed).not.toHaveProperty('controlUnconfirmed');
      expect({ ...confirmed, controlUnconfirmed: true }).toEqual(taken);
      expect(await get()).toEqual(confirmed);
    });

    it('again when it was passed on, and no more when it is free', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().confirmControl(rover, s1);
      const passed = await store().passControl(rover, { from: s1, to: s2 });
      expect(passed).toMatchObject({ controllerSessionId: 's2', controlUnconfirmed: true });
      expect(await store().dropControl(rover, s2)).not.toHaveProperty('controlUnconfirmed');
      expect(await get()).not.toHaveProperty('controlUnconfirmed');
    });

    it('also when the robot was lost and has come back meanwhile', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().release(rover, lost);
      expect(await get()).toMatchObject({ state: 'away', controlUnconfirmed: true });
      const claim = await store().claim(rover, byB);
      expect(claim).toMatchObject({ current: { controllerSessionId: 's1', controlUnconfirmed: true } });
      expect(await get()).toEqual(claim.won ? claim.current : undefined);
    });
  });

  describe('confirmControl of a lease epoch', () => {
    it('confirms that one', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      expect(await store().confirmControl(rover, s1, 1)).not.toHaveProperty('controlUnconfirmed');
    });

    it('does not confirm a later one of the same session: the robot was not told of that', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      await store().dropControl(rover, s1);
      const again = await store().takeControl(rover, s1);
      expect(await store().confirmControl(rover, s1, 1)).toBeUndefined();
      expect(await get()).toEqual(again);
    });

    it('may be repeated', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1);
      const confirmed = await store().confirmControl(rover, s1, 1);
      expect(await store().confirmControl(rover, s1, 1)).toEqual(confirmed);
    });
  });

  describe('passControl of what is unconfirmed', () => {
    it('passes it on like any other', async () => {
      await store().claim(rover, byA);
      const taken = await store().takeControl(rover, s1);
      const passed = await store().passControl(rover, back);
      expect(passed).toEqual({ ...taken, controllerSessionId: 's2', leaseEpoch: 2 });
      expect(await get()).toEqual(passed);
    });

    it('changes nothing when it was confirmed, or is another’s', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s2);
      expect(await store().passControl(rover, back)).toBeUndefined();
      await store().passControl(rover, { from: s2, to: s1 });
      const confirmed = await store().confirmControl(rover, s1);
      expect(await store().passControl(rover, back)).toBeUndefined();
      expect(await get()).toEqual(confirmed);
    });
  });

  describe('freeUnconfirmed', () => {
    it('frees it, raises the epoch and gives the row after the change', async () => {
      await store().claim(rover, byA);
      const before = await get();
      await store().takeControl(rover, s1);
      const freed = await store().freeUnconfirmed(rover, s1);
      expect(freed).toEqual({ ...before, leaseEpoch: 2 });
      expect(await get()).toEqual(freed);
    });

    it('is undefined and changes nothing when it was confirmed, or is another’s', async () => {
      await store().claim(rover, byA);
      expect(await store().freeUnconfirmed(rover, s1)).toBeUndefined();
      const taken = await store().takeControl(rover, s1);
      expect(await store().freeUnconfirmed(rover, s2)).toBeUndefined();
      expect(await get()).toEqual(taken);
      const confirmed = await store().confirmControl(rover, s1);
      expect(await store().freeUnconfirmed(rover, s1)).toBeUndefined();
      expect(await get()).toEqual(confirmed);
    });
  });

  it.each(bothOrders)('confirmed and taken back at once: one of the two ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      const raced = robot(name);
      await store().claim(raced, byA);
      await store().takeControl(raced, s1);
      const [confirmed, taken] = await race(
        () => store().confirmControl(raced, s1, 1),
        () => store().passControl(raced, back),
      );
      expect(confirmed === undefined).toBe(taken !== undefined);
      expect(await store().get(raced)).toEqual(confirmed ?? taken);
    }
  });
});
