import { describe, expect, it } from 'vitest';
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

onEveryAdapter('ConnectionStore', (stores) => {
  const store = () => stores().connections;

  describe('create and get', () => {
    it.each([
      ['a robot', robotConnection('a')],
      ['a client without hello', clientConnection('a')],
      ['a client with hello', clientConnection('a', { state: 'ready', client: placeOf('k') })],
      ['a client that came back', clientConnection('a', { state: 'ready', client: placeOf('k', 7) })],
      [
        'one that watches',
        clientConnection('a', { state: 'ready', watching: ['all', 'robot#r#1', 'fleet#ü'] }),
      ],
      ['one with a past', robotConnection('a', { state: 'ready', refreshes: 3, settledUntil: t0 + 7 })],
      ['one that is closing', robotConnection('a', { state: 'closing', endsAs: 'regrouped' })],
      ['an id as the gateway makes them', robotConnection('LrP3Fc-lPHcCJ1g=')],
    ])('gives back what was created: %s', async (_, connection) => {
      await store().create(connection);
      expect(await store().get(connection.connectionId)).toEqual(connection);
    });

    it('knows nothing of a connection that was never created', async () => {
      expect(await store().get(a)).toBeUndefined();
    });

    it('does not undo what came after the first create when it is repeated', async () => {
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0 + 90_000, how: 'bye' });
      await store().create(robotConnection('a'));
      expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 90_000 });
    });
  });

  describe('markReady', () => {
    it('makes a client ready under its client id, with its new deadline', async () => {
      await store().create(clientConnection('a'));
      const change = { client: placeOf('k'), nextDeadlineAt: t0 + 120_000 };
      expect(await store().markReady(a, change)).toBe(true);
      expect(await store().get(a)).toEqual(clientConnection('a', { state: 'ready', ...change }));
    });

    it('makes a robot ready, which has no client id', async () => {
      await store().create(robotConnection('a'));
      const change = { client: undefined, nextDeadlineAt: t0 + 120_000 };
      expect(await store().markReady(a, change)).toBe(true);
      expect(await store().get(a)).toEqual(
        robotConnection('a', { state: 'ready', nextDeadlineAt: t0 + 120_000 }),
      );
    });

    it('is false for a connection that is gone, and makes no row of it', async () => {
      expect(await store().markReady(a, { client: placeOf('k'), nextDeadlineAt: t0 })).toBe(false);
      expect(await store().get(a)).toBeUndefined();
    });

    it('is false for one that is closing, and leaves it so', async () => {
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0, how: 'bye' });
      expect(await store().markReady(a, { client: undefined, nextDeadlineAt: t0 + 1 })).toBe(false);
      expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 });
    });
  });

  describe('unmarkReady', () => {
    const notYet = { nextDeadlineAt: t0 + 30_000 };

    it('takes markReady back, without a trace of the client', async () => {
      await store().create(clientConnection('a'));
      await store().markReady(a, { client: placeOf('k'), nextDeadlineAt: t0 + 120_000 });
      await store().unmarkReady(a, notYet);
      expect(await store().get(a)).toEqual(clientConnection('a', notYet));
      expect(await allDue((of) => store().due(of), t0 + 30_000)).toEqual([a]);
    });

    it('lets the next hello succeed', async () => {
      await store().create(clientConnection('a'));
      const change = { client: placeOf('k'), nextDeadlineAt: t0 + 120_000 };
      await store().markReady(a, change);
      await store().unmarkReady(a, notYet);
      expect(await store().markReady(a, change)).toBe(true);
      expect(await store().get(a)).toEqual(clientConnection('a', { state: 'ready', ...change }));
    });

    it('changes nothing of one that has not said hello, such as its deadline', async () => {
      await store().create(clientConnection('a'));
      await store().unmarkReady(a, { nextDeadlineAt: t0 + 1 });
      expect(await store().get(a)).toEqual(clientConnection('a'));
    });

    it('keeps a refresh that came in between', async () => {
      await store().create(robotConnection('a'));
      await store().markReady(a, { client: undefined, nextDeadlineAt: t0 + 120_000 });
      await store().refresh(a, refreshed);
      await store().unmarkReady(a, notYet);
      expect(await store().get(a)).toMatchObject({ state: 'connected', token: later, ...notYet });
    });

    it('changes nothing of one that another hello has made ready, for a client of another age', async () => {
      await store().create(clientConnection('a'));
      const client = placeOf('k');
      await store().markReady(a, { client, nextDeadlineAt: t0 + 120_000 });
      await store().unmarkReady(a, { ...notYet, epoch: client.epoch - 1 });
      expect(await store().get(a)).toMatchObject({ state: 'ready', client });
      await store().unmarkReady(a, { ...notYet, epoch: client.epoch });
      expect(await store().get(a)).toMatchObject({ state: 'connected' });
    });

    it('changes nothing of one that is closing', async () => {
      await store().create(clientConnection('a'));
      await store().markReady(a, { client: placeOf('k'), nextDeadlineAt: t0 + 120_000 });
      const closing = await store().markClosing(a, { retryAt: t0, how: 'bye' });
      await store().unmarkReady(a, notYet);
      expect(await store().get(a)).toEqual(closing);
    });

    it('makes no row of one that is gone', async () => {
      await store().unmarkReady(a, notYet);
      expect(await store().get(a)).toBeUndefined();
    });

    it.each(bothOrders)('and the end of the socket at once: the end stands ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const id = connectionId(name);
        await store().create(robotConnection(name));
        await store().markReady(id, { client: undefined, nextDeadlineAt: t0 + 120_000 });
        const [, closing] = await race(
          () => store().unmarkReady(id, notYet),
          () => store().markClosing(id, { retryAt: t0 + 7, how: 'bye' }),
        );
        expect(closing).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 7 });
        expect(await store().get(id)).toEqual(closing);
      }
    });
  });

  describe('refresh', () => {
    it('writes the new life, groups and deadline, and nothing else (I2, I5)', async () => {
      const before = clientConnection('a', {
        state: 'ready',
        client: placeOf('k', 4),
        watching: ['fleet#demo'],
      });
      await store().create(before);
      expect(await store().refresh(a, refreshed)).toBe('refreshed');
      expect(await store().get(a)).toEqual({
        ...before,
        token: later,
        identity: { ...before.identity, groups: refreshed.groups },
        refreshes: 1,
        nextDeadlineAt: refreshed.nextDeadlineAt,
      });
    });

    it('takes a token with the same end, so that a repeated refresh succeeds', async () => {
      await store().create(robotConnection('a'));
      await store().refresh(a, refreshed);
      expect(await store().refresh(a, refreshed)).toBe('refreshed');
    });

    it('keeps no origin of the old token when the new one has none', async () => {
      await store().create(robotConnection('a'));
      const token = { issuedAt: t0, expiresAt: t0 + 60_000, signedInAt: t0 };
      await store().refresh(a, { ...refreshed, token });
      expect((await store().get(a))?.token).toEqual(token);
    });

    it('F14: never shortens', async () => {
      await store().create(robotConnection('a'));
      const token = { issuedAt: t0, expiresAt: t0 + 59_999, signedInAt: t0 };
      expect(await store().refresh(a, { ...refreshed, token })).toBe('not_newer');
      expect(await store().get(a)).toEqual(robotConnection('a'));
    });

    it('is gone for a connection that is gone, and makes no row of it', async () => {
      expect(await store().refresh(a, refreshed)).toBe('gone');
      expect(await store().get(a)).toBeUndefined();
    });

    it.each(['longer', 'shorter'])('is gone for one that is closing, with a %s token too', async (life) => {
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0, how: 'bye' });
      const token = life === 'longer' ? later : { issuedAt: t0, expiresAt: t0 + 1, signedInAt: t0 };
      expect(await store().refresh(a, { ...refreshed, token })).toBe('gone');
      expect(await store().get(a)).toEqual(
        robotConnection('a', { state: 'closing', endsAs: 'bye', nextDeadlineAt: t0 }),
      );
    });

    it.each(['connected', 'ready'] as const)(
      'of another state than the row’s %s changes nothing, and says so',
      async (state) => {
        const connection = robotConnection('a', { state });
        await store().create(connection);
        const token = { ...connection.token, expiresAt: connection.token.expiresAt + 1 };
        const change = { token, groups: [], nextDeadlineAt: t0 + 9 };
        const other = state === 'ready' ? 'connected' : 'ready';
        expect(await store().refresh(a, { ...change, state: other })).toBe('changed');
        expect(await store().get(a)).toEqual(connection);
        expect(await store().refresh(a, { ...change, state })).toBe('refreshed');
        expect(await store().get(a)).toMatchObject({ token, state, refreshes: 1 });
      },
    );

    it('counts those that were written, and no other', async () => {
      await store().create(robotConnection('a', { refreshes: 5 }));
      await store().refresh(a, refreshed);
      await store().refresh(a, refreshed);
      const shorter = { ...later, expiresAt: later.expiresAt - 1 };
      await store().refresh(a, { ...refreshed, token: shorter });
      expect((await store().get(a))?.refreshes).toBe(7);
      await store().markClosing(a, { retryAt: t0, how: 'bye' });
      await store().refresh(a, refreshed);
      expect((await store().get(a))?.refreshes).toBe(7);
    });

    it('counts each of many at once, and leaves the longest', async () => {
      await store().create(robotConnection('a'));
      const ends = names('end', 12).map((_, i) => t0 + 100_000 + ((i * 5) % 12));
      const told = await Promise.all(
        ends.map((expiresAt) => store().refresh(a, { ...refreshed, token: { ...later, expiresAt } })),
      );
      expect(told).not.toContain('gone');
      expect(await store().get(a)).toMatchObject({
        refreshes: told.filter((each) => each === 'refreshed').length,
        token: { expiresAt: t0 + 100_011 },
      });
    });
  });

  describe('remove', () => {
    it('deletes the row and gives what it held', async () => {
      await store().create(robotConnection('a'));
      expect(await store().remove(a)).toEqual(robotConnection('a'));
      expect(await store().get(a)).toBeUndefined();
      expect(await store().remove(a)).toBeUndefined();
    });

    it('gives the row to exactly one of two', async () => {
      await store().create(robotConnection('a'));
      const both = await Promise.all([store().remove(a), store().remove(a)]);
      expect(both.filter((row) => row !== undefined)).toEqual([robotConnection('a')]);
    });
  });
});
