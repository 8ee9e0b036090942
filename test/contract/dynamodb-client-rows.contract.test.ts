import { expect, it } from 'vitest';
import { ttlAttribute } from '../../functions/table-shapes.ts';
import { dynamoDbStores, onEveryDatabase } from './support/adapters.ts';
import { clientIn, resumeEndsAt, sessionKey } from './support/clients.ts';
import { indexed, onlyRowOf, rowsOf, ttlOf } from './support/rows.ts';
import {
  client,
  clientSession,
  connectionId,
  entering,
  everyShard,
  principal,
  robot,
  socketCopy,
  t0,
  watcher,
} from './support/samples.ts';

const key = sessionKey('s1');

onEveryDatabase('Rows of clients in DynamoDB', (database) => {
  const stores = () => dynamoDbStores(database());

  it('a session expires a day after its deadline, whatever has moved it, and is in the deadline index', async () => {
    const { sessions } = stores();
    const expectDue = async (deadline: number) => {
      const row = await onlyRowOf(database(), 'clientSessions');
      expect(row).toMatchObject({ nextDeadlineAt: deadline, [ttlAttribute]: ttlOf(deadline) });
      expect(everyShard).toContain(row.deadlineShard);
      expect(await indexed(database(), 'clientSessions')).toHaveLength(1);
    };
    const created = clientSession('s1');
    const { clientId } = created;
    await sessions.create(created);
    await expectDue(created.nextDeadlineAt);
    const copy = { tokenExpiresAt: t0 + 100_000, nextDeadlineAt: t0 + 280_000 };
    await sessions.copyToken(key, { connectionId: connectionId('c1'), ...copy });
    await expectDue(t0 + 280_000);
    await sessions.suspend(key, { clientId, clientEpoch: 1, resumeEndsAt });
    await expectDue(resumeEndsAt);
    await sessions.noteReceived(key, { byRobot: 5 });
    await expectDue(resumeEndsAt);
    const socket = socketCopy('c2');
    await sessions.moveTo(key, { clientId, clientEpoch: 2, socket, nextDeadlineAt: t0 + 290_001 });
    await expectDue(t0 + 290_001);
    await sessions.suspend(key, { clientId, clientEpoch: 1, resumeEndsAt });
    await expectDue(t0 + 290_001);
  });

  it('a session’s row keeps nothing of the place that its client has left', async () => {
    const { sessions } = stores();
    const common = [
      ...[
        'robotId',
        'place',
        'sessionId',
        'clientId',
        'clientEpoch',
        'mode',
        'receivedByRobot',
        'receivedByClient',
      ],
      ...['openedAt', 'nextDeadlineAt', 'deadlineShard', ttlAttribute],
    ];
    const expectAttributes = async (...more: string[]) =>
      expect(Object.keys(await onlyRowOf(database(), 'clientSessions')).sort()).toEqual(
        [...common, ...more].sort(),
      );
    const socketAttributes = ['connectionId', 'endpoint', 'tokenExpiresAt'];
    const { clientId } = clientSession('s1');
    await sessions.create(clientSession('s1'));
    await expectAttributes(...socketAttributes);
    await sessions.suspend(key, { clientId, clientEpoch: 1, resumeEndsAt });
    await expectAttributes('resumeEndsAt');
    const socket = socketCopy('c2');
    await sessions.moveTo(key, { clientId, clientEpoch: 2, socket, nextDeadlineAt: t0 });
    await expectAttributes(...socketAttributes);
  });

  it('a client expires a day after its token or its window, and its row is found under its own key', async () => {
    const { clients } = stores();
    const { enter, takeOver, add, detach, giveBack, removeSession } = clientIn(() => clients);
    const row = () => onlyRowOf(database(), 'directory');
    const place = { pk: 'client#k', sk: 'client', principalId: '3f1c-principal' };
    await clients.enter(entering('k', { tokenExpiresAt: t0 + 60_000 }));
    const keys = { keyHash: 'key-1', previousKeyHash: 'key-1' };
    const entered = { ...place, ...keys, epoch: 1, connectionId: 'c1', [ttlAttribute]: ttlOf(t0 + 60_000) };
    expect(await row()).toEqual(entered);
    await clients.enter(entering('k', { tokenExpiresAt: t0 + 100_000 }));
    expect(await row()).toEqual({ ...entered, [ttlAttribute]: ttlOf(t0 + 100_000) });

    await add('c1', 's1');
    await detach('c1');
    await removeSession('s1');
    const away = { ...place, ...keys, epoch: 1, detachedFrom: 'c1', resumeEndsAt };
    expect(await row()).toEqual({ ...away, [ttlAttribute]: ttlOf(resumeEndsAt) });

    const taken = await takeOver('c2', { tokenExpiresAt: t0 + 200_000 });
    expect(await row()).toEqual({
      ...place,
      epoch: 2,
      connectionId: 'c2',
      keyHash: 'key-2',
      previousKeyHash: 'key-1',
      arrivedFrom: '-',
      cameBack: true,
      [ttlAttribute]: ttlOf(t0 + 200_000),
    });
    if (taken === undefined) throw new Error('the takeover was expected to succeed');
    await giveBack({ epoch: 2, previous: taken.previous, from: connectionId('c2') });
    const ttl = expect.toSatisfy((value: number) => value >= ttlOf(resumeEndsAt));
    expect(await row()).toEqual({
      ...away,
      epoch: 3,
      cameBack: true,
      detachedFrom: 'c2',
      [ttlAttribute]: ttl,
    });

    await enter('c1');
    const again = await takeOver('c3');
    await takeOver('c4', { presentedHash: 'key-2', keyHash: 'key-4' });
    const { previous, epoch } = again ?? taken;
    await giveBack({ epoch, previous, from: connectionId('c3') });
    expect(await row()).toMatchObject({ epoch: 5, connectionId: 'c4' });
  });

  it('a client whose connection is given back is neither away nor detached', async () => {
    const { clients } = stores();
    const { enter, takeOver, detach, giveBack } = clientIn(() => clients);
    await enter('c1');
    const taken = await takeOver('c2');
    await detach('c2');
    await giveBack({ epoch: 2, previous: taken?.previous ?? { keyHashes: [] }, from: connectionId('c2') });
    expect(await onlyRowOf(database(), 'directory')).toEqual({
      pk: 'client#k',
      sk: 'client',
      cameBack: true,
      principalId: '3f1c-principal',
      epoch: 3,
      connectionId: 'c1',
      keyHash: 'key-1',
      previousKeyHash: 'key-1',
      [ttlAttribute]: expect.any(Number),
    });
  });

  it('no call makes a row of a client that is not there', async () => {
    const { clients } = stores();
    const { takeOver, detach, add, giveBack, removeSession, remove, removeIfIdle } = clientIn(() => clients);
    const previous = { connectionId: connectionId('c1'), keyHashes: ['key-1', 'key-1'] };
    await takeOver('c2');
    await giveBack({ epoch: 0, previous, from: connectionId('c2') });
    await giveBack({ epoch: 1, previous, from: connectionId('c2') });
    await detach('c1');
    await removeSession('s1');
    await add('c1', 's1');
    await remove('c1');
    await removeIfIdle();
    expect(await rowsOf(database(), 'directory')).toEqual([]);
  });

  it('a refused call leaves the row as it was', async () => {
    const { clients } = stores();
    const { enter, takeOver, detach, add, giveBack, remove, removeIfIdle } = clientIn(() => clients);
    await enter('c1');
    await add('c1', 's1');
    const untouched = async () => {
      const row = await onlyRowOf(database(), 'directory');
      const previous = { connectionId: connectionId('c9'), keyHashes: ['key-9', 'key-8'] };
      await enter('c2', 'key-9');
      await takeOver('c2', { presentedHash: 'key-9' });
      await takeOver('c2', { principalId: principal('another') });
      await giveBack({ epoch: 9, previous, from: connectionId('c2') });
      await add('c2', 's2');
      await detach('c2');
      await remove('c2');
      await removeIfIdle();
      expect(await onlyRowOf(database(), 'directory')).toEqual(row);
    };
    await untouched();
    await detach('c1');
    await takeOver('c2', { now: resumeEndsAt });
    await untouched();
  });

  it('a watcher is a row a topic, which expires a day after its token', async () => {
    const { watches } = stores();
    const one = watcher('LrP3Fc-lPHcCJ1g=', t0 + 60_000);
    const { connectionId: sk, ...rest } = one;
    await watches.watch(one, ['all', 'fleet#demo']);
    const rows = ['watch#all', 'watch#fleet#demo'].map((pk) => ({
      pk,
      sk,
      ...rest,
      [ttlAttribute]: ttlOf(t0 + 60_000),
    }));
    const found = await rowsOf(database(), 'directory');
    expect(found.sort((one, other) => String(one.pk).localeCompare(String(other.pk)))).toEqual(rows);
    await watches.unwatch(sk, ['all', 'fleet#demo']);
    expect(await rowsOf(database(), 'directory')).toEqual([]);
  });

  it('a row that expires has an end: no row of a client is without one', async () => {
    const { clients, sessions, watches } = stores();
    await clients.enter(entering('k'));
    await clients.detach(client('k'), { connectionId: connectionId('c1'), resumeEndsAt });
    await clients.enter(entering('k2'));
    await watches.watch(watcher('c1'), ['all']);
    await sessions.create(clientSession('s1', { robotId: robot('r') }));
    const rows = [
      ...(await rowsOf(database(), 'directory')),
      ...(await rowsOf(database(), 'clientSessions')),
    ];
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row[ttlAttribute]).toBeTypeOf('number');
  });
});
