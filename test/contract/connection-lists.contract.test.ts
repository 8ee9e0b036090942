import { describe, expect, it } from 'vitest';
import { existing, onEveryAdapter } from './support/adapters.ts';
import {
  allDue,
  allDueSince,
  clientConnection,
  connectionId,
  dueByShard,
  names,
  principal,
  refreshed,
  robotConnection,
  t0,
} from './support/samples.ts';

const a = connectionId('a');

onEveryAdapter('ConnectionStore: lists', (stores) => {
  const store = () => stores().connections;

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

    it('says of each since when it is due', async () => {
      await create();
      const due = await allDueSince((of) => store().due(of), t0 + 19);
      expect(due).toHaveLength(20);
      for (const { key, dueAt } of due) expect(dueAt).toBe(deadlineOf(ids.indexOf(key)));
      const seen = robotConnection('c-000');
      await store().putOff(seen, { now: t0 + 19, until: t0 + 100 });
      expect(await allDueSince((of) => store().due(of), t0 + 100)).toContainEqual({
        key: seen.connectionId,
        dueAt: t0 + 100,
      });
    });

    it('follows the deadline as it moves, and forgets what is removed', async () => {
      const due = (now: number) => allDue((of) => store().due(of), now);
      await store().create(robotConnection('a'));
      expect(await due(t0 + 30_000)).toEqual([a]);
      await store().markReady(a, { client: undefined, nextDeadlineAt: t0 + 120_000 });
      expect(await due(t0 + 119_999)).toEqual([]);
      await store().refresh(a, refreshed);
      expect(await due(t0 + 159_999)).toEqual([]);
      const seen = await existing(stores(), a);
      await store().beginClosing(seen, { now: t0 + 160_000, retryAt: t0 + 200_000, how: 'expired' });
      expect(await due(t0 + 199_999)).toEqual([]);
      expect(await due(t0 + 200_000)).toEqual([a]);
      await store().remove(a);
      expect(await due(t0 + 200_000)).toEqual([]);
      await store().create(robotConnection('a'));
      await store().markClosing(a, { retryAt: t0 + 300_000, how: 'bye' });
      expect(await due(t0 + 299_999)).toEqual([]);
      expect(await due(t0 + 300_000)).toEqual([a]);
    });
  });

  describe('listByPrincipal', () => {
    const one = principal('user-1');
    const of = (principalId: typeof one) => ({
      identity: { principalId, groups: [], kind: 'client' } as const,
    });
    const list = async (principalId = one) => [...(await store().listByPrincipal(principalId))].sort();

    it('is empty for a user without connections', async () => {
      await store().create(clientConnection('a'));
      expect(await list()).toEqual([]);
    });

    it('lists those of the user, each once, and of nobody whose name is alike', async () => {
      const mine = names('mine', 30);
      await Promise.all(mine.map((name) => store().create(clientConnection(name, of(one)))));
      for (const other of ['user-10', 'user-', 'USER-1', 'user-1#mine-000']) {
        await store().create(clientConnection(`of ${other}`, of(principal(other))));
      }
      expect(await list()).toEqual(mine);
      expect(await list(principal('user-10'))).toEqual(['of user-10']);
    });

    it('lists robots as well as clients', async () => {
      const { identity } = robotConnection('a');
      await store().create(robotConnection('a', { identity: { ...identity, principalId: one } }));
      await store().create(clientConnection('b', of(one)));
      expect(await list()).toEqual(['a', 'b']);
    });

    it('lists one in any state, closing too, until it is removed', async () => {
      await store().create(clientConnection('a', of(one)));
      expect(await list()).toEqual([a]);
      await store().markReady(a, { client: undefined, nextDeadlineAt: t0 + 120_000 });
      await store().refresh(a, refreshed);
      expect(await list()).toEqual([a]);
      await store().markClosing(a, { retryAt: t0, how: 'revoked' });
      expect(await list()).toEqual([a]);
      await store().remove(a);
      expect(await list()).toEqual([]);
    });
  });
});
