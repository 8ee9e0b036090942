import { expect, it } from 'vitest';
import { existing, onEveryAdapter } from './support/adapters.ts';
import {
  allDue,
  bothOrders,
  connectionId,
  later,
  names,
  refreshed,
  robotConnection,
  t0,
} from './support/samples.ts';

const a = connectionId('a');
/** Has said hello, and is due. */
const ready = (name: string) => robotConnection(name, { state: 'ready' });
const seen = ready('a');
const now = seen.nextDeadlineAt;

onEveryAdapter('ConnectionStore: settle', (stores) => {
  const store = () => stores().connections;
  const get = () => store().get(a);
  const due = (at: number) => allDue((of) => store().due(of), at);
  const settled = { settledUntil: now + 10, nextDeadlineAt: now + 50_000 };

  it('writes both of one that is as it was seen, and nothing else', async () => {
    await store().create(seen);
    await store().settle(seen, settled);
    expect(await get()).toEqual({ ...seen, ...settled });
    expect(await due(settled.nextDeadlineAt - 1)).toEqual([]);
    expect(await due(settled.nextDeadlineAt)).toEqual([a]);
  });

  it('ends what putOff began', async () => {
    await store().create(seen);
    await store().putOff(seen, { now, until: now + 60_000 });
    await store().settle(seen, settled);
    expect(await get()).toEqual({ ...seen, ...settled });
    expect(await due(settled.nextDeadlineAt)).toEqual([a]);
  });

  it.each([refreshed.nextDeadlineAt, now - 1])(
    'keeps the deadline of a refresh in between: %i',
    async (at) => {
      await store().create(seen);
      await store().refresh(a, { ...refreshed, nextDeadlineAt: at });
      const renewed = await existing(stores(), a);
      await store().settle(seen, settled);
      expect(await get()).toEqual({ ...renewed, settledUntil: settled.settledUntil });
      expect(await due(at)).toEqual([a]);
    },
  );

  it.each([
    ['has said hello', 'connected'],
    ['took its hello back', 'ready'],
  ] as const)('keeps the deadline of one that %s in between', async (_, state) => {
    const before = robotConnection('a', { state });
    await store().create(before);
    if (state === 'ready') await store().unmarkReady(a, { nextDeadlineAt: t0 + 77 });
    else await store().markReady(a, { client: undefined, nextDeadlineAt: t0 + 77 });
    const changed = await existing(stores(), a);
    await store().settle(before, settled);
    expect(await get()).toEqual({ ...changed, settledUntil: settled.settledUntil });
  });

  it('keeps the retry of one that somebody has begun to close', async () => {
    await store().create(seen);
    const closing = await store().markClosing(a, { retryAt: t0 + 5, how: 'bye' });
    await store().settle(seen, settled);
    expect(await get()).toEqual({ ...closing, settledUntil: settled.settledUntil });
    expect(await due(t0 + 5)).toEqual([a]);
  });

  it('does not take back what another has settled for a newer token', async () => {
    await store().create(seen);
    await store().refresh(a, refreshed);
    const beyond = { settledUntil: settled.settledUntil + 1, nextDeadlineAt: now + 80_000 };
    await store().settle(await existing(stores(), a), beyond);
    const before = await get();
    await store().settle(seen, settled);
    expect(await get()).toEqual(before);
    await store().settle(seen, { ...settled, settledUntil: beyond.settledUntil });
    expect(await get()).toEqual(before);
  });

  it('stays through whatever comes after', async () => {
    await store().create(robotConnection('a'));
    await store().settle(robotConnection('a'), settled);
    await store().markReady(a, { client: undefined, nextDeadlineAt: t0 + 120_000 });
    await store().refresh(a, refreshed);
    await store().unmarkReady(a, { nextDeadlineAt: t0 + 30_000 });
    await store().markClosing(a, { retryAt: t0, how: 'bye' });
    expect(await store().remove(a)).toMatchObject({ settledUntil: settled.settledUntil, refreshes: 1 });
  });

  it('is without effect on one that is gone, and makes no row of it', async () => {
    await store().settle(seen, settled);
    expect(await get()).toBeUndefined();
    expect(await due(settled.nextDeadlineAt)).toEqual([]);
    await store().create(seen);
    expect(await get()).toEqual(seen);
  });

  it.each(bothOrders)(
    'and a refresh at once: announced, and the refresh’s deadline stands ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        await store().create(ready(name));
        const id = connectionId(name);
        const [, refresh] = await race(
          () => store().settle(ready(name), settled),
          () => store().refresh(id, refreshed),
        );
        expect(refresh).toBe('refreshed');
        expect(await store().get(id)).toMatchObject({
          token: later,
          refreshes: 1,
          settledUntil: settled.settledUntil,
          nextDeadlineAt: refreshed.nextDeadlineAt,
        });
      }
    },
  );

  it.each(bothOrders)('and the end of the socket at once: the end stands ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const id = connectionId(name);
      await race(
        () => store().settle(ready(name), settled),
        () => store().markClosing(id, { retryAt: t0 + 7, how: 'disconnect' }),
      );
      expect(await store().get(id)).toMatchObject({
        state: 'closing',
        endsAs: 'disconnect',
        settledUntil: settled.settledUntil,
        nextDeadlineAt: t0 + 7,
      });
    }
  });

  it.each(bothOrders)('and its removal at once: it stays removed ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const [, removed] = await race(
        () => store().settle(ready(name), settled),
        () => store().remove(connectionId(name)),
      );
      expect(removed).toMatchObject({ connectionId: name });
      expect(await store().get(connectionId(name))).toBeUndefined();
    }
  });

  it.each(bothOrders)('two at once, of an older token: the later stands ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      await store().create(ready(name));
      const id = connectionId(name);
      await store().refresh(id, refreshed);
      await race(
        () => store().settle(ready(name), settled),
        () => store().settle(ready(name), { ...settled, settledUntil: settled.settledUntil + 5 }),
      );
      expect(await store().get(id)).toMatchObject({
        settledUntil: settled.settledUntil + 5,
        nextDeadlineAt: refreshed.nextDeadlineAt,
      });
    }
  });
});
