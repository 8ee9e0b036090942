import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { bySessionId, clientIn, resumeEndsAt, sessionKey } from './support/clients.ts';
import { principal, t0 } from './support/samples.ts';

onEveryAdapter('ClientDirectory: takeOver', (stores) => {
  const directory = () => stores().clients;
  const { enter, takeOver, detach, add, sessions, remove } = clientIn(directory);

  describe('of a client that is connected', () => {
    it('gives its sessions and what it was, raises its age, and moves it to the new connection', async () => {
      await enter('c1');
      await add('c1', 's1');
      await add('c1', 's2');
      const taken = await takeOver('c2');
      expect(taken && { ...taken, sessions: bySessionId(taken.sessions) }).toEqual({
        epoch: 2,
        sessions: [sessionKey('s1'), sessionKey('s2')],
        previous: { connectionId: 'c1', keyHashes: ['key-1', 'key-1'] },
      });
      expect(bySessionId(await sessions())).toEqual([sessionKey('s1'), sessionKey('s2')]);
      expect(await add('c2', 's3')).toBe(true);
    });

    it('leaves the old connection nothing to open and nothing to end', async () => {
      await enter('c1');
      await add('c1', 's1');
      await takeOver('c2');
      expect(await add('c1', 's2')).toBe(false);
      expect(await detach('c1')).toEqual([]);
      await remove('c1');
      expect(await sessions()).toEqual([sessionKey('s1')]);
      expect(await add('c2', 's2')).toBe(true);
    });

    it('asks for no window: there is none', async () => {
      await enter('c1');
      expect(await takeOver('c2', { now: t0 * 2 })).toMatchObject({ epoch: 2, sessions: [] });
    });

    it('is nothing for the connection that it is on', async () => {
      await enter('c1');
      await add('c1', 's1');
      expect(await takeOver('c1')).toBeUndefined();
      expect(await add('c1', 's2')).toBe(true);
    });

    it('raises the age each time', async () => {
      await enter('c1', 'key-0');
      for (const i of [1, 2, 3, 4]) {
        const keys = { presentedHash: `key-${i - 1}`, keyHash: `key-${i}` };
        expect(await takeOver(`c${i + 1}`, keys)).toMatchObject({
          epoch: i + 1,
          previous: { connectionId: `c${i}` },
        });
      }
    });
  });

  describe('of a client that is away', () => {
    it('gives its sessions and its window, and it is away no more', async () => {
      await enter('c1');
      await add('c1', 's1');
      await detach('c1');
      expect(await takeOver('c2')).toEqual({
        epoch: 2,
        sessions: [sessionKey('s1')],
        previous: { resumeEndsAt, keyHashes: ['key-1', 'key-1'] },
      });
      expect(await add('c2', 's2')).toBe(true);
      expect(await detach('c1')).toEqual([]);
      await remove('c1');
      expect(bySessionId(await sessions())).toEqual([sessionKey('s1'), sessionKey('s2')]);
    });

    it.each([
      ['a while before the end', resumeEndsAt - 60_000, true],
      ['a millisecond before the end', resumeEndsAt - 1, true],
      ['at the end', resumeEndsAt, false],
      ['a millisecond after it', resumeEndsAt + 1, false],
    ])('%s of its window: %i', async (_when, now, isTaken) => {
      await enter('c1');
      await add('c1', 's1');
      await detach('c1');
      expect((await takeOver('c2', { now })) !== undefined).toBe(isTaken);
      expect(await add('c2', 's2')).toBe(isTaken);
      expect(await detach('c1')).toEqual(isTaken ? [] : [sessionKey('s1')]);
    });

    it('opens a window of its own when it is lost again: nothing is left of the first', async () => {
      await enter('c1');
      await add('c1', 's1');
      await detach('c1');
      await takeOver('c2', { now: resumeEndsAt - 1 });
      await detach('c2', resumeEndsAt + 90_000);
      const again = { presentedHash: 'key-2', keyHash: 'key-3', now: resumeEndsAt + 89_999 };
      expect(await takeOver('c3', again)).toMatchObject({
        epoch: 3,
        previous: { resumeEndsAt: resumeEndsAt + 90_000 },
      });
    });

    it('is not possible once it was removed', async () => {
      await enter('c1');
      await detach('c1');
      await remove('c1');
      expect(await takeOver('c2')).toBeUndefined();
    });
  });

  describe('by a key', () => {
    /** Keys 1 and 2 were given out by then, in this order; the client is on `c2`. */
    const enterWithTwoKeys = async () => {
      await enter('c1');
      await takeOver('c2');
    };
    const by = (presentedHash: string) => takeOver('c9', { presentedHash, keyHash: 'key-9' });

    it('the last one', async () => {
      await enterWithTwoKeys();
      expect(await by('key-2')).toMatchObject({
        epoch: 3,
        previous: { connectionId: 'c2', keyHashes: ['key-2', 'key-1'] },
      });
    });

    it('the one before it: the welcome that brought the last may be lost', async () => {
      await enterWithTwoKeys();
      expect(await by('key-1')).toMatchObject({
        epoch: 3,
        previous: { connectionId: 'c2', keyHashes: ['key-2', 'key-1'] },
      });
    });

    it('which stays good until the new one was used, however often it is presented', async () => {
      await enterWithTwoKeys();
      for (const i of [3, 4, 5]) {
        const again = { presentedHash: 'key-1', keyHash: `key-${i}` };
        expect(await takeOver(`c${i}`, again)).toMatchObject({ epoch: i });
      }
      const last = { presentedHash: 'key-5', keyHash: 'key-6' };
      expect(await takeOver('c6', last)).toMatchObject({
        epoch: 6,
        previous: { keyHashes: ['key-5', 'key-1'] },
      });
      expect(await by('key-1')).toBeUndefined();
    });

    it.each(['key-3', 'key-4'])('a new one that nobody used falls with the next: not %s', async (unused) => {
      await enterWithTwoKeys();
      for (const i of [3, 4, 5]) await takeOver(`c${i}`, { presentedHash: 'key-1', keyHash: `key-${i}` });
      expect(await by(unused)).toBeUndefined();
    });

    it('an older one is refused, and nothing changes', async () => {
      await enterWithTwoKeys();
      await takeOver('c3', { presentedHash: 'key-2', keyHash: 'key-3' });
      expect(await by('key-1')).toBeUndefined();
      expect(await add('c3', 's1')).toBe(true);
      expect(await by('key-3')).toMatchObject({ epoch: 4, previous: { connectionId: 'c3' } });
    });

    it.each(['nobody’s', 'key', 'key-1 ', 'KEY-1'])('%o, which is nobody’s, is refused', async (key) => {
      await enterWithTwoKeys();
      expect(await by(key)).toBeUndefined();
      expect(await add('c2', 's1')).toBe(true);
    });

    it('another client’s is refused, also of the same person', async () => {
      await enter('c1');
      const other = clientIn(directory, 'other');
      await other.enter('c5', 'key of other');
      await other.add('c5', 's5');
      expect(await by('key of other')).toBeUndefined();
      expect(await other.takeOver('c9')).toBeUndefined();
      expect(await other.add('c5', 's6')).toBe(true);
    });

    it('another principal’s is refused, though the key is right', async () => {
      await enter('c1');
      await add('c1', 's1');
      const principalId = principal('another');
      expect(await takeOver('c2', { principalId })).toBeUndefined();
      expect(await add('c1', 's2')).toBe(true);
      await detach('c1');
      expect(await takeOver('c2', { principalId })).toBeUndefined();
      expect(await takeOver('c2')).toMatchObject({ epoch: 2 });
    });

    it('that was given with a repeated hello is as good as the one before it, and no older one', async () => {
      await enter('c1', 'key-1');
      await enter('c1', 'key-2');
      await enter('c1', 'key-3');
      expect(await takeOver('c2', { presentedHash: 'key-1' })).toBeUndefined();
      const taken = await takeOver('c2', { presentedHash: 'key-2', keyHash: 'key-4' });
      expect(taken).toMatchObject({ epoch: 2, previous: { keyHashes: ['key-3', 'key-2'] } });
    });
  });

  it('knows nothing of a client that was never there, and makes no row of it', async () => {
    expect(await takeOver('c2')).toBeUndefined();
    expect(await add('c2', 's1')).toBe(false);
    expect(await sessions()).toEqual([]);
    expect(await enter('c1')).toBe(true);
    expect(await takeOver('c2')).toMatchObject({ epoch: 2 });
  });
});
