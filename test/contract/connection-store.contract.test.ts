import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import {
  allDue,
  bothOrders,
  client,
  clientConnection,
  connectionId,
  dueByShard,
  names,
  robotConnection,
  t0,
} from './support/samples.ts';

const a = connectionId('a');
const later = { issuedAt: t0 + 40_000, expiresAt: t0 + 100_000, originJti: 'origin-2' };
const refreshed = { token: later, groups: ['robots', 'fleet:new'], nextDeadlineAt: t0 + 160_000 };

onEveryAdapter('ConnectionStore', (stores) => {
  const store = () => stores().connections;

  describe('create and get', () => {
    it.each([
      ['a robot', robotConnection('a')],
      ['a client without hello', clientConnection('a')],
      ['a client with hello', clientConnection('a', { state: 'ready', clientId: client('k') })],
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
      await store().markClosing(a, { retryAt: t0 + 90_000 });
      await store().create(robotConnection('a'));
      expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 90_000 });
    });
  });

  describe('markReady', () => {
    it('makes a client ready under its client id, with its new deadline', async () => {
      await store().create(clientConnection('a'));
      const change = { clientId: client('k'), nextDeadlineAt: t0 + 120_000 };
      expect(await store().markReady(a, change)).toBe(true);
      expect(await store().get(a)).toEqual(clientConnection('a', { state: 'ready', ...change }));
    });

    it('makes a robot ready, which has no client id', async () => {
      await store().create(robotConnection('a'));
      const change = { clientId: undefined, nextDeadlineAt: t0 + 120_000 };
      expect(await store().markReady(a, change)).toBe(true);
      expect(await store().get(a)).toEqual(
        robotConnection('a', { state: 'ready', nextDeadlineAt: t0 + 120_000 }),
      );
    });

    it('is false for a connection that is gone, and makes no row of it', async () => {
      expect(await store().markReady(a, { clientId: client('k'), nextDeadlineAt: t0 })).toBe(false);
      expect(await store().get(a)).toBeUndefined();
    });

    it('is false for one that is closing, and leaves it so', async () => {
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0 });
      expect(await store().markReady(a, { clientId: undefined, nextDeadlineAt: t0 + 1 })).toBe(false);
      expect(await store().get(a)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 });
    });
  });

  describe('unmarkReady', () => {
    const notYet = { nextDeadlineAt: t0 + 30_000 };

    it('takes markReady back, without a trace of the client', async () => {
      await store().create(clientConnection('a'));
      await store().markReady(a, { clientId: client('k'), nextDeadlineAt: t0 + 120_000 });
      await store().unmarkReady(a, notYet);
      expect(await store().get(a)).toEqual(clientConnection('a', notYet));
      expect(await allDue((of) => store().due(of), t0 + 30_000)).toEqual([a]);
    });

    it('lets the next hello succeed', async () => {
      await store().create(clientConnection('a'));
      const change = { clientId: client('k'), nextDeadlineAt: t0 + 120_000 };
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
      await store().markReady(a, { clientId: undefined, nextDeadlineAt: t0 + 120_000 });
      await store().refresh(a, refreshed);
      await store().unmarkReady(a, notYet);
      expect(await store().get(a)).toMatchObject({ state: 'connected', token: later, ...notYet });
    });

    it('changes nothing of one that is closing', async () => {
      await store().create(clientConnection('a'));
      await store().markReady(a, { clientId: client('k'), nextDeadlineAt: t0 + 120_000 });
      const closing = await store().markClosing(a, { retryAt: t0 });
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
        await store().markReady(id, { clientId: undefined, nextDeadlineAt: t0 + 120_000 });
        const [, closing] = await race(
          () => store().unmarkReady(id, notYet),
          () => store().markClosing(id, { retryAt: t0 + 7 }),
        );
        expect(closing).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + 7 });
        expect(await store().get(id)).toEqual(closing);
      }
    });
  });

  describe('refresh', () => {
    it('writes the new life, groups and deadline, and nothing else (I2, I5)', async () => {
      const before = clientConnection('a', { state: 'ready', clientId: client('k') });
      await store().create(before);
      expect(await store().refresh(a, refreshed)).toBe('refreshed');
      expect(await store().get(a)).toEqual({
        ...before,
        token: later,
        identity: { ...before.identity, groups: refreshed.groups },
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
      const token = { issuedAt: t0, expiresAt: t0 + 60_000 };
      await store().refresh(a, { ...refreshed, token });
      expect((await store().get(a))?.token).toEqual(token);
    });

    it('F14: never shortens', async () => {
      await store().create(robotConnection('a'));
      const token = { issuedAt: t0, expiresAt: t0 + 59_999 };
      expect(await store().refresh(a, { ...refreshed, token })).toBe('not_newer');
      expect(await store().get(a)).toEqual(robotConnection('a'));
    });

    it('is gone for a connection that is gone, and makes no row of it', async () => {
      expect(await store().refresh(a, refreshed)).toBe('gone');
      expect(await store().get(a)).toBeUndefined();
    });

    it.each(['longer', 'shorter'])('is gone for one that is closing, with a %s token too', async (life) => {
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0 });
      const token = life === 'longer' ? later : { issuedAt: t0, expiresAt: t0 + 1 };
      expect(await store().refresh(a, { ...refreshed, token })).toBe('gone');
      expect(await store().get(a)).toEqual(robotConnection('a', { state: 'closing', nextDeadlineAt: t0 }));
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

  describe('due', () => {
    const ids = names('c', 40);
    const deadlineOf = (i: number) => t0 + ((i * 7) % 40);
    const create = () =>
      Promise.all(ids.map((id, i) => store().create(robotConnection(id, { nextDeadlineAt: deadlineOf(i) }))));

    it('names over all shards what is due, each once, and nothing else (I6)', async () => {
      await create();
      const due = await allDue((of) => store().due(of), t0 + 19);
      expect([...due].sort()).toEqual(ids.filter((_, i) => deadlineOf(i) <= t0 + 19));
    });

    it('spreads over the shards, in each the soonest first', async () => {
      await create();
      for (const shard of await dueByShard((of) => store().due(of), t0 + 100)) {
        expect(shard.length).toBeGreaterThan(0);
        const deadlines = shard.map((id) => deadlineOf(ids.indexOf(id)));
        expect(deadlines).toEqual([...deadlines].sort((one, other) => one - other));
      }
    });

    it('gives no more than the limit, and the soonest of them', async () => {
      await create();
      const [whole, limited] = await Promise.all([
        dueByShard((of) => store().due(of), t0 + 100),
        dueByShard((of) => store().due(of), t0 + 100, 2),
      ]);
      expect(limited).toEqual(whole.map((shard) => shard.slice(0, 2)));
    });

    it('follows the deadline as it moves, and forgets what is removed', async () => {
      const due = (now: number) => allDue((of) => store().due(of), now);
      await store().create(robotConnection('a'));
      expect(await due(t0 + 30_000)).toEqual([a]);
      await store().markReady(a, { clientId: undefined, nextDeadlineAt: t0 + 120_000 });
      expect(await due(t0 + 119_999)).toEqual([]);
      await store().refresh(a, refreshed);
      expect(await due(t0 + 159_999)).toEqual([]);
      await store().beginClosing(a, { now: t0 + 160_000, retryAt: t0 + 200_000 });
      expect(await due(t0 + 199_999)).toEqual([]);
      expect(await due(t0 + 200_000)).toEqual([a]);
      await store().remove(a);
      expect(await due(t0 + 200_000)).toEqual([]);
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0 + 300_000 });
      expect(await due(t0 + 299_999)).toEqual([]);
      expect(await due(t0 + 300_000)).toEqual([a]);
    });
  });
});
