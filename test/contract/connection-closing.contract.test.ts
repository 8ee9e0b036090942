import { describe, expect, it } from 'vitest';
import { existing, onEveryAdapter } from './support/adapters.ts';
import {
  bothOrders,
  clientConnection,
  connectionId,
  later,
  names,
  placeOf,
  refreshed,
  robotConnection,
  t0,
} from './support/samples.ts';

const a = connectionId('a');

onEveryAdapter('ConnectionStore: beginClosing', (stores) => {
  const store = () => stores().connections;
  const now = () => existing(stores(), a);
  const due = { now: t0 + 30_000, retryAt: t0 + 90_000, how: 'expired' } as const;
  const fresh = robotConnection('a');
  /** A refresh that was long under way, or whose token ends by now: its deadline is past as it is written. */
  const refreshedAndDue = { ...refreshed, nextDeadlineAt: due.now - 1 };

  it('closes at the deadline, exactly', async () => {
    await store().create(fresh);
    expect(await store().beginClosing(fresh, { ...due, now: due.now - 1 })).toBe(false);
    expect(await store().get(a)).toEqual(fresh);
    expect(await store().beginClosing(fresh, due)).toBe(true);
    expect(await store().get(a)).toEqual(
      robotConnection('a', { state: 'closing', endsAs: 'expired', nextDeadlineAt: due.retryAt }),
    );
  });

  it('closes one that has said hello, and forgets nothing of it', async () => {
    const ready = clientConnection('a', {
      state: 'ready',
      client: placeOf('k', 3),
      watching: ['all', 'fleet#demo'],
      refreshes: 2,
      settledUntil: t0,
    });
    await store().create(ready);
    expect(await store().beginClosing(ready, due)).toBe(true);
    expect(await store().get(a)).toEqual({
      ...ready,
      state: 'closing',
      endsAs: 'expired',
      nextDeadlineAt: due.retryAt,
    });
  });

  it('can be repeated when the retry is due, and not before', async () => {
    await store().create(fresh);
    await store().beginClosing(fresh, due);
    const again = { ...due, now: due.retryAt, retryAt: due.retryAt + 60_000 };
    expect(await store().beginClosing(await now(), { ...again, now: again.now - 1 })).toBe(false);
    expect(await store().beginClosing(await now(), again)).toBe(true);
    expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: again.retryAt });
  });

  it('is false for a connection that is gone, and makes no row of it', async () => {
    expect(await store().beginClosing(fresh, due)).toBe(false);
    expect(await store().get(a)).toBeUndefined();
  });

  it('lets one of two runs begin', async () => {
    await store().create(fresh);
    const both = await Promise.all([store().beginClosing(fresh, due), store().beginClosing(fresh, due)]);
    expect(both.sort()).toEqual([false, true]);
  });

  it('lets one of two runs go on with what another began', async () => {
    await store().create(fresh);
    await store().beginClosing(fresh, due);
    const closing = await now();
    const again = { ...due, now: due.retryAt, retryAt: due.retryAt + 60_000 };
    const both = await Promise.all([
      store().beginClosing(closing, again),
      store().beginClosing(closing, again),
    ]);
    expect(both.sort()).toEqual([false, true]);
  });

  describe('of a row that is not as it was seen', () => {
    it('loses against a refresh that came first', async () => {
      await store().create(fresh);
      await store().refresh(a, refreshed);
      expect(await store().beginClosing(fresh, due)).toBe(false);
      expect(await store().get(a)).toMatchObject({ state: 'connected', token: later });
    });

    it('loses against a refresh that itself wrote a deadline in the past: its token was not judged', async () => {
      await store().create(fresh);
      await store().refresh(a, refreshedAndDue);
      const renewed = await now();
      expect(await store().beginClosing(fresh, due)).toBe(false);
      expect(await store().get(a)).toEqual(renewed);
      expect(await store().beginClosing(renewed, due)).toBe(true);
    });

    it('loses against a hello that came first, although the deadline has passed', async () => {
      await store().create(fresh);
      await store().markReady(a, { client: undefined, nextDeadlineAt: due.now - 1 });
      const ready = await now();
      expect(await store().beginClosing(fresh, due)).toBe(false);
      expect(await store().get(a)).toEqual(ready);
      expect(await store().beginClosing(ready, due)).toBe(true);
    });

    it('loses against a hello that was taken back', async () => {
      const ready = robotConnection('a', { state: 'ready' });
      await store().create(ready);
      await store().unmarkReady(a, { nextDeadlineAt: due.now });
      expect(await store().beginClosing(ready, due)).toBe(false);
      expect(await store().get(a)).toEqual(fresh);
    });

    it('leaves to another run what that has begun, although it is due again', async () => {
      await store().create(fresh);
      await store().beginClosing(fresh, due);
      const closing = await now();
      expect(await store().beginClosing(fresh, { ...due, now: due.retryAt, how: 'no_hello' })).toBe(false);
      expect(await store().get(a)).toEqual(closing);
    });

    it('is about token and state, not about what else has changed', async () => {
      await store().create(fresh);
      await store().settle(fresh, { settledUntil: t0 + 5, nextDeadlineAt: t0 + 25_000 });
      expect(await store().beginClosing(fresh, due)).toBe(true);
    });
  });

  it('wins against a refresh that comes after', async () => {
    await store().create(fresh);
    await store().beginClosing(fresh, due);
    expect(await store().refresh(a, refreshed)).toBe('gone');
  });

  it.each(bothOrders)('and a refresh at once: one of them decides ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      const id = connectionId(name);
      await store().create(robotConnection(name));
      const [closing, refresh] = await race(
        () => store().beginClosing(robotConnection(name), due),
        () => store().refresh(id, refreshed),
      );
      expect(refresh).toBe(closing ? 'gone' : 'refreshed');
      expect((await store().get(id))?.state).toBe(closing ? 'closing' : 'connected');
    }
  });

  it.each(bothOrders)(
    'and a refresh with a deadline in the past at once: one of them decides ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const id = connectionId(name);
        await store().create(robotConnection(name));
        const [closing, refresh] = await race(
          () => store().beginClosing(robotConnection(name), due),
          () => store().refresh(id, refreshedAndDue),
        );
        expect(refresh).toBe(closing ? 'gone' : 'refreshed');
        expect((await store().get(id))?.state).toBe(closing ? 'closing' : 'connected');
      }
    },
  );

  it.each(bothOrders)(
    'and a hello with a deadline in the past at once: one of them decides ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const id = connectionId(name);
        await store().create(robotConnection(name));
        const [closing, ready] = await race(
          () => store().beginClosing(robotConnection(name), due),
          () => store().markReady(id, { client: undefined, nextDeadlineAt: due.now - 1 }),
        );
        expect(ready).toBe(!closing);
        expect((await store().get(id))?.state).toBe(closing ? 'closing' : 'ready');
      }
    },
  );

  describe('how it ends', () => {
    const again = { now: due.retryAt, retryAt: due.retryAt + 60_000, how: 'no_hello' } as const;

    it('is kept of the run that began', async () => {
      await store().create(fresh);
      await store().beginClosing(fresh, due);
      expect(await store().beginClosing(await now(), again)).toBe(true);
      expect(await store().get(a)).toMatchObject({ endsAs: 'expired', nextDeadlineAt: again.retryAt });
    });

    it('is kept of whoever marked it', async () => {
      await store().create(fresh);
      await store().markClosing(a, { retryAt: due.retryAt, how: 'revoked' });
      expect(await store().beginClosing(await now(), again)).toBe(true);
      expect(await store().get(a)).toMatchObject({ endsAs: 'revoked', nextDeadlineAt: again.retryAt });
    });

    it('is of the run that won, of two at once', async () => {
      for (const name of names('raced', 10)) {
        const seen = robotConnection(name);
        await store().create(seen);
        const [expired] = await Promise.all([
          store().beginClosing(seen, due),
          store().beginClosing(seen, { ...due, how: 'no_hello' }),
        ]);
        const endsAs = expired ? 'expired' : 'no_hello';
        expect(await store().get(seen.connectionId)).toMatchObject({ state: 'closing', endsAs });
      }
    });
  });
});
