import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import {
  bothOrders,
  client,
  clientConnection,
  connectionId,
  names,
  robotConnection,
  t0,
} from './support/samples.ts';

const a = connectionId('a');
const later = { issuedAt: t0 + 40_000, expiresAt: t0 + 100_000, originJti: 'origin-2' };
const refreshed = { token: later, groups: ['robots', 'fleet:new'], nextDeadlineAt: t0 + 160_000 };

onEveryAdapter('ConnectionStore: closing', (stores) => {
  const store = () => stores().connections;

  describe('beginClosing', () => {
    const due = { now: t0 + 30_000, retryAt: t0 + 90_000 };

    it('closes at the deadline, exactly', async () => {
      await store().create(robotConnection('a'));
      expect(await store().beginClosing(a, { ...due, now: due.now - 1 })).toBe(false);
      expect(await store().get(a)).toEqual(robotConnection('a'));
      expect(await store().beginClosing(a, due)).toBe(true);
      expect(await store().get(a)).toEqual(
        robotConnection('a', { state: 'closing', nextDeadlineAt: due.retryAt }),
      );
    });

    it('can be repeated when the retry is due, and not before', async () => {
      await store().create(robotConnection('a'));
      await store().beginClosing(a, due);
      const again = { now: due.retryAt, retryAt: due.retryAt + 60_000 };
      expect(await store().beginClosing(a, { ...again, now: again.now - 1 })).toBe(false);
      expect(await store().beginClosing(a, again)).toBe(true);
    });

    it('is false for a connection that is gone, and makes no row of it', async () => {
      expect(await store().beginClosing(a, due)).toBe(false);
      expect(await store().get(a)).toBeUndefined();
    });

    it('lets one of two runs begin', async () => {
      await store().create(robotConnection('a'));
      const both = await Promise.all([store().beginClosing(a, due), store().beginClosing(a, due)]);
      expect(both.sort()).toEqual([false, true]);
    });

    it('loses against a refresh that came first', async () => {
      await store().create(robotConnection('a'));
      await store().refresh(a, refreshed);
      expect(await store().beginClosing(a, due)).toBe(false);
      expect(await store().get(a)).toMatchObject({ state: 'connected', token: later });
    });

    it('wins against a refresh that comes after', async () => {
      await store().create(robotConnection('a'));
      await store().beginClosing(a, due);
      expect(await store().refresh(a, refreshed)).toBe('gone');
    });

    it.each(bothOrders)('and a refresh at once: one of them decides ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const id = connectionId(name);
        await store().create(robotConnection(name));
        const [closing, refresh] = await race(
          () => store().beginClosing(id, due),
          () => store().refresh(id, refreshed),
        );
        expect(refresh).toBe(closing ? 'gone' : 'refreshed');
        expect((await store().get(id))?.state).toBe(closing ? 'closing' : 'connected');
      }
    });
  });

  describe('markClosing', () => {
    it('marks and gives the connection, whatever its deadline', async () => {
      await store().create(robotConnection('a'));
      const closing = robotConnection('a', { state: 'closing', nextDeadlineAt: t0 + 5 });
      expect(await store().markClosing(a, { retryAt: t0 + 5 })).toEqual(closing);
      expect(await store().get(a)).toEqual(closing);
    });

    it('gives nothing of one that somebody is closing already, and leaves its deadline to them', async () => {
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0 + 5 });
      expect(await store().markClosing(a, { retryAt: t0 + 9 })).toBeUndefined();
      expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 5 });
    });

    it('marks one that has said hello, and gives its client', async () => {
      await store().create(clientConnection('a'));
      await store().markReady(a, { clientId: client('k'), nextDeadlineAt: t0 + 120_000 });
      const closing = { state: 'closing', clientId: client('k'), nextDeadlineAt: t0 + 5 } as const;
      expect(await store().markClosing(a, { retryAt: t0 + 5 })).toEqual(clientConnection('a', closing));
    });

    it('leaves to the cleanup what whoever marked it did not finish', async () => {
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0 + 5 });
      const again = { now: t0 + 5, retryAt: t0 + 9 };
      expect(await store().beginClosing(a, { ...again, now: t0 + 4 })).toBe(false);
      expect(await store().beginClosing(a, again)).toBe(true);
      expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 9 });
    });

    it('gives the connection to exactly one of two at once', async () => {
      for (const name of names('raced', 10)) {
        const id = connectionId(name);
        await store().create(robotConnection(name));
        const both = await Promise.all([
          store().markClosing(id, { retryAt: t0 + 5 }),
          store().markClosing(id, { retryAt: t0 + 9 }),
        ]);
        const given = both.filter((connection) => connection !== undefined);
        expect(given).toEqual([await store().get(id)]);
      }
    });

    it.each(bothOrders)(
      'and beginClosing of what is due, at once: one connection, one end ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const id = connectionId(name);
          await store().create(robotConnection(name));
          const [marked, begun] = await race(
            () => store().markClosing(id, { retryAt: t0 + 90_000 }),
            () => store().beginClosing(id, { now: t0 + 30_000, retryAt: t0 + 95_000 }),
          );
          expect(marked === undefined).toBe(begun);
          expect(await store().get(id)).toMatchObject({
            state: 'closing',
            nextDeadlineAt: begun ? t0 + 95_000 : t0 + 90_000,
          });
        }
      },
    );

    it('gives nothing of a connection that is gone, and makes no row of it', async () => {
      expect(await store().markClosing(a, { retryAt: t0 })).toBeUndefined();
      expect(await store().get(a)).toBeUndefined();
    });

    it.each(bothOrders)('is final against refresh and hello at once ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const id = connectionId(name);
        await store().create(robotConnection(name));
        await race(
          () => store().markClosing(id, { retryAt: t0 + 7 }),
          () =>
            Promise.all([
              store().refresh(id, refreshed),
              store().markReady(id, { clientId: undefined, nextDeadlineAt: t0 + 120_000 }),
            ]),
        );
        expect(await store().get(id)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 7 });
      }
    });
  });
});
