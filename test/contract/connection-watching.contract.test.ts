import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import {
  allDue,
  bothOrders,
  clientConnection,
  connectionId,
  names,
  placeOf,
  refreshed,
  robotConnection,
  t0,
} from './support/samples.ts';

const a = connectionId('a');
const ready = { state: 'ready', client: placeOf('k') } as const;
const topics = ['all', 'fleet#demo', 'robot#r#1'];

onEveryAdapter('ConnectionStore: what a connection is and watches', (stores) => {
  const store = () => stores().connections;
  const get = () => store().get(a);

  describe('setWatching', () => {
    it('keeps what is watched, in its order, and changes nothing else', async () => {
      await store().create(clientConnection('a', ready));
      expect(await store().setWatching(a, topics)).toBe(true);
      expect(await get()).toEqual(clientConnection('a', { ...ready, watching: topics }));
      expect(await allDue((of) => store().due(of), t0 + 30_000)).toEqual([a]);
    });

    it('replaces what was watched before', async () => {
      await store().create(clientConnection('a', { ...ready, watching: topics }));
      expect(await store().setWatching(a, ['fleet#other'])).toBe(true);
      expect((await get())?.watching).toEqual(['fleet#other']);
      expect(await store().setWatching(a, [])).toBe(true);
      expect((await get())?.watching).toEqual([]);
    });

    it('keeps as many as a page of robots', async () => {
      const many = names('robot#r', 50);
      await store().create(clientConnection('a', ready));
      await store().setWatching(a, many);
      expect((await get())?.watching).toEqual(many);
    });

    it('is false for a connection that is gone, and makes no row of it', async () => {
      expect(await store().setWatching(a, topics)).toBe(false);
      expect(await get()).toBeUndefined();
    });

    it('is false for one that is closing, and changes nothing: its end has read what to take back', async () => {
      await store().create(clientConnection('a', { ...ready, watching: ['all'] }));
      const closing = await store().markClosing(a, { retryAt: t0, how: 'bye' });
      expect(closing?.watching).toEqual(['all']);
      expect(await store().setWatching(a, topics)).toBe(false);
      expect(await get()).toEqual(closing);
    });

    it('stays through hello and refresh, and is given by the end', async () => {
      await store().create(clientConnection('a'));
      await store().setWatching(a, topics);
      await store().markReady(a, { client: placeOf('k', 2), nextDeadlineAt: t0 + 1 });
      await store().refresh(a, refreshed);
      expect(await get()).toMatchObject({ state: 'ready', client: placeOf('k', 2), watching: topics });
      expect((await store().markClosing(a, { retryAt: t0, how: 'bye' }))?.watching).toEqual(topics);
      expect((await store().remove(a))?.watching).toEqual(topics);
    });

    it.each(bothOrders)(
      'and the end at once: written and given by the end, or refused ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const id = connectionId(name);
          await store().create(clientConnection(name, ready));
          const [isWritten, closing] = await race(
            () => store().setWatching(id, topics),
            () => store().markClosing(id, { retryAt: t0, how: 'disconnect' }),
          );
          expect(closing?.watching).toEqual(isWritten ? topics : []);
          expect(await store().get(id)).toEqual(closing);
        }
      },
    );
  });

  describe('markReady', () => {
    it('again with a later age of the client keeps that one', async () => {
      await store().create(clientConnection('a'));
      for (const epoch of [1, 5]) {
        expect(await store().markReady(a, { client: placeOf('k', epoch), nextDeadlineAt: t0 })).toBe(true);
        expect((await get())?.client).toEqual(placeOf('k', epoch));
      }
    });

    it('of a robot leaves no trace of a client', async () => {
      await store().create(robotConnection('a', { client: placeOf('k', 3) }));
      await store().markReady(a, { client: undefined, nextDeadlineAt: t0 + 9 });
      expect(await get()).toEqual(robotConnection('a', { state: 'ready', nextDeadlineAt: t0 + 9 }));
    });
  });
});
