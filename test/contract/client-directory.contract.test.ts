import { describe, expect, it } from 'vitest';
import type { SessionKey } from '../../functions/core/model/client-session.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { bySessionId, sessionKey as key, returning } from './support/clients.ts';
import { bothOrders, client, connectionId, entering, leaving, names } from './support/samples.ts';

const k = client('k');
const c1 = connectionId('c1');
const c2 = connectionId('c2');

onEveryAdapter('ClientDirectory', (stores) => {
  const directory = () => stores().clients;
  const enter = (connection = c1) => directory().enter(entering('k', { connectionId: connection }));
  const detach = async (connection = c1) =>
    (await directory().detach(k, leaving(connection)))?.sessions ?? [];
  /** By the key that it has entered with. */
  const takeOver = (connection = c2) => directory().takeOver(k, returning(connection));
  const add = (sessionKey: SessionKey, connection = c1) =>
    directory().addSession(k, { connectionId: connection, session: sessionKey });

  it('lists the sessions that were added, each once', async () => {
    await enter();
    expect(await directory().sessionsOf(k)).toEqual([]);
    expect(await add(key('s1'))).toBe(true);
    expect(await add(key('s2', 'rover#2#x'))).toBe(true);
    expect(await add(key('s1'))).toBe(true);
    expect(bySessionId(await directory().sessionsOf(k))).toEqual([key('s1'), key('s2', 'rover#2#x')]);
  });

  it('loses none of many that are added at once', async () => {
    await enter();
    const keys = names('s', 20).map((name) => key(name));
    await Promise.all(keys.map((each) => add(each)));
    expect(bySessionId(await directory().sessionsOf(k))).toEqual(keys);
  });

  it('adds nothing to a client that is gone, and makes no row of it', async () => {
    expect(await add(key('s1'))).toBe(false);
    expect(await directory().sessionsOf(k)).toEqual([]);
    expect(await detach()).toEqual([]);
  });

  it('adds nothing for another connection than the client is on', async () => {
    await enter();
    expect(await add(key('s1'), c2)).toBe(false);
    expect(await directory().sessionsOf(k)).toEqual([]);
  });

  it('removes a session, and is content when it is not there', async () => {
    await enter();
    await add(key('s1'));
    await add(key('s2'));
    await directory().removeSession(k, key('s1'));
    await directory().removeSession(k, key('s1'));
    expect(await directory().sessionsOf(k)).toEqual([key('s2')]);
    await directory().removeSession(k, key('s2'));
    expect(await directory().sessionsOf(k)).toEqual([]);
    expect(await add(key('s3'))).toBe(true);
  });

  it('makes no row of a client that has left when one of its sessions is removed', async () => {
    await directory().removeSession(k, key('s1'));
    expect(await directory().sessionsOf(k)).toEqual([]);
    expect(await add(key('s1'))).toBe(false);
  });

  it('keeps its sessions when it enters again by the same connection', async () => {
    await enter();
    await add(key('s1'));
    await enter();
    expect(await directory().sessionsOf(k)).toEqual([key('s1')]);
    expect(await add(key('s2'))).toBe(true);
  });

  describe('detach and remove', () => {
    it('gives the sessions as often as it is asked, until they are removed', async () => {
      await enter();
      await add(key('s1'));
      await add(key('s2'));
      for (const _time of [1, 2]) {
        expect(bySessionId(await detach())).toEqual([key('s1'), key('s2')]);
        expect(bySessionId(await directory().sessionsOf(k))).toEqual([key('s1'), key('s2')]);
      }
      await directory().removeSession(k, key('s1'));
      expect(await detach()).toEqual([key('s2')]);
      await directory().removeSession(k, key('s2'));
      expect(await detach()).toEqual([]);
      await directory().remove(k, c1);
      expect(await detach()).toEqual([]);
    });

    it('gives none of a client without sessions', async () => {
      await enter();
      expect(await detach()).toEqual([]);
      expect(await add(key('s1'))).toBe(false);
    });

    it('lets no session in from then on, also when the hello of that connection comes late', async () => {
      await enter();
      await add(key('s1'));
      await detach();
      expect(await add(key('s1'))).toBe(false);
      expect(await add(key('s2'))).toBe(false);
      await enter();
      expect(await add(key('s2'))).toBe(false);
      expect(await detach()).toEqual([key('s1')]);
    });

    it('forgets a client that was detached, with its sessions', async () => {
      await enter();
      await add(key('s1'));
      await detach();
      await directory().remove(k, c1);
      await directory().remove(k, c1);
      expect(await directory().sessionsOf(k)).toEqual([]);
      await enter();
      expect(await directory().sessionsOf(k)).toEqual([]);
      expect(await add(key('s2'))).toBe(true);
    });

    it('keeps a client that was not detached, or from another connection', async () => {
      await enter();
      await add(key('s1'));
      await directory().remove(k, c1);
      expect(await directory().sessionsOf(k)).toEqual([key('s1')]);
      expect(await add(key('s2'))).toBe(true);
      await detach();
      await directory().remove(k, c2);
      expect(bySessionId(await detach())).toEqual([key('s1'), key('s2')]);
    });

    it('is without effect for another connection, before and after', async () => {
      await enter();
      await add(key('s1'));
      expect(await detach(c2)).toEqual([]);
      expect(await add(key('s2'))).toBe(true);
      await detach();
      expect(await detach(c2)).toEqual([]);
      await directory().remove(k, c2);
      expect(bySessionId(await directory().sessionsOf(k))).toEqual([key('s1'), key('s2')]);
    });

    it('makes no row of a client that is gone', async () => {
      expect(await detach()).toEqual([]);
      await directory().remove(k, c1);
      await enter(c2);
      expect(await add(key('s1'), c2)).toBe(true);
    });

    it('leaves alone a client that has moved on to another connection', async () => {
      await enter(c1);
      await add(key('s1'));
      await detach();
      await takeOver(c2);
      await directory().remove(k, c1);
      expect(await directory().sessionsOf(k)).toEqual([key('s1')]);
      expect(await add(key('s2'), c1)).toBe(false);
      expect(await add(key('s2'), c2)).toBe(true);
    });
  });

  describe('enter', () => {
    it('is true of a new client, and again of the same connection', async () => {
      expect(await enter()).toBe(true);
      expect(await enter()).toBe(true);
    });

    it('is false of another connection while the client is connected, and changes nothing', async () => {
      await enter(c1);
      await add(key('s1'));
      expect(await enter(c2)).toBe(false);
      expect(await add(key('s2'), c2)).toBe(false);
      expect(await directory().sessionsOf(k)).toEqual([key('s1')]);
      expect(await add(key('s2'), c1)).toBe(true);
    });

    it.each([c1, c2])('is false while the client is away, by %s', async (connection) => {
      await enter(c1);
      await add(key('s1'));
      await detach(c1);
      expect(await enter(connection)).toBe(false);
      expect(await add(key('s2'), connection)).toBe(false);
      expect(await detach(c1)).toEqual([key('s1')]);
    });

    it('of two connections at once, lets in exactly one', async () => {
      const entered = await Promise.all([enter(c1), enter(c2)]);
      expect([...entered].sort()).toEqual([false, true]);
      expect(await add(key('s1'), c1)).toBe(entered[0]);
      expect(await add(key('s1'), c2)).toBe(entered[1]);
    });

    it('is age 1 of a client that has ended and is made anew', async () => {
      await enter();
      await takeOver(c2);
      await detach(c2);
      await directory().remove(k, c2);
      expect(await enter(c1)).toBe(true);
      expect(await takeOver(c2)).toMatchObject({ epoch: 2, previous: { keyHashes: ['key-1', 'key-1'] } });
    });
  });

  it('takes its sessions along to a new connection, which the old one cannot end any more', async () => {
    await enter(c1);
    await add(key('s1'));
    await takeOver(c2);
    expect(await detach()).toEqual([]);
    expect(await add(key('s2'), c1)).toBe(false);
    expect(await directory().sessionsOf(k)).toEqual([key('s1')]);
    expect(await detach(c2)).toEqual([key('s1')]);
  });

  it.each(bothOrders)('detaching and opening at once: no session is missed ($order)', async ({ race }) => {
    for (const name of names('client', 10)) {
      const clientId = client(name);
      await directory().enter(entering(name));
      const [ending, added] = await race(
        () => directory().detach(clientId, leaving('c1')),
        () => directory().addSession(clientId, { connectionId: c1, session: key('s1') }),
      );
      expect(ending?.sessions).toEqual(added ? [key('s1')] : []);
      expect(await directory().sessionsOf(clientId)).toEqual(ending?.sessions);
      expect(await directory().detach(clientId, leaving('c1'))).toEqual(ending);
    }
  });

  it('keeps clients apart', async () => {
    await enter();
    await directory().enter(entering('k2', { connectionId: c2 }));
    await add(key('s1'));
    expect(await directory().sessionsOf(client('k2'))).toEqual([]);
  });
});
