import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DependencyUnavailable } from '../../functions/core/ports/dependency-unavailable.ts';
import { tableNames as names } from '../../functions/table-shapes.ts';
import { dynamoDbStores, onEveryDatabase } from './support/adapters.ts';
import { everyCall } from './support/every-call.ts';
import { answerWith, type FailingEndpoint, failingEndpoint, failures } from './support/failing-endpoint.ts';
import { client, connectionId, robot, session } from './support/samples.ts';

const tableNames = {
  connections: 'connections',
  robotSessions: 'robots',
  clientSessions: 'sessions',
  directory: 'directory',
};
const rover = robot('rover-1');
const key = { robotId: rover, sessionId: session('s1') };

let endpoint: FailingEndpoint | undefined;
afterEach(() => endpoint?.close());

async function storesOn(answer: Parameters<typeof failingEndpoint>[0]) {
  endpoint = await failingEndpoint(answer);
  return dynamoDbStores({ client: endpoint.client, tableNames });
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no failure',
    (failure: unknown) => failure,
  );
}

describe.each(failures)('DynamoDB answers with $failure ($code)', ({ answer, code }) => {
  it('every method of every store throws DependencyUnavailable, with the code and the cause (I10)', async () => {
    const stores = await storesOn(answer);
    const calls = everyCall.map(async ({ method, make }) => ({
      method,
      failure: await failureOf(make(stores)),
    }));
    for (const { method, failure } of await Promise.all(calls)) {
      expect(failure, method).toBeInstanceOf(DependencyUnavailable);
      expect(failure, method).toMatchObject({ code, cause: expect.any(Error) });
    }
  });
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

  it('an empty UnprocessedKeys is a whole answer', async () => {
    const stores = await storesOn(answerWith({ Responses: {}, UnprocessedKeys: {} }));
    expect(await stores.signalPath.read(key)).toEqual({ robot: undefined, session: undefined });
    expect(await stores.robots.getMany([rover])).toEqual([]);
  });
});

onEveryDatabase('A row that cannot be read', (database) => {
  it('is a database that cannot be read, and its content is not in the message (I9, I10)', async () => {
    const { client: dynamoDb } = database();
    const secret = 'not-to-be-told';
    const keys = {
      connections: { connectionId: { S: 'a' } },
      robotSessions: { robotId: { S: 'rover-1' } },
      clientSessions: { robotId: { S: 'rover-1' }, sessionId: { S: 's1' } },
      directory: { pk: { S: 'client#k' }, sk: { S: 'client' } },
    };
    const rubbish = { state: { S: secret }, groups: { S: secret }, sessions: { SS: [secret] } };
    for (const name of names) {
      const Item = { ...keys[name], ...rubbish };
      await dynamoDb.send(new PutItemCommand({ TableName: database().tableNames[name], Item }));
    }
    const { connections, robots, sessions, signalPath, clients } = dynamoDbStores(database());
    const reads = [
      () => connections.get(connectionId('a')),
      () => robots.get(rover),
      () => robots.getMany([rover]),
      () => sessions.get(key),
      () => sessions.listByRobot(rover),
      () => signalPath.read(key),
      () => clients.sessionsOf(client('k')),
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
