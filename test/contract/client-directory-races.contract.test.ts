import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { clientIn, resumeEndsAt, sessionKey } from './support/clients.ts';
import { bothOrders, client, leaving, names } from './support/samples.ts';

onEveryAdapter('ClientDirectory: takeOver against the others', (stores) => {
  const directory = () => stores().clients;
  const { enter, takeOver, detach, add, sessions } = clientIn(directory);

  describe('two at once', () => {
    it.each(bothOrders)('with the last key: both, one after the other ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = clientIn(directory, name);
        await raced.enter('c1');
        await raced.add('c1', 's1');
        const [two, three] = await race(
          () => raced.takeOver('c2', { keyHash: 'key-2' }),
          () => raced.takeOver('c3', { keyHash: 'key-3' }),
        );
        expect(new Set([two?.epoch, three?.epoch])).toEqual(new Set([2, 3]));
        const isTwoFirst = two?.epoch === 2;
        const first = isTwoFirst ? 'c2' : 'c3';
        const second = isTwoFirst ? 'c3' : 'c2';
        const later = isTwoFirst ? three : two;
        expect(later).toMatchObject({
          sessions: [sessionKey('s1')],
          previous: { connectionId: first, keyHashes: [isTwoFirst ? 'key-2' : 'key-3', 'key-1'] },
        });
        expect(await raced.add(first, 's2')).toBe(false);
        expect(await raced.add(second, 's2')).toBe(true);
      }
    });

    it.each(bothOrders)('with both of its keys ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = clientIn(directory, name);
        await raced.enter('c0', 'key-1');
        await raced.takeOver('c1', { presentedHash: 'key-1', keyHash: 'key-2' });
        const [byLast, byBefore] = await race(
          () => raced.takeOver('c2', { presentedHash: 'key-2', keyHash: 'key-3' }),
          () => raced.takeOver('c3', { presentedHash: 'key-1', keyHash: 'key-4' }),
        );
        // Whoever comes first makes the other’s key one that is not among the last two any more.
        const won = [byLast, byBefore].filter((taken) => taken !== undefined);
        expect(won).toHaveLength(1);
        expect(won[0]).toMatchObject({
          epoch: 3,
          previous: { connectionId: 'c1', keyHashes: ['key-2', 'key-1'] },
        });
        expect(await raced.add('c2', 's1')).toBe(byLast !== undefined);
        expect(await raced.add('c3', 's1')).toBe(byBefore !== undefined);
      }
    });

    it('of many, each gets an age of its own and the one before it', async () => {
      await enter('c0');
      await add('c0', 's1');
      const comers = names('c', 8);
      const taken = await Promise.all(comers.map((name) => takeOver(name, { keyHash: `key of ${name}` })));
      const inOrder = comers
        .map((name, i) => ({ name, epoch: taken[i]?.epoch, before: taken[i]?.previous.connectionId }))
        .sort((one, other) => (one.epoch ?? 0) - (other.epoch ?? 0));
      expect(inOrder.map(({ epoch }) => epoch)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      expect(inOrder.map(({ before }) => before)).toEqual([
        'c0',
        ...inOrder.slice(0, -1).map(({ name }) => name),
      ]);
      for (const { name } of inOrder.slice(0, -1)) expect(await add(name, 's2')).toBe(false);
      expect(await add(inOrder.at(-1)?.name ?? '', 's2')).toBe(true);
    });
  });

  it.each(bothOrders)(
    'and the end of the old connection at once: the client is on the new one ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = clientIn(directory, name);
        await raced.enter('c1');
        await raced.add('c1', 's1');
        const [taken, ended] = await race(
          () => raced.takeOver('c2'),
          () => raced.detach('c1'),
        );
        expect(taken).toMatchObject({ epoch: 2, sessions: [sessionKey('s1')] });
        const before = taken?.previous.connectionId === 'c1' ? [] : [sessionKey('s1')];
        expect(ended).toEqual(before);
        expect(await raced.detach('c1')).toEqual([]);
        expect(await raced.add('c2', 's2')).toBe(true);
      }
    },
  );

  it.each(bothOrders)(
    'and a session that is opened at once: it comes along, or is not opened ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = clientIn(directory, name);
        await raced.enter('c1');
        const [taken, added] = await race(
          () => raced.takeOver('c2'),
          () => raced.add('c1', 's1'),
        );
        expect(taken?.sessions).toEqual(added ? [sessionKey('s1')] : []);
        expect(await raced.sessions()).toEqual(taken?.sessions);
      }
    },
  );

  it.each(bothOrders)(
    'and the end of its window at once: taken over, or removed ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = clientIn(directory, name);
        await raced.enter('c1');
        await raced.detach('c1');
        const [taken] = await race(
          () => raced.takeOver('c2', { now: resumeEndsAt - 1 }),
          () => raced.removeIfIdle(),
        );
        expect(await raced.add('c2', 's1')).toBe(taken !== undefined);
      }
    },
  );

  describe('and hello', () => {
    it('a late one of the old connection steals nothing', async () => {
      await enter('c1');
      await add('c1', 's1');
      await takeOver('c2');
      expect(await enter('c1', 'key of the late')).toBe(false);
      expect(await add('c1', 's2')).toBe(false);
      expect(await add('c2', 's2')).toBe(true);
      const stolen = { presentedHash: 'key of the late' };
      expect(await takeOver('c3', stolen)).toBeUndefined();
      expect(await takeOver('c3', { presentedHash: 'key-2', keyHash: 'key-3' })).toMatchObject({ epoch: 3 });
    });

    it('a late one of any connection steals nothing after the end of the new one either', async () => {
      await enter('c1');
      await add('c1', 's1');
      await takeOver('c2');
      await detach('c2');
      for (const late of ['c1', 'c2', 'c3']) expect(await enter(late, 'key of the late')).toBe(false);
      expect(await detach('c2')).toEqual([sessionKey('s1')]);
      const back = { presentedHash: 'key-2', keyHash: 'key-3' };
      expect(await takeOver('c4', back)).toMatchObject({ epoch: 3, sessions: [sessionKey('s1')] });
    });

    it('repeated by the new connection changes its key and nothing else', async () => {
      await enter('c1');
      await add('c1', 's1');
      await takeOver('c2');
      expect(await enter('c2', 'key-3')).toBe(true);
      expect(await sessions()).toEqual([sessionKey('s1')]);
      expect(await takeOver('c3', { presentedHash: 'key-3', keyHash: 'key-4' })).toEqual({
        epoch: 3,
        sessions: [sessionKey('s1')],
        // What the take-over before has left to be told is known to who may have to give it back.
        previous: { connectionId: 'c2', keyHashes: ['key-3', 'key-2'], arrival: { replaced: 'c1' } },
      });
    });

    it.each(bothOrders)('repeated at once by the old one: never stolen back ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = clientIn(directory, name);
        await raced.enter('c1');
        const [taken, entered] = await race(
          () => raced.takeOver('c2'),
          () => raced.enter('c1', 'key of the repeated'),
        );
        // Repeated first, its key is the last one, and the one before it was presented.
        const last = entered ? 'key of the repeated' : 'key-1';
        expect(taken).toMatchObject({
          epoch: 2,
          previous: { connectionId: 'c1', keyHashes: [last, 'key-1'] },
        });
        expect(await raced.add('c1', 's1')).toBe(false);
        expect(await raced.add('c2', 's1')).toBe(true);
      }
    });

    it.each(bothOrders)('and the end of its connection at once: never back ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = clientIn(directory, name);
        await raced.enter('c1');
        await raced.add('c1', 's1');
        const [, ended] = await race(
          () => raced.enter('c1', 'key-2'),
          () => raced.detach('c1'),
        );
        expect(ended).toEqual([sessionKey('s1')]);
        expect(await raced.enter('c1', 'key-3')).toBe(false);
        expect(await raced.add('c1', 's2')).toBe(false);
      }
    });

    it('keeps two tabs of one person apart', async () => {
      const tab = clientIn(directory, 'tab');
      const other = clientIn(directory, 'other-tab');
      await tab.enter('c1', 'key of tab');
      await other.enter('c2', 'key of other');
      await tab.add('c1', 's1');
      await other.add('c2', 's2');
      expect(await tab.takeOver('c3', { presentedHash: 'key of other' })).toBeUndefined();
      const taken = await tab.takeOver('c3', { presentedHash: 'key of tab' });
      expect(taken?.sessions).toEqual([sessionKey('s1')]);
      expect((await directory().detach(client('other-tab'), leaving('c2')))?.sessions).toEqual([
        sessionKey('s2'),
      ]);
    });
  });
});
