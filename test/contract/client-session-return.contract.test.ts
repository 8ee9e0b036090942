import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { sessionKey } from './support/clients.ts';
import { at, away, key, lost, place, resumeEndsAt, s1 } from './support/places.ts';
import { bothOrders, clientSession, names } from './support/samples.ts';

onEveryAdapter('ClientSessionStore: loss and return', (stores) => {
  const store = () => stores().sessions;
  const get = () => store().get(key);

  describe('the loss of the old connection and the move to the new one', () => {
    it('lost, then moved: on the new one', async () => {
      await store().create(s1());
      expect(await store().suspend(key, lost(1))).toBe(true);
      expect(await store().moveTo(key, place(2))).toEqual(at(place(2)));
    });

    it('moved, then lost: still on the new one', async () => {
      await store().create(s1());
      expect(await store().moveTo(key, place(2))).toEqual(at(place(2)));
      expect(await store().suspend(key, lost(1))).toBe(false);
      expect(await get()).toEqual(at(place(2)));
    });

    it.each(bothOrders)('at once: on the new one ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = sessionKey(name);
        await store().create(clientSession(name));
        const [, moved] = await race(
          () => store().suspend(raced, lost(1)),
          () => store().moveTo(raced, place(2)),
        );
        expect(moved).toEqual({ ...at(place(2)), ...raced });
        expect(await store().get(raced)).toEqual(moved);
      }
    });

    it.each(bothOrders)(
      'the loss of both, and the move, at once: one of the two ends ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = sessionKey(name);
          await store().create(clientSession(name));
          const [[byOld, byNew], moved] = await race(
            () => Promise.all([store().suspend(raced, lost(1)), store().suspend(raced, lost(2))]),
            () => store().moveTo(raced, place(2)),
          );
          expect(moved).toMatchObject({ clientEpoch: 2 });
          // Of the two only the new one’s comes after the move, if any does.
          const session = await store().get(raced);
          if (session?.socket === undefined) expect(byNew).toBe(true);
          expect(session?.clientEpoch).toBe(2);
          if (!byOld && !byNew) expect(session).toEqual({ ...at(place(2)), ...raced });
        }
      },
    );

    it.each(bothOrders)(
      'the end of the window and the return at once: moved, or gone ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = sessionKey(name);
          await store().create(clientSession(name));
          await store().suspend(raced, lost(1));
          const [moved, removed] = await race(
            () => store().moveTo(raced, place(2)),
            () => store().removeIfDue(raced, resumeEndsAt),
          );
          expect(removed === undefined).toBe(moved !== undefined);
          expect(await store().get(raced)).toEqual(moved);
        }
      },
    );
  });

  describe('noteReceived', () => {
    it('keeps what each side has told, and changes nothing else', async () => {
      await store().create(s1());
      await store().noteReceived(key, { byRobot: 5 });
      expect(await get()).toEqual({ ...s1(), received: { byRobot: 5, byClient: 0 } });
      await store().noteReceived(key, { byClient: 8 });
      expect(await get()).toEqual({ ...s1(), received: { byRobot: 5, byClient: 8 } });
      await store().noteReceived(key, { byRobot: 6, byClient: 9 });
      expect(await get()).toEqual({ ...s1(), received: { byRobot: 6, byClient: 9 } });
    });

    it('also while the client is away', async () => {
      await store().create(s1());
      await store().suspend(key, lost());
      await store().noteReceived(key, { byRobot: 5 });
      expect(await get()).toEqual({ ...away(), received: { byRobot: 5, byClient: 0 } });
      expect(await store().moveTo(key, place(2))).toMatchObject({ received: { byRobot: 5, byClient: 0 } });
    });

    it('takes back what a side has lost: it says so itself', async () => {
      await store().create(s1());
      await store().noteReceived(key, { byRobot: 5, byClient: 8 });
      await store().noteReceived(key, { byRobot: 0 });
      expect(await get()).toMatchObject({ received: { byRobot: 0, byClient: 8 } });
    });

    it('of both sides at once, keeps both', async () => {
      for (const name of names('raced', 10)) {
        await store().create(clientSession(name));
        await Promise.all([
          store().noteReceived(sessionKey(name), { byRobot: 5 }),
          store().noteReceived(sessionKey(name), { byClient: 8 }),
        ]);
        expect(await store().get(sessionKey(name))).toMatchObject({ received: { byRobot: 5, byClient: 8 } });
      }
    });

    it('is without effect when the row is gone, and makes none', async () => {
      await store().noteReceived(key, { byRobot: 5 });
      expect(await get()).toBeUndefined();
      expect(await store().listByRobot(key.robotId)).toEqual([]);
    });

    it('of nothing is without effect', async () => {
      await store().create(s1());
      await store().noteReceived(key, {});
      expect(await get()).toEqual(s1());
    });
  });
});
