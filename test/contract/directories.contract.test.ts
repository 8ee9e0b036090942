import { describe, expect, it } from 'vitest';
import type { SessionKey } from '../../functions/core/model/client-session.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { bothOrders, client, connectionId, names, robot, session, t0 } from './support/samples.ts';

const k = client('k');
const c1 = connectionId('c1');
const c2 = connectionId('c2');
const key = (sessionId: string, robotId = 'rover-1'): SessionKey => ({
  robotId: robot(robotId),
  sessionId: session(sessionId),
});
const sorted = (keys: readonly SessionKey[]) =>
  [...keys].sort((one, other) => one.sessionId.localeCompare(other.sessionId));

onEveryAdapter('ClientDirectory', (stores) => {
  const directory = () => stores().clients;
  const enter = (connection = c1) =>
    directory().enter({ clientId: k, connectionId: connection, tokenExpiresAt: t0 });
  const add = (sessionKey: SessionKey, connection = c1) =>
    directory().addSession(k, { connectionId: connection, session: sessionKey });

  it('lists the sessions that were added, each once', async () => {
    await enter();
    expect(await directory().sessionsOf(k)).toEqual([]);
    expect(await add(key('s1'))).toBe(true);
    expect(await add(key('s2', 'rover#2#x'))).toBe(true);
    expect(await add(key('s1'))).toBe(true);
    expect(sorted(await directory().sessionsOf(k))).toEqual([key('s1'), key('s2', 'rover#2#x')]);
  });

  it('loses none of many that are added at once', async () => {
    await enter();
    const keys = names('s', 20).map((name) => key(name));
    await Promise.all(keys.map((each) => add(each)));
    expect(sorted(await directory().sessionsOf(k))).toEqual(keys);
  });

  it('adds nothing to a client that is gone, and makes no row of it', async () => {
    expect(await add(key('s1'))).toBe(false);
    expect(await directory().sessionsOf(k)).toEqual([]);
    expect(await directory().leave(k, c1)).toEqual([]);
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

  it('gives at leaving the sessions that it had, once', async () => {
    await enter();
    await add(key('s1'));
    expect(await directory().leave(k, c1)).toEqual([key('s1')]);
    expect(await directory().leave(k, c1)).toEqual([]);
    expect(await directory().sessionsOf(k)).toEqual([]);
  });

  it('takes its sessions along to a new connection, which the old one cannot end any more', async () => {
    await enter(c1);
    await add(key('s1'));
    await enter(c2);
    expect(await directory().leave(k, c1)).toEqual([]);
    expect(await add(key('s2'), c1)).toBe(false);
    expect(await directory().sessionsOf(k)).toEqual([key('s1')]);
    expect(await directory().leave(k, c2)).toEqual([key('s1')]);
  });

  it.each(bothOrders)('leaving and opening at once: no session is missed ($order)', async ({ race }) => {
    for (const name of names('client', 10)) {
      const clientId = client(name);
      await directory().enter({ clientId, connectionId: c1, tokenExpiresAt: t0 });
      const [left, added] = await race(
        () => directory().leave(clientId, c1),
        () => directory().addSession(clientId, { connectionId: c1, session: key('s1') }),
      );
      expect(left).toEqual(added ? [key('s1')] : []);
      expect(await directory().sessionsOf(clientId)).toEqual([]);
    }
  });

  it('keeps clients apart', async () => {
    await enter();
    await directory().enter({ clientId: client('k2'), connectionId: c2, tokenExpiresAt: t0 });
    await add(key('s1'));
    expect(await directory().sessionsOf(client('k2'))).toEqual([]);
  });
});

onEveryAdapter('FleetDirectory', (stores) => {
  const directory = () => stores().fleets;
  const list = (fleet?: string) => directory().list({ fleet, after: undefined, limit: 1000 });
  const enlist = (robotId: string, fleets: string[], left: string[] = []) =>
    directory().enlist(robot(robotId), { fleets, left });

  it('lists a robot under its fleets and under all', async () => {
    await enlist('rover-1', ['a', 'b']);
    await enlist('rover-2', ['b']);
    await enlist('rover-3', []);
    expect(await list('a')).toEqual(['rover-1']);
    expect(await list('b')).toEqual(['rover-1', 'rover-2']);
    expect(await list()).toEqual(['rover-1', 'rover-2', 'rover-3']);
    expect(await list('c')).toEqual([]);
  });

  it('takes it out of the fleets that it has left, and never out of all', async () => {
    await enlist('rover-1', ['a', 'b']);
    await enlist('rover-1', ['b', 'c'], ['a', 'never-in']);
    expect(await list('a')).toEqual([]);
    expect(await list('b')).toEqual(['rover-1']);
    expect(await list('c')).toEqual(['rover-1']);
    expect(await list()).toEqual(['rover-1']);
  });

  it('keeps it in a fleet that is named both ways', async () => {
    await enlist('rover-1', ['a', 'a'], ['a', 'b', 'b']);
    expect(await list('a')).toEqual(['rover-1']);
  });

  it('pages in the order of the ids, without gap or repeat', async () => {
    const robots = names('rover', 25);
    await Promise.all([...robots].reverse().map((name) => enlist(name, ['a'])));
    for (const fleet of ['a', undefined]) {
      const pages: (readonly string[])[] = [];
      let after: ReturnType<typeof robot> | undefined;
      do {
        const page = await directory().list({ fleet, after, limit: 10 });
        pages.push(page);
        after = page.at(-1);
      } while (after !== undefined);
      expect(pages.map((page) => page.length)).toEqual([10, 10, 5, 0]);
      expect(pages.flat()).toEqual(robots);
    }
  });

  it('goes on after an id that is no longer listed', async () => {
    await enlist('rover-1', ['a']);
    await enlist('rover-3', ['a']);
    expect(await directory().list({ fleet: 'a', after: robot('rover-2'), limit: 10 })).toEqual(['rover-3']);
  });

  it('orders ids by their bytes, also beyond the basic plane', async () => {
    for (const name of ['\u{1F916}', '\uFF5E', 'é', 'z', 'Z', '#']) await enlist(name, ['a']);
    expect(await list('a')).toEqual(['#', 'Z', 'z', 'é', '\uFF5E', '\u{1F916}']);
  });

  describe('odd names', () => {
    it.each(['#', 'a#robot#x', 'robots', 'client#k', 'all robots', '/', 'ü', 'a b', '~'])(
      'keep fleet %s apart from every other row',
      async (fleet) => {
        await stores().clients.enter({ clientId: k, connectionId: c1, tokenExpiresAt: t0 });
        await enlist('plain', ['a']);
        await enlist('robot#odd', [fleet]);
        expect(await list(fleet)).toEqual(['robot#odd']);
        expect(await list('a')).toEqual(['plain']);
        expect(await list()).toEqual(['plain', 'robot#odd']);
        expect(await stores().clients.leave(k, c1)).toEqual([]);
      },
    );
  });
});
