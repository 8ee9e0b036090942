import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DependencyUnavailable } from '../../functions/core/ports/dependency-unavailable.ts';
import { tableNames as names, type TableName } from '../../functions/table-shapes.ts';
import { dynamoDbStores, onEveryDatabase, type Stores } from './support/adapters.ts';
import { everyCall } from './support/every-call.ts';
import {
  answerWith,
  type FailingEndpoint,
  failingEndpoint,
  failures,
  failWith,
  type Way,
  ways,
} from './support/failing-endpoint.ts';
import {
  client,
  connectionId,
  principal,
  robot,
  robotConnection,
  session,
  t0,
  watcher,
} from './support/samples.ts';

const tableNames = {
  connections: 'connections',
  robotSessions: 'robots',
  clientSessions: 'sessions',
  directory: 'directory',
};
const rover = robot('rover-1');
const key = { robotId: rover, sessionId: session('s1') };
const user = principal('p');

let endpoint: FailingEndpoint | undefined;
afterEach(() => endpoint?.close());

async function storesOn(answer: Parameters<typeof failingEndpoint>[0], way: Way = 'signed') {
  endpoint = await failingEndpoint(answer);
  return dynamoDbStores({ client: endpoint[way], tableNames });
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no failure',
    (failure: unknown) => failure,
  );
}

describe.each(failures)('DynamoDB answers with $failure ($code)', ({ answer, code }) => {
  it.each(ways)(
    '%s: every method of every store throws DependencyUnavailable, with the code and the cause (I10)',
    async (way) => {
      const stores = await storesOn(answer, way);
      const calls = everyCall.map(async ({ method, make }) => ({
        method,
        failure: await failureOf(make(stores)),
      }));
      for (const { method, failure } of await Promise.all(calls)) {
        expect(failure, method).toBeInstanceOf(DependencyUnavailable);
        expect(failure, method).toMatchObject({ code, cause: expect.any(Error) });
      }
    },
  );
});

describe('DynamoDB answers half of a batch', () => {
  const unprocessed = { sessions: { Keys: [{ robotId: { S: 'rover-1' }, sessionId: { S: 's1' } }] } };

  it('SignalPath: one of two rows is no answer, and no «unknown session»', async () => {
    const stores = await storesOn(
      answerWith({ Responses: { robots: [], sessions: [] }, UnprocessedKeys: unprocessed }),
    );
    const failure = await failureOf(stores.signalPath.read(key));
    expect(failure).toBeInstanceOf(DependencyUnavailable);
    expect(failure).toMatchObject({ code: 'UnprocessedKeys' });
  });

  it('RobotSessionStore.getMany: some of many are no answer', async () => {
    const stores = await storesOn(
      answerWith({ Responses: { robots: [] }, UnprocessedKeys: { robots: unprocessed.sessions } }),
    );
    const failure = await failureOf(stores.robots.getMany([rover]));
    expect(failure).toMatchObject({ name: 'DependencyUnavailable', code: 'UnprocessedKeys' });
  });

  it.each(['all', 'signIn#origin-1'])(
    'RevocationStore: half of what was revoked is no answer, and no «nothing»: without %s (I10)',
    async (missing) => {
      const there = missing === 'all' ? 'signIn#origin-1' : 'all';
      const rowKey = (sk: string) => ({ pk: { S: 'revoked#p' }, sk: { S: sk } });
      const stores = await storesOn(
        answerWith({
          Responses: { directory: [{ ...rowKey(there), ttl: { N: '1' } }] },
          UnprocessedKeys: { directory: { Keys: [rowKey(missing)] } },
        }),
      );
      const failure = await failureOf(stores.revocations.of({ principalId: user, originJti: 'origin-1' }));
      expect(failure).toBeInstanceOf(DependencyUnavailable);
      expect(failure).toMatchObject({ code: 'UnprocessedKeys' });
    },
  );

  it('an empty UnprocessedKeys is a whole answer', async () => {
    const stores = await storesOn(answerWith({ Responses: {}, UnprocessedKeys: {} }));
    expect(await stores.revocations.of({ principalId: user, originJti: 'origin-1' })).toEqual({
      signInRevoked: false,
    });
    expect(await stores.signalPath.read(key)).toEqual({ robot: undefined, session: undefined });
    expect(await stores.robots.getMany([rover])).toEqual([]);
  });
});

describe('DynamoDB answers the first request, and fails at the second', () => {
  const fails = failWith(500, 'InternalServerError');
  const conditionFailed = failWith(400, 'ConditionalCheckFailedException');
  const revoked = { at: t0, keepUntil: t0 };
  const calls = [
    {
      call: 'a revocation that is written, but not for how long',
      first: answerWith({}),
      make: ({ revocations }: Stores) => revocations.revokeTokensUntil(user, revoked),
    },
    {
      call: 'a revocation that was there already',
      first: conditionFailed,
      make: ({ revocations }: Stores) => revocations.revokeSignInsUntil(user, revoked),
    },
    {
      call: 'what was announced to a connection that has changed since',
      first: conditionFailed,
      make: ({ connections }: Stores) =>
        connections.settle(robotConnection('a'), { settledUntil: t0, nextDeadlineAt: t0 }),
    },
    {
      call: 'a copy of a token for a session that is not this connection’s',
      first: conditionFailed,
      make: ({ sessions }: Stores) =>
        sessions.copyToken(key, { connectionId: connectionId('a'), tokenExpiresAt: t0, nextDeadlineAt: t0 }),
    },
    {
      call: 'control that another may hold',
      first: conditionFailed,
      make: ({ robots }: Stores) => robots.takeControl(rover, session('s1')),
    },
    {
      call: 'the second of two topics to watch',
      first: answerWith({}),
      make: ({ watches }: Stores) => watches.watch(watcher('a'), ['fleet#a', 'fleet#b']),
    },
    {
      call: 'the second of two topics to watch no more',
      first: answerWith({}),
      make: ({ watches }: Stores) => watches.unwatch(connectionId('a'), ['fleet#a', 'fleet#b']),
    },
    {
      call: 'the watchers of the second of two topics',
      first: answerWith({ Items: [] }),
      make: ({ watches }: Stores) => watches.watchersOf(['fleet#a', 'fleet#b']),
    },
  ];

  it.each(calls)('$call: is not done (I10)', async ({ first, make }) => {
    const answers = [first, fails];
    const stores = await storesOn((response, body) => answers.shift()?.(response, body));
    const failure = await failureOf(make(stores));
    expect(failure).toBeInstanceOf(DependencyUnavailable);
    expect(failure).toMatchObject({ code: 'InternalServerError' });
    expect(answers).toHaveLength(0);
  });
});

onEveryDatabase('A row that cannot be read', (database) => {
  it('is a database that cannot be read, and its content is not in the message (I9, I10)', async () => {
    const { client: dynamoDb } = database();
    const secret = 'not-to-be-told';
    const keys: Record<TableName, Record<string, { S: string }>[]> = {
      connections: [{ connectionId: { S: 'a' } }],
      robotSessions: [{ robotId: { S: 'rover-1' } }],
      clientSessions: [{ robotId: { S: 'rover-1' }, place: { S: 's1' } }],
      directory: [
        { pk: { S: 'client#k' }, sk: { S: 'client' } },
        { pk: { S: 'revoked#p' }, sk: { S: 'all' } },
        { pk: { S: 'watch#all' }, sk: { S: 'a' } },
      ],
    };
    const rubbish = {
      state: { S: secret },
      groups: { S: secret },
      sessions: { SS: [secret] },
      tokensUntil: { S: secret },
    };
    for (const name of names) {
      for (const rowKey of keys[name]) {
        const Item = { ...rowKey, ...rubbish };
        await dynamoDb.send(new PutItemCommand({ TableName: database().tableNames[name], Item }));
      }
    }
    const { connections, robots, sessions, signalPath, clients, revocations, watches } = dynamoDbStores(
      database(),
    );
    const reads = [
      () => connections.get(connectionId('a')),
      () => robots.get(rover),
      () => robots.getMany([rover]),
      () => sessions.get(key),
      () => sessions.listByRobot(rover),
      () => signalPath.read(key),
      () => clients.sessionsOf(client('k')),
      () => watches.watchersOf(['all']),
      () => revocations.of({ principalId: user, originJti: undefined }),
      () => connections.remove(connectionId('a')),
    ];
    for (const read of reads) {
      const failure = await failureOf(read());
      expect(failure).toBeInstanceOf(DependencyUnavailable);
      expect(failure).toMatchObject({ code: 'UnreadableRow' });
      expect(String(failure)).not.toContain(secret);
    }
  });
});
