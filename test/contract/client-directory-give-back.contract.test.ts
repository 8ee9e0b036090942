import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { bySessionId, clientIn, resumeEndsAt, sessionKey } from './support/clients.ts';
import { bothOrders, connectionId, names, t0 } from './support/samples.ts';

const from = connectionId('c2');

onEveryAdapter('ClientDirectory: giveBack', (stores) => {
  const directory = () => stores().clients;
  const client = (name = 'k') => clientIn(directory, name);
  const { enter, takeOver, rejoin, detach, add, sessions, giveBack, remove } = client();

  /** Takes over for `c2`, and gives what undoes exactly that. */
  const takeOverFor = async (of: ReturnType<typeof client>) => {
    const taken = await of.takeOver('c2');
    if (taken === undefined) throw new Error('the takeover was expected to succeed');
    const { epoch, previous } = taken;
    return () => of.giveBack({ epoch, previous, from });
  };
  const takeOverForC2 = () => takeOverFor({ ...client() });

  describe('of a client that was connected', () => {
    it('puts it back on its connection, with its sessions, and raises its age', async () => {
      await enter('c1');
      await add('c1', 's1');
      const undo = await takeOverForC2();
      expect(await undo()).toBe(true);
      expect(await add('c2', 's2')).toBe(false);
      expect(await add('c1', 's2')).toBe(true);
      expect(await detach('c2')).toEqual([]);
      expect(bySessionId(await detach('c1'))).toEqual([sessionKey('s1'), sessionKey('s2')]);
    });

    it('so that it may be taken over again by the key of before, two ages on', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      await undo();
      expect(await takeOver('c3', { keyHash: 'key-3' })).toEqual({
        epoch: 4,
        sessions: [],
        previous: { connectionId: 'c1', keyHashes: ['key-1', 'key-1'] },
      });
    });

    it('and the key that was given away is worth nothing', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      await undo();
      expect(await takeOver('c3', { presentedHash: 'key-2' })).toBeUndefined();
    });

    it('keeps both keys of before, in their order', async () => {
      await enter('c0', 'key-0');
      await takeOver('c1', { presentedHash: 'key-0', keyHash: 'key-1' });
      const undo = await takeOverForC2();
      await undo();
      const back = { presentedHash: 'key-0', keyHash: 'key-3' };
      expect(await takeOver('c3', back)).toMatchObject({
        epoch: 5,
        previous: { connectionId: 'c1', keyHashes: ['key-1', 'key-0'] },
      });
    });

    it('lets the hello of its connection be repeated, and no other’s', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      await undo();
      expect(await enter('c2')).toBe(false);
      expect(await enter('c1', 'key-3')).toBe(true);
      expect(await add('c1', 's1')).toBe(true);
    });

    it('keeps what has happened to its sessions in between', async () => {
      await enter('c1');
      await add('c1', 's1');
      const undo = await takeOverForC2();
      await client().removeSession('s1');
      await add('c2', 's2');
      await undo();
      expect(await sessions()).toEqual([sessionKey('s2')]);
    });

    it('may be taken over by the connection that it was taken from', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      await undo();
      expect(await takeOver('c2', { keyHash: 'key-3' })).toMatchObject({ epoch: 4 });
      expect(await add('c2', 's1')).toBe(true);
    });

    it('also after the connection that had taken it was lost: it is not away any more', async () => {
      await enter('c1');
      await add('c1', 's1');
      const undo = await takeOverForC2();
      await detach('c2');
      expect(await undo()).toBe(true);
      expect(await add('c1', 's2')).toBe(true);
      expect(await detach('c2')).toEqual([]);
      await remove('c2');
      expect(await takeOver('c3', { now: t0 * 2 })).toMatchObject({ previous: { connectionId: 'c1' } });
    });
  });

  describe('of a client that was away', () => {
    const leaveThenTakeOver = async () => {
      await enter('c1');
      await add('c1', 's1');
      await detach('c1');
      return takeOverForC2();
    };

    it('is away again, until the same moment as before', async () => {
      const undo = await leaveThenTakeOver();
      expect(await undo()).toBe(true);
      for (const connection of ['c1', 'c2']) expect(await add(connection, 's2')).toBe(false);
      expect(await takeOver('c3', { now: resumeEndsAt })).toBeUndefined();
      expect(await takeOver('c3', { now: resumeEndsAt - 1, keyHash: 'key-3' })).toEqual({
        epoch: 4,
        sessions: [sessionKey('s1')],
        previous: { resumeEndsAt, keyHashes: ['key-1', 'key-1'] },
      });
    });

    it('and the key that was given away is worth nothing', async () => {
      const undo = await leaveThenTakeOver();
      await undo();
      expect(await takeOver('c3', { presentedHash: 'key-2' })).toBeUndefined();
    });

    it('lets no hello in, of whichever connection', async () => {
      const undo = await leaveThenTakeOver();
      await undo();
      for (const late of ['c1', 'c2', 'c3']) expect(await enter(late)).toBe(false);
      expect(await sessions()).toEqual([sessionKey('s1')]);
    });

    it('is ended in the stead of the connection that gave it back, within the window that it has', async () => {
      const undo = await leaveThenTakeOver();
      await undo();
      expect(await detach('c2', resumeEndsAt + 90_000)).toEqual([sessionKey('s1')]);
      expect(await takeOver('c3', { now: resumeEndsAt })).toBeUndefined();
      await remove('c2');
      expect(await sessions()).toEqual([]);
    });

    it('also after the connection that had taken it was lost: its own window, not that one’s', async () => {
      const undo = await leaveThenTakeOver();
      await detach('c2', resumeEndsAt + 90_000);
      expect(await undo()).toBe(true);
      expect(await takeOver('c3', { now: resumeEndsAt })).toBeUndefined();
      expect(await takeOver('c3', { now: resumeEndsAt - 1 })).toMatchObject({ previous: { resumeEndsAt } });
    });

    it('is idle when it has no session, but not before it is given back', async () => {
      await enter('c1');
      await detach('c1');
      const undo = await takeOverForC2();
      await client().removeIfIdle();
      expect(await undo()).toBe(true);
      expect(await enter('c3')).toBe(false);
      await client().removeIfIdle();
      expect(await enter('c3')).toBe(true);
    });
  });

  describe('touches nothing', () => {
    it('when another has taken over since', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      await takeOver('c3', { presentedHash: 'key-2', keyHash: 'key-3' });
      expect(await undo()).toBe(false);
      expect(await add('c1', 's1')).toBe(false);
      expect(await add('c3', 's1')).toBe(true);
      const back = { presentedHash: 'key-3', keyHash: 'key-4' };
      expect(await takeOver('c4', back)).toMatchObject({ epoch: 4 });
    });

    it('when the same connection has said hello again since', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      await rejoin('c2');
      expect(await undo()).toBe(false);
      expect(await add('c2', 's1')).toBe(true);
    });

    it('the second time', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      expect(await undo()).toBe(true);
      expect(await undo()).toBe(false);
      expect(await takeOver('c3')).toMatchObject({ epoch: 4, previous: { connectionId: 'c1' } });
    });

    it('of a client that is gone, and makes no row of it', async () => {
      await enter('c1');
      const undo = await takeOverForC2();
      await detach('c2');
      await remove('c2');
      expect(await undo()).toBe(false);
      expect(await sessions()).toEqual([]);
      expect(await add('c1', 's1')).toBe(false);
      expect(await enter('c5')).toBe(true);
    });

    it('of a client that was never there', async () => {
      const previous = { connectionId: connectionId('c1'), keyHashes: ['key-1', 'key-1'] };
      expect(await giveBack({ epoch: 1, previous, from })).toBe(false);
      expect(await takeOver('c3')).toBeUndefined();
      expect(await enter('c5')).toBe(true);
    });

    it('of another client', async () => {
      await enter('c1');
      await client('other').enter('c8');
      await client('other').takeOver('c9');
      const undo = await takeOverForC2();
      await undo();
      expect(await client('other').add('c9', 's9')).toBe(true);
    });
  });

  it.each(bothOrders)('and another takeover at once: the later one stands ($order)', async ({ race }) => {
    for (const name of names('raced', 10)) {
      const raced = client(name);
      await raced.enter('c1');
      const undo = await takeOverFor(raced);
      const [wasGivenBack, taken] = await race(undo, () =>
        raced.takeOver('c3', { presentedHash: 'key-1', keyHash: 'key-3' }),
      );
      // The key of before is good on either side of the giving back.
      expect(taken).toMatchObject({
        epoch: wasGivenBack ? 4 : 3,
        previous: { connectionId: wasGivenBack ? 'c1' : 'c2' },
      });
      for (const connection of ['c1', 'c2']) expect(await raced.add(connection, 's1')).toBe(false);
      expect(await raced.add('c3', 's1')).toBe(true);
    }
  });

  it.each(bothOrders)(
    'and a takeover by the key that is given away: one of the two ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = client(name);
        await raced.enter('c1');
        const undo = await takeOverFor(raced);
        const [wasGivenBack, taken] = await race(undo, () =>
          raced.takeOver('c3', { presentedHash: 'key-2', keyHash: 'key-3' }),
        );
        expect(taken === undefined).toBe(wasGivenBack);
        expect(await raced.add('c1', 's1')).toBe(wasGivenBack);
        expect(await raced.add('c3', 's1')).toBe(!wasGivenBack);
      }
    },
  );

  it.each(bothOrders)(
    'and the end of the connection that gives it back: given back ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = client(name);
        await raced.enter('c1');
        await raced.add('c1', 's1');
        const undo = await takeOverFor(raced);
        const [wasGivenBack] = await race(undo, () => raced.detach('c2'));
        expect(wasGivenBack).toBe(true);
        expect(await raced.detach('c2')).toEqual([]);
        expect(await raced.add('c1', 's2')).toBe(true);
      }
    },
  );

  it.each(bothOrders)(
    'and the end of the old connection: it finds the client, or is asked again ($order)',
    async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = client(name);
        await raced.enter('c1');
        await raced.add('c1', 's1');
        const undo = await takeOverFor(raced);
        const [, ended] = await race(undo, () => raced.detach('c1'));
        // Whoever gave it back looks at the old connection afterwards, and detaches it in its stead.
        if (ended.length === 0) expect(await raced.detach('c1')).toEqual([sessionKey('s1')]);
        else expect(ended).toEqual([sessionKey('s1')]);
        expect(await raced.add('c1', 's2')).toBe(false);
        expect(await raced.takeOver('c3')).toMatchObject({ previous: { resumeEndsAt } });
      }
    },
  );
});
