import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { sessionKey as key, resumeEndsAt, returning } from './support/clients.ts';
import { client, connectionId, entering, leaving } from './support/samples.ts';

const k = client('k');
const c1 = connectionId('c1');
const c2 = connectionId('c2');

onEveryAdapter('ClientDirectory: the window of a client that is away', (stores) => {
  const directory = () => stores().clients;
  const enter = (connection = c1) => directory().enter(entering('k', { connectionId: connection }));
  const detach = async () => (await directory().detach(k, leaving('c1')))?.sessions;
  const takeOver = (connection = c2) => directory().takeOver(k, returning(connection));
  const add = (session: ReturnType<typeof key>, connection = c1) =>
    directory().addSession(k, { connectionId: connection, session });

  describe('a window that has begun', () => {
    const back = (now: number) => directory().takeOver(k, returning('c2', { now }));

    it.each([
      ['later', resumeEndsAt + 60_000],
      ['earlier', resumeEndsAt - 60_000],
    ])('does not begin anew when the end is repeated with a %s one', async (_, until) => {
      await enter();
      await add(key('s1'));
      await detach();
      expect((await directory().detach(k, leaving('c1', until)))?.sessions).toEqual([key('s1')]);
      expect(await back(resumeEndsAt)).toBeUndefined();
      expect(await back(resumeEndsAt - 1)).toMatchObject({ previous: { resumeEndsAt } });
    });

    it('is the first of many at once', async () => {
      await enter();
      const ends = [1, 2, 3, 4].map((i) => resumeEndsAt + i);
      await Promise.all(ends.map((until) => directory().detach(k, leaving('c1', until))));
      const taken = await back(resumeEndsAt);
      expect(ends).toContain(taken?.previous.resumeEndsAt);
      await directory().giveBack(k, { epoch: 2, previous: taken?.previous ?? { keyHashes: [] }, from: c2 });
      await directory().detach(k, leaving('c2', resumeEndsAt + 9000));
      expect(await back(resumeEndsAt)).toMatchObject({ previous: taken?.previous });
    });
  });

  describe('removeIfIdle', () => {
    const over = () => directory().removeIfIdle(k);
    const isThere = async () => !(await enter(connectionId('another')));

    it('deletes a client that is away, without sessions: nothing would be taken over', async () => {
      await enter();
      await detach();
      await over();
      expect(await isThere()).toBe(false);
    });

    it('deletes it when its last session has been removed', async () => {
      await enter();
      await add(key('s1'));
      await add(key('s2'));
      await detach();
      await directory().removeSession(k, key('s1'));
      await over();
      expect(await isThere()).toBe(true);
      await directory().removeSession(k, key('s2'));
      await over();
      expect(await isThere()).toBe(false);
    });

    it('a session stays with a client that is there, if it is to be taken only from one that is away', async () => {
      const takeOut = () => directory().removeSession(k, key('s1'), 'onlyIfAway');
      await takeOut();
      expect(await isThere()).toBe(false);
      await enter(connectionId('another'));
      await directory().addSession(k, { connectionId: connectionId('another'), session: key('s1') });
      await takeOut();
      expect(await directory().sessionsOf(k)).toEqual([key('s1')]);
      await directory().detach(k, leaving('another'));
      await takeOut();
      expect(await directory().sessionsOf(k)).toEqual([]);
    });

    it('keeps one that is connected', async () => {
      await enter();
      await over();
      expect(await isThere()).toBe(true);
      expect(await add(key('s1'))).toBe(true);
    });

    it('keeps one that is connected again', async () => {
      await enter();
      await detach();
      await takeOver(c2);
      await over();
      expect(await add(key('s1'), c2)).toBe(true);
    });

    it('keeps one that still has a session', async () => {
      await enter();
      await add(key('s1'));
      await detach();
      await over();
      expect(await detach()).toEqual([key('s1')]);
    });

    it('is content when there is none, and may be repeated', async () => {
      await over();
      await enter();
      await detach();
      await over();
      await over();
      expect(await isThere()).toBe(false);
    });
  });
});
