import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import {
  allDue,
  allDueSince,
  bothOrders,
  client,
  clientSession,
  connectionId,
  dueByShard,
  names,
  robot,
  session,
  socketCopy,
  t0,
} from './support/samples.ts';

const key = { robotId: robot('rover-1'), sessionId: session('s1') };
const s1 = clientSession('s1');
const s1Socket = socketCopy('c1');
const due = s1.nextDeadlineAt;

onEveryAdapter('ClientSessionStore', (stores) => {
  const store = () => stores().sessions;

  describe('create', () => {
    it('creates and gives the session', async () => {
      expect(await store().create(s1)).toEqual({ created: true, session: s1 });
      expect(await store().get(key)).toEqual(s1);
    });

    it('gives the one that was there when it is repeated', async () => {
      await store().create(s1);
      const repeated = clientSession('s1', { clientId: client('client-2'), mode: 'view' });
      expect(await store().create(repeated)).toEqual({ created: false, session: s1 });
      expect(await store().get(key)).toEqual(s1);
    });

    it('creates once of two at once, and both see the same', async () => {
      const [one, other] = await Promise.all([
        store().create(s1),
        store().create(clientSession('s1', { mode: 'view' })),
      ]);
      expect([one.created, other.created].sort()).toEqual([false, true]);
      expect(one.session).toEqual(other.session);
      expect(await store().get(key)).toEqual(one.session);
    });

    it('keeps the same session id of two robots apart', async () => {
      const other = clientSession('s1', { robotId: robot('rover-2') });
      await store().create(s1);
      expect(await store().create(other)).toEqual({ created: true, session: other });
    });
  });

  describe('one place, one session at a time', () => {
    const first = clientSession('s1.a');
    const next = clientSession('s1.b', { mode: 'view', clientEpoch: 0 });
    const keyOfFirst = { robotId: first.robotId, sessionId: first.sessionId };
    const keyOfNext = { robotId: next.robotId, sessionId: next.sessionId };

    it('gives the one that is there to whoever comes second', async () => {
      await store().create(first);
      expect(await store().create(next)).toEqual({ created: false, session: first });
      expect(await store().get(keyOfFirst)).toEqual(first);
      expect(await store().get(keyOfNext)).toBeUndefined();
    });

    it('creates once of two at once, and both see the same', async () => {
      const [one, other] = await Promise.all([store().create(first), store().create(next)]);
      expect([one.created, other.created].sort()).toEqual([false, true]);
      expect(one.session).toEqual(other.session);
      expect(await store().listByRobot(key.robotId)).toEqual([one.session]);
    });

    it('is free when the first has ended, of which nothing changes the next', async () => {
      await store().create(first);
      expect(await store().remove(keyOfFirst)).toEqual(first);
      expect(await store().create(next)).toEqual({ created: true, session: next });
      const { clientId } = first;
      const late = { clientId, clientEpoch: 9, resumeEndsAt: due + 1 };
      expect(await store().get(keyOfFirst)).toBeUndefined();
      expect(await store().remove(keyOfFirst)).toBeUndefined();
      expect(await store().removeIfDue(keyOfFirst, due)).toBeUndefined();
      expect(await store().suspend(keyOfFirst, late)).toBe(false);
      const moving = { clientId, clientEpoch: 9, socket: s1Socket, nextDeadlineAt: due };
      expect(await store().moveTo(keyOfFirst, moving)).toBeUndefined();
      const copied = { connectionId: s1Socket.connectionId, tokenExpiresAt: due, nextDeadlineAt: due };
      expect(await store().copyToken(keyOfFirst, copied)).toBe(false);
      await store().noteReceived(keyOfFirst, { byRobot: 5 });
      expect(await store().get(keyOfNext)).toEqual(next);
    });

    it('is told with its whole id when it is due', async () => {
      await store().create(next);
      expect(await allDue(store().due, due)).toEqual([keyOfNext]);
    });
  });

  it('knows nothing of a session that was never created', async () => {
    expect(await store().get(key)).toBeUndefined();
  });

  it('lists all sessions of a robot, and no other’s', async () => {
    const sessions = names('s', 30).map((name) => clientSession(name));
    await Promise.all(sessions.map((each) => store().create(each)));
    await store().create(clientSession('s-999', { robotId: robot('rover-10') }));
    const listed = await store().listByRobot(key.robotId);
    expect([...listed].sort((one, other) => one.sessionId.localeCompare(other.sessionId))).toEqual(sessions);
    expect(await store().listByRobot(robot('nobody'))).toEqual([]);
  });

  describe('remove', () => {
    it('deletes it only on a given connection, if one is given', async () => {
      await store().create(s1);
      expect(await store().remove(key, connectionId('another'))).toBeUndefined();
      expect(await store().get(key)).toEqual(s1);
      expect(await store().remove(key, s1.socket?.connectionId)).toEqual(s1);
      expect(await store().remove(key, s1.socket?.connectionId)).toBeUndefined();
    });

    it('deletes it only while it is on any connection, if that is asked for', async () => {
      await store().create(s1);
      await store().suspend(key, { clientId: s1.clientId, clientEpoch: s1.clientEpoch, resumeEndsAt: due });
      expect(await store().remove(key, 'anyConnection')).toBeUndefined();
      expect(await store().get(key)).toMatchObject({ resumeEndsAt: due });
      await store().remove(key);
      await store().create(s1);
      expect(await store().remove(key, 'anyConnection')).toEqual(s1);
      expect(await store().remove(key, 'anyConnection')).toBeUndefined();
    });

    it('deletes the row and gives what it held', async () => {
      await store().create(s1);
      expect(await store().remove(key)).toEqual(s1);
      expect(await store().get(key)).toBeUndefined();
      expect(await store().remove(key)).toBeUndefined();
    });

    it('gives the row to exactly one of many at once', async () => {
      await store().create(s1);
      const rows = await Promise.all([
        store().remove(key),
        store().removeIfDue(key, due),
        store().remove(key),
        store().removeIfDue(key, due),
      ]);
      expect(rows.filter((row) => row !== undefined)).toEqual([s1]);
    });
  });

  describe('removeIfDue', () => {
    it('deletes at the deadline, exactly (I6)', async () => {
      await store().create(s1);
      expect(await store().removeIfDue(key, due - 1)).toBeUndefined();
      expect(await store().get(key)).toEqual(s1);
      expect(await store().removeIfDue(key, due)).toEqual(s1);
      expect(await store().get(key)).toBeUndefined();
      expect(await store().removeIfDue(key, due)).toBeUndefined();
    });

    it.each(bothOrders)(
      'and a refresh at once: refreshed and kept, or removed and told so ($order)',
      async ({ race }) => {
        for (const name of names('raced', 10)) {
          const raced = { ...key, sessionId: session(name) };
          await store().create(clientSession(name));
          const [removed, copied] = await race(
            () => store().removeIfDue(raced, due),
            () =>
              store().copyToken(raced, {
                connectionId: connectionId('c1'),
                tokenExpiresAt: t0 + 100_000,
                nextDeadlineAt: due + 40_000,
              }),
          );
          expect(copied).toBe(removed === undefined);
          expect((await store().get(raced)) === undefined).toBe(removed !== undefined);
        }
      },
    );
  });

  describe('copyToken', () => {
    const copy = (tokenExpiresAt: number) => ({
      connectionId: connectionId('c1'),
      tokenExpiresAt,
      nextDeadlineAt: tokenExpiresAt + 180_000,
    });

    it('copies the end of the token and the deadline, and nothing else', async () => {
      await store().create(s1);
      expect(await store().copyToken(key, copy(t0 + 100_000))).toBe(true);
      expect(await store().get(key)).toEqual({
        ...s1,
        socket: { ...s1Socket, tokenExpiresAt: t0 + 100_000 },
        nextDeadlineAt: t0 + 280_000,
      });
    });

    it('moves the deadline with a token of the same end', async () => {
      await store().create(s1);
      const same = { ...copy(s1Socket.tokenExpiresAt), nextDeadlineAt: due + 1 };
      expect(await store().copyToken(key, same)).toBe(true);
      expect(await store().get(key)).toEqual({ ...s1, nextDeadlineAt: due + 1 });
    });

    it('F14: does not shorten; the session is still this connection’s', async () => {
      await store().create(s1);
      expect(await store().copyToken(key, copy(s1Socket.tokenExpiresAt - 1))).toBe(true);
      expect(await store().get(key)).toEqual(s1);
    });

    it.each([t0 + 100_000, t0 + 1])('is false for another connection, and changes nothing', async (end) => {
      await store().create(s1);
      const stranger = { ...copy(end), connectionId: connectionId('c2') };
      expect(await store().copyToken(key, stranger)).toBe(false);
      expect(await store().get(key)).toEqual(s1);
    });

    it('is false for a session that is gone, and makes no row of it', async () => {
      expect(await store().copyToken(key, copy(t0 + 100_000))).toBe(false);
      expect(await store().get(key)).toBeUndefined();
    });
  });

  describe('due', () => {
    const all = names('s', 40);
    const deadlineOf = (i: number) => t0 + ((i * 7) % 40);

    it('names over all shards what is due, each once, and nothing else (I6)', async () => {
      await Promise.all(
        all.map((name, i) =>
          store().create(
            clientSession(name, { robotId: robot(`r-${i % 3}`), nextDeadlineAt: deadlineOf(i) }),
          ),
        ),
      );
      const shards = await dueByShard((of) => store().due(of), t0 + 19);
      expect(shards.every((shard) => shard.length > 0)).toBe(true);
      const found = shards.flat().sort((one, other) => one.sessionId.localeCompare(other.sessionId));
      const expected = all.flatMap((sessionId, i) =>
        deadlineOf(i) <= t0 + 19 ? [{ robotId: `r-${i % 3}`, sessionId }] : [],
      );
      expect(found).toEqual(expected);
      const limited = await dueByShard((of) => store().due(of), t0 + 19, 1);
      expect(limited).toEqual(shards.map((shard) => shard.slice(0, 1)));
    });

    it('says since when it is due', async () => {
      const other = clientSession('s2', { robotId: robot('rover-2'), nextDeadlineAt: due + 7 });
      await store().create(s1);
      await store().create(other);
      const found = await allDueSince((of) => store().due(of), due + 7);
      expect([...found].sort((one, next) => one.dueAt - next.dueAt)).toEqual([
        { key, dueAt: due },
        { key: { robotId: 'rover-2', sessionId: 's2' }, dueAt: due + 7 },
      ]);
    });

    it('follows the deadline as it moves, and forgets what is removed', async () => {
      await store().create(s1);
      expect(await allDue((of) => store().due(of), due)).toEqual([key]);
      await store().copyToken(key, {
        connectionId: connectionId('c1'),
        tokenExpiresAt: t0 + 100_000,
        nextDeadlineAt: due + 1,
      });
      expect(await allDue((of) => store().due(of), due)).toEqual([]);
      await store().remove(key);
      expect(await allDue((of) => store().due(of), due + 1)).toEqual([]);
    });
  });
});
