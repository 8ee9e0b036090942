import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import type { StoreClient } from '../../functions/adapters/dynamodb/store-client.ts';
import {
  type Answer,
  answering,
  type LoopbackServer,
  loopbackServer,
} from '../unit/adapters/support/loopback-server.ts';
import { signedClient } from './support/signed-client.ts';

const requestMs = 400;
let server: LoopbackServer | undefined;
afterEach(() => server?.close());

/** With the limits that the functions have; the times are shorter. */
const makers: Record<'sdk' | 'signed', (endpoint: string) => StoreClient> = {
  sdk: (endpoint) =>
    new DynamoDB({
      endpoint,
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
    }),
  signed: (endpoint) => signedClient(endpoint, { timeouts: { connectMs: 1_000, requestMs, totalMs: 5_000 } }),
};

/** How often it was asked, and what came of it in the end. */
async function told(way: keyof typeof makers, answers: readonly Answer[]) {
  let asked = 0;
  server = await loopbackServer(() => (response, request) => {
    const answer = answers[asked] ?? answers.at(-1);
    asked += 1;
    answer?.(response, request);
  });
  const client = makers[way](server.url);
  const outcome = await client.getItem({ TableName: 't', Key: { id: { S: 'a' } } }).then(
    ({ Item }) => ({ Item }),
    (failure: unknown) => ({ failure: failure instanceof Error ? failure.name : 'not an error' }),
  );
  await server.close();
  return { asked, ...outcome };
}

const type = (name: string) => `{"__type":"com.amazonaws.dynamodb.v20120810#${name}","message":"made"}`;
const named = (status: number, name: string) => answering(status, {}, type(name));
const page = (status: number) => answering(status, { 'content-type': 'text/html' }, '<html>');
const found = answering(
  200,
  {},
  '{"Item":{"id":{"S":"a"},"n":{"N":"1"},"s":{"SS":["x","y"]},"b":{"BOOL":true}}}',
);

describe('signed requests fail and are repeated as those of the SDK', () => {
  it.each([
    ...[
      'ProvisionedThroughputExceededException',
      'ThrottlingException',
      'RequestLimitExceeded',
      'LimitExceededException',
    ].map((name) => [400, name] as const),
    ...[
      'ValidationException',
      'AccessDeniedException',
      'ResourceNotFoundException',
      'ConditionalCheckFailedException',
      'ExpiredTokenException',
      'UnrecognizedClientException',
      'TransactionConflictException',
    ].map((name) => [400, name] as const),
    ...([500, 503] as const).map((status) => [status, 'InternalServerError'] as const),
    [503, 'ServiceUnavailable'] as const,
    [429, 'TooManyRequests'] as const,
  ])('%i %s', async (status, name) => {
    const sdk = await told('sdk', [named(status, name)]);
    expect(await told('signed', [named(status, name)])).toEqual(sdk);
    expect(sdk).toMatchObject({ failure: name });
  });

  it.each([403, 404, 429, 500, 501, 502, 503, 504])('a page with %i', async (status) => {
    const { asked } = await told('sdk', [page(status)]);
    expect(await told('signed', [page(status)])).toEqual({ asked, failure: `Http${status}` });
  });

  it.each<[string, Answer]>([
    ['a reset', (response) => response.destroy()],
    ['silence', () => undefined],
  ])('%s', async (_what, answer) => {
    const sdk = await told('sdk', [answer]);
    expect(await told('signed', [answer])).toEqual(sdk);
    expect(sdk).toEqual({ asked: 2, failure: 'TimeoutError' });
  });

  it.each<[string, Answer]>([
    ['throttled', named(400, 'ThrottlingException')],
    ['broken', page(502)],
    ['reset', (response) => response.destroy()],
    ['silent', () => undefined],
  ])('and succeed with the second attempt when the first was %s', async (_what, first) => {
    const sdk = await told('sdk', [first, found]);
    expect(await told('signed', [first, found])).toEqual(sdk);
    expect(sdk).toMatchObject({ asked: 2, Item: { n: { N: '1' }, s: { SS: ['x', 'y'] } } });
  });
});

describe('signed requests take no answer that is not one', () => {
  it.each([
    ['a page', '<html>'],
    ['half of one', '{"Item":{"id":{"S":"a"'],
    ['a list', '[]'],
    ['a row that is none', '{"Item":"a"}'],
    ['a value without a type', '{"Item":{"id":"a"}}'],
    ['a value of two types', '{"Item":{"id":{"S":"a","N":"1"}}}'],
    ['a value of a type that nobody knows', '{"Item":{"id":{"X":"a"}}}'],
    ['a number that is one', '{"Item":{"id":{"N":1}}}'],
    ['a set of numbers', '{"Item":{"id":{"SS":[1]}}}'],
    ['bytes, which no row of ours has', '{"Item":{"id":{"B":"AAAA"}}}'],
    ['a list with one of them in it', '{"Item":{"id":{"L":[{"M":{"x":{"S":7}}}]}}}'],
  ])('%s', async (_what, body) => {
    expect(await told('signed', [answering(200, {}, body)])).toEqual({
      asked: 1,
      failure: 'UnreadableAnswer',
    });
  });

  it('but every value that a row of ours can have', async () => {
    const Item = {
      l: { L: [{ S: '' }, { M: { n: { NULL: true } } }] },
      ns: { NS: ['1', '2'] },
      b: { BOOL: false },
    };
    expect(await told('signed', [answering(200, {}, JSON.stringify({ Item }))])).toEqual({ asked: 1, Item });
  });
});
