import { GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { ttlAttribute } from '../../functions/table-shapes.ts';
import { clientId } from '../../protocol/ids.ts';
import { dynamoDbStores, onEveryDatabase } from './support/adapters.ts';
import { indexed, onlyRowOf, rowsOf, ttlOf } from './support/rows.ts';
import {
  clientConnection,
  connectionId,
  everyShard,
  placeOf,
  robot,
  robotConnection,
  session,
  socket,
  t0,
} from './support/samples.ts';

const a = connectionId('a');
const rover = robot('rover-1');
const retryAt = t0 + 70_000;
const lost = { connectionId: a, now: t0, resumeEndsAt: t0 + 9000, retryAt };
const holder = { clientId: clientId.parse('c'), userName: 'operator-1', sinceAt: t0 };
const claim = { socket: socket('a'), fleets: ['demo'], resume: true, now: t0 };

onEveryDatabase('Rows in DynamoDB', (database) => {
  it('connections expire a day after their deadline, whatever has moved it', async () => {
    const { connections } = dynamoDbStores(database());
    await connections.create(clientConnection('a'));
    const after = async (deadline: number) => {
      const row = await onlyRowOf(database(), 'connections');
      expect(row).toMatchObject({ nextDeadlineAt: deadline, [ttlAttribute]: ttlOf(deadline) });
      expect(everyShard).toContain(row.deadlineShard);
    };
    await after(t0 + 30_000);
    await connections.markReady(a, { client: placeOf('k'), nextDeadlineAt: t0 + 120_000 });
    await after(t0 + 120_000);
    await connections.unmarkReady(a, { nextDeadlineAt: t0 + 30_000 });
    await after(t0 + 30_000);
    expect(await onlyRowOf(database(), 'connections')).not.toHaveProperty('clientId');
    expect(await onlyRowOf(database(), 'connections')).not.toHaveProperty('clientEpoch');
    const token = { issuedAt: t0, expiresAt: t0 + 100_001, signedInAt: t0 };
    await connections.refresh(a, { token, groups: [], nextDeadlineAt: t0 + 160_001 });
    await after(t0 + 160_001);
    const seen = clientConnection('a', { token, refreshes: 1 });
    await connections.putOff(seen, { now: t0 + 160_001, until: t0 + 170_001 });
    await after(t0 + 170_001);
    await connections.settle(seen, { settledUntil: t0 + 160_001, nextDeadlineAt: t0 + 180_001 });
    await after(t0 + 180_001);
    const another = clientConnection('a');
    await connections.settle(another, { settledUntil: t0 + 160_002, nextDeadlineAt: t0 + 190_001 });
    await after(t0 + 180_001);
    await connections.beginClosing(seen, { now: t0 + 200_000, retryAt: t0 + 260_000, how: 'expired' });
    await after(t0 + 260_000);
    await connections.markClosing(a, { retryAt: t0 + 300_000, how: 'bye' });
    await after(t0 + 260_000);
    await connections.remove(a);
    await connections.create(clientConnection('a'));
    await connections.markClosing(a, { retryAt: t0 + 300_000, how: 'bye' });
    await after(t0 + 300_000);
  });

  it('connections can be found by their principal, through the index', async () => {
    const { client: dynamoDb, tableNames } = database();
    await dynamoDbStores(database()).connections.create(robotConnection('a'));
    const { Items } = await dynamoDb.send(
      new QueryCommand({
        TableName: tableNames.connections,
        IndexName: 'byPrincipal',
        KeyConditionExpression: 'principalId = :principal',
        ExpressionAttributeValues: { ':principal': { S: '3f1c-principal' } },
      }),
    );
    expect(Items?.map((item) => unmarshall(item))).toEqual([
      { connectionId: 'a', principalId: '3f1c-principal' },
    ]);
  });

  it('F4: a robot never expires, and is in the deadline index only while it is away or not settled', async () => {
    const { robots } = dynamoDbStores(database());
    const expectIndexed = async (count: number) => {
      const row = await onlyRowOf(database(), 'robotSessions');
      expect(row).not.toHaveProperty(ttlAttribute);
      expect('deadlineShard' in row && 'nextDeadlineAt' in row).toBe(count === 1);
      expect('deadlineShard' in row || 'nextDeadlineAt' in row).toBe(count === 1);
      expect(await indexed(database(), 'robotSessions')).toHaveLength(count);
    };
    await robots.claim(rover, claim);
    await expectIndexed(0);
    await robots.release(rover, lost);
    await expectIndexed(1);
    const away = await robots.get(rover);
    await robots.claim(rover, claim);
    await expectIndexed(0);
    await robots.giveBack(rover, { epoch: 2, previous: away, now: t0 });
    await expectIndexed(1);
    await robots.endResume(rover, { now: lost.resumeEndsAt, retryAt });
    await expectIndexed(1);
    await robots.endResume(rover, { now: retryAt, retryAt: retryAt + 60_000 });
    await expectIndexed(1);
    await robots.settle(rover);
    await expectIndexed(0);
    const settled = await robots.get(rover);
    await robots.claim(rover, claim);
    await robots.takeControl(rover, session('s1'));
    await robots.leave(rover, lost);
    await expectIndexed(1);
    await robots.claim(rover, claim);
    await expectIndexed(0);
    await robots.leave(rover, lost);
    await robots.giveBack(rover, { epoch: 5, previous: settled, now: t0 });
    await expectIndexed(0);
  });

  it('a robot’s row keeps nothing of the state it has left', async () => {
    const { robots } = dynamoDbStores(database());
    const common = [
      'claimedAt',
      'claimedBeforeAt',
      'controlHeld',
      'epoch',
      'fleets',
      'formerConnectionId',
      'formerEndpoint',
      'formerFleets',
      'formerState',
      'leaseEpoch',
      'resume',
      'robotId',
      'state',
    ];
    const expectAttributes = async (...more: string[]) =>
      expect(Object.keys(await onlyRowOf(database(), 'robotSessions')).sort()).toEqual(
        [...common, ...more].sort(),
      );
    const online = ['onlineSinceAt', 'connectionId', 'endpoint', 'tokenExpiresAt', 'connectedAt'];
    await robots.claim(rover, claim);
    await expectAttributes(...online);
    await robots.takeControl(rover, session('s1'));
    await expectAttributes(...online, 'controllerSessionId', 'controlUnconfirmed');
    await robots.confirmControl(rover, session('s1'));
    await expectAttributes(...online, 'controllerSessionId');
    await robots.passControl(rover, { from: session('s1'), to: session('s2') });
    await expectAttributes(...online, 'controllerSessionId', 'controlUnconfirmed');
    await robots.confirmControl(rover, session('s2'));
    const said = ['controlClientId', 'controlSinceAt', 'controlUserName', 'controlHolderEpoch'];
    await robots.passControl(rover, { from: session('s2'), to: session('s3'), holder });
    await expectAttributes(...online, 'controllerSessionId', 'controlUnconfirmed', ...said);
    await robots.passControl(rover, { from: session('s3'), to: session('s2') });
    await robots.confirmControl(rover, session('s2'));
    await expectAttributes(...online, 'controllerSessionId');
    await robots.release(rover, lost);
    await expectAttributes(
      'sinceAt',
      'resumeEndsAt',
      'nextDeadlineAt',
      'deadlineShard',
      'controllerSessionId',
    );
    await robots.claim(rover, claim);
    await expectAttributes(...online, 'controllerSessionId');
    await robots.leave(rover, lost);
    await expectAttributes('sinceAt', 'nextDeadlineAt', 'deadlineShard');
    await robots.settle(rover);
    await expectAttributes('sinceAt');
    await robots.claim(rover, claim);
    await robots.release(rover, lost);
    await robots.endResume(rover, { now: lost.resumeEndsAt, retryAt });
    await expectAttributes('sinceAt', 'nextDeadlineAt', 'deadlineShard');
    await robots.claim(rover, claim);
    await expectAttributes(...online);
  });

  it('who holds control is not taken from a row in which an older version has given it to another', async () => {
    const { client: dynamoDb, tableNames } = database();
    const { robots } = dynamoDbStores(database());
    await robots.claim(rover, claim);
    await robots.takeControl(rover, session('s1'), holder);
    expect((await robots.get(rover))?.controlHolder).toEqual(holder);
    await dynamoDb.send(
      new UpdateItemCommand({
        TableName: tableNames.robotSessions,
        Key: { robotId: { S: rover } },
        UpdateExpression: 'SET controllerSessionId = :s, leaseEpoch = leaseEpoch + :one',
        ExpressionAttributeValues: { ':s': { S: 's9' }, ':one': { N: '1' } },
      }),
    );
    const after = await robots.get(rover);
    expect(after).toMatchObject({ controllerSessionId: 's9' });
    expect(after).not.toHaveProperty('controlHolder');
  });

  it('the listing of a robot never expires', async () => {
    const { client: dynamoDb, tableNames } = database();
    await dynamoDbStores(database()).fleets.enlist(rover, { fleets: ['demo'], left: [] });
    for (const pk of ['fleet#demo', 'robots']) {
      const Key = { pk: { S: pk }, sk: { S: 'robot#rover-1' } };
      const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: tableNames.directory, Key }));
      expect(Item && unmarshall(Item)).toEqual({ pk, sk: 'robot#rover-1' });
    }
    expect(await rowsOf(database(), 'directory')).toHaveLength(2);
  });
});
