import { expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import {
  allDue,
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
/** Has said hello, and is due. */
const ready = (name: string) => robotConnection(name, { state: 'ready' });
const seen = ready('a');
const now = seen.nextDeadlineAt;

onEveryAdapter('ConnectionStore: putOff', (stores) => {
  const store = () => stores().connections;
  const get = () => store().get(a);
  const due = (at: number) => allDue((of) => store().due(of), at);
  const off = { now, until: now + 60_000 };

  it('puts off what is due, exactly at its deadline, and changes nothing else', async () => {
    const client1 = {
      state: 'ready',
      client: placeOf('k', 3),
      watching: ['all'],
      refreshes: 2,
      settledUntil: t0,
    } as const;
    const connection = clientConnection('a', client1);
    await store().create(connection);
    expect(await store().putOff(connection, off)).toBe(true);
    expect(await get()).toEqual({ ...connection, nextDeadlineAt: off.until });
    expect(await due(off.until - 1)).toEqual([]);
    expect(await due(off.until)).toEqual([a]);
  });

  it('does not put off what is not due', async () => {
    await store().create(seen);
    expect(await store().putOff(seen, { ...off, now: now - 1 })).toBe(false);
    expect(await get()).toEqual(seen);
  });

  it('can be repeated when it is due again, and not before', async () => {
    await store().create(seen);
    await store().putOff(seen, off);
    const again = { now: off.until, until: off.until + 60_000 };
    expect(await store().putOff(seen, { ...again, now: again.now - 1 })).toBe(false);
    expect(await store().putOff(seen, again)).toBe(true);
    expect(await get()).toEqual({ ...seen, nextDeadlineAt: again.until });
  });

  it.each([
    ['later', refreshed.nextDeadlineAt],
    ['past too', now - 1],
  ])('leaves to a refresh its deadline, which is %s', async (_, nextDeadlineAt) => {
    await store().create(seen);
    await store().refresh(a, { ...refreshed, nextDeadlineAt });
    const renewed = await get();
    expect(await store().putOff(seen, off)).toBe(false);
    expect(await get()).toEqual(renewed);
  });

  it('is not for one in another state by now, although it is due', async () => {
    await store().create(robotConnection('a'));
    await store().markReady(a, { client: undefined, nextDeadlineAt: now });
    expect(await store().putOff(robotConnection('a'), off)).toBe(false);
    expect(await get()).toEqual(seen);
    await store().unmarkReady(a, { nextDeadlineAt: now });
    expect(await store().putOff(seen, off)).toBe(false);
    expect(await get()).toEqual(robotConnection('a'));
  });

  it('is not for one that is closing by now, although it is due', async () => {
    await store().create(seen);
    const closing = await store().markClosing(a, { retryAt: now, how: 'bye' });
    expect(await store().putOff(seen, off)).toBe(false);
    expect(await get()).toEqual(closing);
  });

  it('is false for one that is gone, and makes no row of it', async () => {
    expect(await store().putOff(seen, off)).toBe(false);
    expect(await get()).toBeUndefined();
    expect(await due(off.until)).toEqual([]);
  });

  it('lets exactly one of two at once', async () => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const both = await Promise.all([store().putOff(ready(name), off), store().putOff(ready(name), off)]);
      expect(both.sort()).toEqual([false, true]);
    }
  });

  it.each(bothOrders)('and a refresh at once: the refresh’s deadline stands ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const id = connectionId(name);
      const [, refresh] = await race(
        () => store().putOff(ready(name), off),
        () => store().refresh(id, refreshed),
      );
      expect(refresh).toBe('refreshed');
      expect(await store().get(id)).toMatchObject({
        token: later,
        nextDeadlineAt: refreshed.nextDeadlineAt,
      });
    }
  });

  it.each(bothOrders)('and beginClosing at once: one of them decides ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const [put, closing] = await race(
        () => store().putOff(ready(name), off),
        () => store().beginClosing(ready(name), { now, retryAt: now + 90_000, how: 'expired' }),
      );
      expect(put).toBe(!closing);
      expect(await store().get(connectionId(name))).toMatchObject(
        put
          ? { state: 'ready', nextDeadlineAt: off.until }
          : { state: 'closing', nextDeadlineAt: now + 90_000 },
      );
    }
  });
});
