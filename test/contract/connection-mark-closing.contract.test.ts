import { describe, expect, it } from 'vitest';
import { howEnded } from '../../functions/core/model/connection.ts';
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
const how = 'bye';

onEveryAdapter('ConnectionStore: markClosing', (stores) => {
  const store = () => stores().connections;

  it('marks and gives the connection, whatever its deadline', async () => {
    await store().create(robotConnection('a'));
    const closing = robotConnection('a', { state: 'closing', endsAs: how, nextDeadlineAt: t0 + 5 });
    expect(await store().markClosing(a, { retryAt: t0 + 5, how })).toEqual(closing);
    expect(await store().get(a)).toEqual(closing);
  });

  it.each(howEnded)('remembers how it ends: %s', async (each) => {
    await store().create(robotConnection('a'));
    expect(await store().markClosing(a, { retryAt: t0 + 5, how: each })).toMatchObject({ endsAs: each });
    expect(await store().get(a)).toMatchObject({ endsAs: each });
    expect(await store().remove(a)).toMatchObject({ endsAs: each });
  });

  it('gives nothing of one that somebody is closing already, and leaves its deadline to them', async () => {
    await store().create(robotConnection('a'));
    await store().markClosing(a, { retryAt: t0 + 5, how });
    expect(await store().markClosing(a, { retryAt: t0 + 9, how: 'disconnect' })).toBeUndefined();
    expect(await store().get(a)).toMatchObject({ state: 'closing', endsAs: how, nextDeadlineAt: t0 + 5 });
  });

  it('marks one that has said hello, and gives its client', async () => {
    await store().create(clientConnection('a'));
    await store().markReady(a, { client: placeOf('k'), nextDeadlineAt: t0 + 120_000 });
    const closing = { state: 'closing', endsAs: how, client: placeOf('k'), nextDeadlineAt: t0 + 5 } as const;
    expect(await store().markClosing(a, { retryAt: t0 + 5, how })).toEqual(clientConnection('a', closing));
  });

  it('leaves to the cleanup what whoever marked it did not finish', async () => {
    await store().create(robotConnection('a'));
    await store().markClosing(a, { retryAt: t0 + 5, how });
    const seen = await existing(stores(), a);
    const again = { now: t0 + 5, retryAt: t0 + 9, how: 'expired' } as const;
    expect(await store().beginClosing(seen, { ...again, now: t0 + 4 })).toBe(false);
    expect(await store().beginClosing(seen, again)).toBe(true);
    expect(await store().get(a)).toMatchObject({ state: 'closing', endsAs: how, nextDeadlineAt: t0 + 9 });
  });

  it('gives the connection to exactly one of two at once', async () => {
    for (const name of names('raced', 10)) {
      const id = connectionId(name);
      await store().create(robotConnection(name));
      const both = await Promise.all([
        store().markClosing(id, { retryAt: t0 + 5, how }),
        store().markClosing(id, { retryAt: t0 + 9, how: 'disconnect' }),
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
        const seen = robotConnection(name);
        await store().create(seen);
        const [marked, begun] = await race(
          () => store().markClosing(id, { retryAt: t0 + 90_000, how }),
          () => store().beginClosing(seen, { now: t0 + 30_000, retryAt: t0 + 95_000, how: 'expired' }),
        );
        expect(marked === undefined).toBe(begun);
        expect(await store().get(id)).toMatchObject({
          state: 'closing',
          endsAs: begun ? 'expired' : how,
          nextDeadlineAt: begun ? t0 + 95_000 : t0 + 90_000,
        });
      }
    },
  );

  it('gives nothing of a connection that is gone, and makes no row of it', async () => {
    expect(await store().markClosing(a, { retryAt: t0, how })).toBeUndefined();
    expect(await store().get(a)).toBeUndefined();
  });

  it.each(bothOrders)('is final against refresh and hello at once ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      const id = connectionId(name);
      await store().create(robotConnection(name));
      await race(
        () => store().markClosing(id, { retryAt: t0 + 7, how }),
        () =>
          Promise.all([
            store().refresh(id, refreshed),
            store().markReady(id, { client: undefined, nextDeadlineAt: t0 + 120_000 }),
          ]),
      );
      expect(await store().get(id)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 7 });
    }
  });

  describe('for a token', () => {
    const { refreshes } = robotConnection('a');
    const judged = { retryAt: t0 + 5, how: 'revoked', refreshes } as const;

    it.each(['connected', 'ready'] as const)('marks one that has it, %s', async (state) => {
      await store().create(robotConnection('a', { state }));
      const closing = robotConnection('a', { state: 'closing', endsAs: 'revoked', nextDeadlineAt: t0 + 5 });
      expect(await store().markClosing(a, judged)).toEqual(closing);
      expect(await store().get(a)).toEqual(closing);
    });

    it('gives nothing of one that was refreshed since, though with the same end, and changes nothing of it', async () => {
      const connection = robotConnection('a');
      await store().create(connection);
      const token = { ...connection.token, originJti: 'another sign-in' };
      expect(await store().refresh(a, { ...refreshed, token })).toBe('refreshed');
      const other = await existing(stores(), a);
      expect(await store().markClosing(a, judged)).toBeUndefined();
      expect(await store().get(a)).toEqual(other);
    });

    it('gives nothing of one that is closing already, with that token', async () => {
      await store().create(robotConnection('a'));
      const closing = await store().markClosing(a, { retryAt: t0 + 9, how });
      expect(await store().markClosing(a, judged)).toBeUndefined();
      expect(await store().get(a)).toEqual(closing);
    });

    it('gives nothing of one that is gone, and makes no row of it', async () => {
      expect(await store().markClosing(a, judged)).toBeUndefined();
      expect(await store().get(a)).toBeUndefined();
    });

    it('loses against a refresh that came first, whose token it can mark then', async () => {
      await store().create(robotConnection('a'));
      await store().refresh(a, refreshed);
      const renewed = await existing(stores(), a);
      expect(await store().markClosing(a, judged)).toBeUndefined();
      expect(await store().get(a)).toEqual(renewed);
      const next = { ...judged, refreshes: renewed.refreshes };
      expect(await store().markClosing(a, next)).toMatchObject({ state: 'closing', token: later });
    });

    it('wins against a refresh that comes after', async () => {
      await store().create(robotConnection('a'));
      const closing = await store().markClosing(a, judged);
      expect(await store().refresh(a, refreshed)).toBe('gone');
      expect(await store().get(a)).toEqual(closing);
    });

    it.each(bothOrders)('and a refresh at once: one of them decides ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const id = connectionId(name);
        await store().create(robotConnection(name));
        const [closing, refresh] = await race(
          () => store().markClosing(id, judged),
          () => store().refresh(id, refreshed),
        );
        expect(refresh).toBe(closing === undefined ? 'refreshed' : 'gone');
        expect(await store().get(id)).toMatchObject(
          closing ?? { state: 'connected', token: later, nextDeadlineAt: refreshed.nextDeadlineAt },
        );
      }
    });
  });
});
