import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { type Database, dynamoDbStores, onEveryDatabase } from './support/adapters.ts';
import { everyCall } from './support/every-call.ts';
import { answerWith, type FailingEndpoint, failingEndpoint } from './support/failing-endpoint.ts';
import { connectionId, names, principal, robot, socket, t0, watcher } from './support/samples.ts';

/** What each method asks of which table, hence the permissions that it needs, and no more. */
const expected: Record<string, readonly string[]> = {
  'connections.create': ['PutItem connections'],
  'connections.get': ['GetItem connections'],
  'connections.markReady': ['UpdateItem connections'],
  'connections.unmarkReady': ['UpdateItem connections'],
  'connections.setWatching': ['UpdateItem connections'],
  'connections.refresh': ['GetItem connections', 'UpdateItem connections'],
  'connections.noteReturning': ['UpdateItem connections'],
  'connections.rest': ['UpdateItem connections'],
  'connections.putOff': ['UpdateItem connections'],
  'connections.settle': ['UpdateItem connections'],
  'connections.beginClosing': ['UpdateItem connections'],
  'connections.markClosing': ['UpdateItem connections'],
  'connections.remove': ['DeleteItem connections'],
  'connections.listByPrincipal': ['Query connections/byPrincipal'],
  'connections.due': ['Query connections/byDeadline'],
  'robots.get': ['GetItem robotSessions'],
  'robots.getMany': ['BatchGetItem robotSessions'],
  'robots.claim': ['UpdateItem robotSessions'],
  'robots.arrivalOf': ['GetItem robotSessions'],
  'robots.noteArrivalTold': ['UpdateItem robotSessions'],
  'robots.giveBack': ['UpdateItem robotSessions'],
  'robots.release': ['UpdateItem robotSessions'],
  'robots.leave': ['UpdateItem robotSessions'],
  'robots.endResume': ['UpdateItem robotSessions'],
  'robots.settle': ['UpdateItem robotSessions'],
  'robots.copyToken': ['GetItem robotSessions', 'UpdateItem robotSessions'],
  'robots.takeControl': ['GetItem robotSessions', 'UpdateItem robotSessions'],
  'robots.passControl': ['UpdateItem robotSessions'],
  'robots.confirmControl': ['UpdateItem robotSessions'],
  'robots.freeUnconfirmed': ['UpdateItem robotSessions'],
  'robots.dropControl': ['UpdateItem robotSessions'],
  'robots.due': ['Query robotSessions/byDeadline'],
  'sessions.create': ['GetItem clientSessions', 'PutItem clientSessions'],
  'sessions.get': ['GetItem clientSessions'],
  'sessions.listByRobot': ['Query clientSessions'],
  'sessions.remove': ['DeleteItem clientSessions'],
  'sessions.removeIfDue': ['DeleteItem clientSessions'],
  'sessions.removeUnadopted': ['DeleteItem clientSessions'],
  'sessions.copyToken': ['GetItem clientSessions', 'UpdateItem clientSessions'],
  'sessions.suspend': ['UpdateItem clientSessions'],
  'sessions.moveTo': ['UpdateItem clientSessions'],
  'sessions.noteReceived': ['UpdateItem clientSessions'],
  'sessions.due': ['Query clientSessions/byDeadline'],
  'signalPath.read': ['BatchGetItem clientSessions', 'BatchGetItem robotSessions'],
  'clients.enter': ['UpdateItem directory'],
  'clients.rejoin': ['GetItem directory', 'UpdateItem directory'],
  'clients.settle': ['UpdateItem directory'],
  'clients.takeOver': ['UpdateItem directory'],
  'clients.giveBack': ['UpdateItem directory'],
  'clients.sessionsOf': ['GetItem directory'],
  'clients.addSession': ['UpdateItem directory'],
  'clients.removeSession': ['UpdateItem directory'],
  'clients.detach': ['UpdateItem directory'],
  'clients.remove': ['DeleteItem directory'],
  'clients.removeIfIdle': ['DeleteItem directory'],
  'fleets.enlist': ['DeleteItem directory', 'PutItem directory'],
  'fleets.list': ['Query directory'],
  'watches.watch': ['PutItem directory'],
  'watches.unwatch': ['DeleteItem directory'],
  'watches.watchersOf': ['Query directory'],
  'revocations.of': ['BatchGetItem directory'],
  'revocations.revokeSignInsUntil': ['UpdateItem directory'],
  'revocations.revokeTokensUntil': ['UpdateItem directory'],
  'revocations.revokeSignIn': ['UpdateItem directory'],
};

/** Reads on which nothing is decided: what they miss this moment, the next one shows. */
const lagging = ['fleets.list', 'watches.watchersOf'];

const batched = z.object({ ConsistentRead: z.boolean().optional() });
const requestInput = z.object({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
  RequestItems: z.record(z.string(), batched).optional(),
});

type Request = { readonly on: string; readonly isConsistentRead: boolean };

/** The requests that the SDK is asked for, by action and logical table. */
async function requestsOf(database: Database, call: () => Promise<unknown>): Promise<Request[]> {
  const requests: Request[] = [];
  const logical = new Map(Object.entries(database.tableNames).map(([name, table]) => [table, name]));
  database.client.middlewareStack.add(
    (next, context) => (args) => {
      const action = context.commandName?.replace('Command', '');
      const input = requestInput.parse(args.input);
      const tables = input.RequestItems ?? { [input.TableName ?? '']: input };
      for (const [table, { ConsistentRead }] of Object.entries(tables)) {
        const index = input.IndexName === undefined ? '' : `/${input.IndexName}`;
        const on = `${action} ${logical.get(table)}${index}`;
        requests.push({ on, isConsistentRead: ConsistentRead === true });
      }
      return next(args);
    },
    { step: 'initialize', name: 'record' },
  );
  try {
    await call();
  } finally {
    database.client.middlewareStack.remove('record');
  }
  return requests;
}

onEveryDatabase('Requests to DynamoDB', (database) => {
  it('are those of the list: no Scan, no transaction, and every decision on a consistent read', async () => {
    const found: Record<string, string[]> = {};
    // On nothing, repeated, and on what the first round has left: so that both ends of each condition are met.
    for (const _round of [1, 2]) {
      for (const { method, make } of everyCall.flatMap((call) => [call, call])) {
        const requests = await requestsOf(database(), () => make(dynamoDbStores(database())));
        found[method] = [...new Set([...(found[method] ?? []), ...requests.map(({ on }) => on)])].sort();
        for (const { on, isConsistentRead } of requests) {
          const isOfAnIndex = /\/by(Deadline|Principal)$/.test(on);
          const mayLag = isOfAnIndex || lagging.includes(method);
          const isRead = /^(Get|BatchGet|Query)/.test(on);
          expect(isConsistentRead, `${method}: ${on}`).toBe(isRead && !mayLag);
        }
      }
    }
    expect(found).toEqual(expected);
  });

  it('a change of who is where, or of who has control, is one request, whether anything comes of it or not', async () => {
    const single = [
      'connections.setWatching',
      'robots.passControl',
      'robots.dropControl',
      'sessions.suspend',
      'sessions.moveTo',
      'sessions.noteReceived',
      'clients.enter',
      'clients.takeOver',
      'clients.giveBack',
      'clients.detach',
      'clients.removeIfIdle',
    ];
    const counts = new Map<string, Set<number>>();
    for (const { method, make } of [...everyCall, ...everyCall].flatMap((call) => [call, call])) {
      const requests = await requestsOf(database(), () => make(dynamoDbStores(database())));
      counts.set(method, new Set([...(counts.get(method) ?? []), requests.length]));
    }
    for (const method of single) expect(counts.get(method), method).toEqual(new Set([1]));
  });

  it.each([[['a']], [['a', 'b']]])(
    'a claim instead of %j is one request, and one more if it was lost or is repeated',
    async (listed) => {
      const { robots } = dynamoDbStores(database());
      const update = { on: 'UpdateItem robotSessions', isConsistentRead: false };
      for (const name of ['a', 'a', 'b', 'c']) {
        let isFirst = false;
        const requests = await requestsOf(database(), async () => {
          const claim = await robots.claim(robot('rover-1'), {
            socket: socket(name),
            fleets: [],
            now: t0,
            insteadOf: listed.map(connectionId),
          });
          isFirst = claim.won && !claim.repeated;
        });
        expect(requests).toEqual(isFirst ? [update] : [update, update]);
      }
    },
  );

  it('watching costs a request a topic, and telling a query a topic, however many watch', async () => {
    const { watches } = dynamoDbStores(database());
    const topics = ['all', 'fleet#a', 'robot#r'];
    const countOf = async (call: () => Promise<unknown>) =>
      (await requestsOf(database(), call)).map(({ on }) => on);
    const each = (action: string) => topics.map(() => `${action} directory`);
    for (const name of names('w', 20)) {
      expect(await countOf(() => watches.watch(watcher(name), topics))).toEqual(each('PutItem'));
    }
    expect(await countOf(() => watches.watchersOf(topics))).toEqual(each('Query'));
    expect(await countOf(() => watches.unwatch(connectionId('w-000'), topics))).toEqual(each('DeleteItem'));
    expect(await countOf(() => watches.watchersOf([]))).toEqual([]);
  });

  it.each(['origin-1', undefined])(
    'what was revoked is one consistent read, of sign-in %s',
    async (originJti) => {
      const { revocations } = dynamoDbStores(database());
      const principalId = principal('p');
      const read = () => requestsOf(database(), () => revocations.of({ principalId, originJti }));
      const one = [{ on: 'BatchGetItem directory', isConsistentRead: true }];
      expect(await read()).toEqual(one);
      await revocations.revokeSignIn({ principalId, originJti: 'origin-1' }, { keepUntil: t0 });
      await revocations.revokeTokensUntil(principalId, { at: t0, keepUntil: t0 });
      expect(await read()).toEqual(one);
    },
  );
});

const pageRequest = z.object({
  Limit: z.number().optional(),
  ExclusiveStartKey: z.object({ sk: z.object({ S: z.string() }) }).optional(),
});

const tableNames = { connections: 'c', robotSessions: 'r', clientSessions: 's', directory: 'd' };

let endpoint: FailingEndpoint | undefined;
afterEach(() => endpoint?.close());

it('an answer in pages is read to its end, or to the limit', async () => {
  const row = (id: string) => ({ pk: { S: 'robots' }, sk: { S: `robot#${id}` } });
  const pages = [
    answerWith({ Items: [row('1')], LastEvaluatedKey: row('1') }),
    answerWith({ Items: [], LastEvaluatedKey: row('2') }),
    answerWith({ Items: [row('3'), row('4')] }),
  ];
  const asked: unknown[] = [];
  endpoint = await failingEndpoint((response, body) => {
    const { Limit, ExclusiveStartKey } = pageRequest.parse(JSON.parse(body));
    pages[asked.length % pages.length]?.(response, body);
    asked.push({ Limit, after: ExclusiveStartKey?.sk.S });
  });
  const { fleets } = dynamoDbStores({ client: endpoint.client, tableNames });

  expect(await fleets.list({ fleet: undefined, after: undefined, limit: 10 })).toEqual(['1', '3', '4']);
  expect(asked.splice(0)).toEqual([
    { Limit: 10, after: undefined },
    { Limit: 9, after: 'robot#1' },
    { Limit: 9, after: 'robot#2' },
  ]);
  expect(await fleets.list({ fleet: undefined, after: undefined, limit: 1 })).toEqual(['1']);
  expect(asked).toHaveLength(1);
});

it('the connections of a user are listed to the last page', async () => {
  const row = (id: string) => ({ principalId: { S: 'p' }, connectionId: { S: id } });
  const pages = [
    answerWith({ Items: [row('1')], LastEvaluatedKey: row('1') }),
    answerWith({ Items: [], LastEvaluatedKey: row('2') }),
    answerWith({ Items: [row('3')] }),
  ];
  endpoint = await failingEndpoint((response, body) => pages.shift()?.(response, body));
  const { connections } = dynamoDbStores({ client: endpoint.client, tableNames });

  expect(await connections.listByPrincipal(principal('p'))).toEqual(['1', '3']);
  expect(pages).toHaveLength(0);
});

it('who watches a topic is read to the last page', async () => {
  const row = (id: string) => ({
    pk: { S: 'watch#all' },
    sk: { S: id },
    endpoint: { S: 'https://e' },
    tokenExpiresAt: { N: '1' },
    groups: { L: [{ S: 'viewers' }] },
  });
  const pages = [
    answerWith({ Items: [row('1')], LastEvaluatedKey: row('1') }),
    answerWith({ Items: [], LastEvaluatedKey: row('2') }),
    answerWith({ Items: [row('3')] }),
  ];
  endpoint = await failingEndpoint((response, body) => pages.shift()?.(response, body));
  const { watches } = dynamoDbStores({ client: endpoint.client, tableNames });

  const watchers = await watches.watchersOf(['all']);
  expect(watchers.map((watcher) => watcher.connectionId)).toEqual(['1', '3']);
  expect(pages).toHaveLength(0);
});
