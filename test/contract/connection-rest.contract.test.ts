import { expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { allDue, bothOrders, connectionId, names, refreshed, robotConnection } from './support/samples.ts';

const a = connectionId('a');
/** Has said hello, and is due. */
const ready = (name: string) => robotConnection(name, { state: 'ready' });
const seen = ready('a');
const now = seen.nextDeadlineAt;
const whileAt = { now, until: now + 60_000 };

onEveryAdapter('ConnectionStore: rest', (stores) => {
  const store = () => stores().connections;
  const get = () => store().get(a);

  it('leaves what is due to one run, exactly at its deadline; it stays due', async () => {
    await store().create(seen);
    expect(await store().rest(seen, { ...whileAt, now: now - 1 })).toBe(false);
    expect(await store().rest(seen, whileAt)).toBe(true);
    expect(await get()).toEqual({ ...seen, restsUntil: whileAt.until });
    expect(await allDue((of) => store().due(of), now)).toEqual([a]);
  });

  it('is for another run when the one that has it must have died, and not before', async () => {
    await store().create(seen);
    await store().rest(seen, whileAt);
    const until = whileAt.until + 60_000;
    expect(await store().rest(seen, { now: whileAt.until - 1, until })).toBe(false);
    expect(await store().rest(seen, { now: whileAt.until, until })).toBe(true);
    expect(await get()).toEqual({ ...seen, restsUntil: until });
  });

  it.each(['refresh', 'settle'] as const)('ends with %s', async (what) => {
    await store().create(seen);
    await store().rest(seen, whileAt);
    if (what === 'refresh') await store().refresh(a, refreshed);
    else await store().settle(seen, { settledUntil: now, nextDeadlineAt: now + 50_000 });
    expect(await get()).not.toHaveProperty('restsUntil');
  });

  it('ends with settle, too, where a refresh came in between', async () => {
    await store().create(seen);
    await store().refresh(a, refreshed);
    await store().rest({ ...seen, refreshes: 1 }, { now: refreshed.nextDeadlineAt, until: now + 990_000 });
    await store().settle(seen, { settledUntil: now, nextDeadlineAt: now + 50_000 });
    expect(await get()).not.toHaveProperty('restsUntil');
    expect(await get()).toMatchObject({ settledUntil: now, nextDeadlineAt: refreshed.nextDeadlineAt });
  });

  it('is not for one that was refreshed, is closing, or is gone; and makes no row', async () => {
    await store().create(seen);
    await store().refresh(a, { ...refreshed, nextDeadlineAt: now });
    expect(await store().rest(seen, whileAt)).toBe(false);
    await store().markClosing(a, { retryAt: now, how: 'bye' });
    expect(await store().rest({ ...seen, refreshes: 1 }, whileAt)).toBe(false);
    await store().remove(a);
    expect(await store().rest(seen, whileAt)).toBe(false);
    expect(await get()).toBeUndefined();
  });

  it('lets exactly one of two at once', async () => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const both = await Promise.all([
        store().rest(ready(name), whileAt),
        store().rest(ready(name), whileAt),
      ]);
      expect(both.sort()).toEqual([false, true]);
    }
  });

  it.each(bothOrders)('and a refresh at once: does not outlast it ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const [, refresh] = await race(
        () => store().rest(ready(name), whileAt),
        () => store().refresh(connectionId(name), refreshed),
      );
      expect(refresh).toBe('refreshed');
      expect(await store().get(connectionId(name))).not.toHaveProperty('restsUntil');
    }
  });
});

onEveryAdapter('ConnectionStore: markClosing without another deadline', (stores) => {
  const store = () => stores().connections;

  it('marks the row, which is due when it was', async () => {
    await store().create(seen);
    expect(await store().markClosing(a, { how: 'disconnect' })).toEqual({
      ...seen,
      state: 'closing',
      endsAs: 'disconnect',
    });
    expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: now });
    expect(await store().markClosing(a, { how: 'disconnect' })).toBeUndefined();
  });
});
