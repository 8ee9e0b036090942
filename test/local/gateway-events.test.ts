import { describe, expect, test } from 'vitest';
import { asyncQueue } from './support/gateway-async-queue.ts';
import {
  connectKnown,
  connectTo,
  lambda,
  record,
  recorder,
  requestContextOf,
  startGateway,
} from './support/gateway-harness.ts';

const AWS_ID = /^[A-Za-z0-9_-]{15}=$/;
const REQUEST_TIME = /^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/;

function commonContext(domainName: string, extra: Record<string, unknown>) {
  return {
    extendedRequestId: expect.stringMatching(AWS_ID),
    requestTime: expect.stringMatching(REQUEST_TIME),
    messageDirection: 'IN',
    stage: 'local',
    connectedAt: expect.any(Number),
    requestTimeEpoch: expect.any(Number),
    identity: { sourceIp: '127.0.0.1' },
    requestId: expect.stringMatching(AWS_ID),
    domainName,
    connectionId: expect.stringMatching(AWS_ID),
    apiId: 'api123',
    ...extra,
  };
}

describe('event shapes', () => {
  test('CONNECT without a query', async () => {
    const connect = recorder();
    const gateway = await startGateway({ $connect: lambda(connect.invoke) }, { apiId: 'api123' });
    await connectTo(gateway);
    const event = await connect.events.next();
    const host = new URL(gateway.url).host;
    const headers = {
      Host: host,
      'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
      'Sec-WebSocket-Key': expect.any(String),
      'Sec-WebSocket-Version': '13',
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': new URL(gateway.url).port,
      'X-Forwarded-Proto': 'http',
    };
    expect(event).toEqual({
      headers,
      multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      requestContext: commonContext(host, { routeKey: '$connect', eventType: 'CONNECT' }),
      isBase64Encoded: false,
    });
    const context = requestContextOf(event);
    expect(context.requestId).toBe(context.extendedRequestId);
  });

  test('CONNECT with a query, repeated headers and a user agent', async () => {
    const connect = recorder();
    const gateway = await startGateway({ $connect: lambda(connect.invoke) });
    await connectTo(
      { ...gateway, url: `${gateway.url}?token=a%20b&v=1&v=2` },
      {
        options: {
          headers: { 'User-Agent': 'robot/1', 'x-forwarded-for': '192.0.2.1' },
          finishRequest(request) {
            request.setHeader('X-Twice', ['one', 'two']);
            request.end();
          },
        },
      },
    );
    const event = await connect.events.next();
    expect(event).toMatchObject({
      queryStringParameters: { token: 'a b', v: '2' },
      multiValueQueryStringParameters: { token: ['a b'], v: ['1', '2'] },
    });
    expect(record(event.headers)).toMatchObject({
      'User-Agent': 'robot/1',
      'X-Twice': 'two',
      'X-Forwarded-For': '192.0.2.1, 127.0.0.1',
    });
    expect(record(event.multiValueHeaders)).toMatchObject({ 'X-Twice': ['one', 'two'] });
    expect(Object.keys(record(event.headers)).map((name) => name.toLowerCase())).not.toContain('upgrade');
    expect(requestContextOf(event).identity).toEqual({ sourceIp: '127.0.0.1', userAgent: 'robot/1' });
  });

  test('MESSAGE has a messageId and a body, and neither headers nor query', async () => {
    const message = recorder();
    const gateway = await startGateway({ $default: lambda(message.invoke) }, { apiId: 'api123' });
    const client = await connectTo({ ...gateway, url: `${gateway.url}?token=x` });
    client.send('hi');
    expect(await message.events.next()).toEqual({
      requestContext: commonContext(new URL(gateway.url).host, {
        routeKey: '$default',
        messageId: expect.stringMatching(AWS_ID),
        eventType: 'MESSAGE',
      }),
      body: 'hi',
      isBase64Encoded: false,
    });
  });

  test('DISCONNECT has the four headers, the code and the reason', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) }, { apiId: 'api123' });
    const client = await connectTo(gateway);
    client.ws.close(4001, 'done');
    const host = new URL(gateway.url).host;
    expect(await disconnect.events.next()).toEqual({
      headers: { Host: host, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
      multiValueHeaders: { Host: [host], 'x-api-key': [''], 'X-Forwarded-For': [''], 'x-restapi': [''] },
      requestContext: commonContext(host, {
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        disconnectStatusCode: 4001,
        disconnectReason: 'done',
      }),
      isBase64Encoded: false,
    });
  });

  test('the events of one connection agree on its id and time, and differ in their request ids', async () => {
    const all = recorder();
    const gateway = await startGateway({
      $connect: lambda(all.invoke),
      $default: lambda(all.invoke),
      $disconnect: lambda(all.invoke),
    });
    const { client, connectionId } = await connectKnown(gateway);
    const connect = requestContextOf(await all.events.next());
    client.send('hi');
    const message = requestContextOf(await all.events.next());
    client.ws.close();
    const disconnect = requestContextOf(await all.events.next());
    for (const context of [connect, message, disconnect]) {
      expect(context).toMatchObject({ connectionId, connectedAt: connect.connectedAt });
    }
    expect(new Set([connect.requestId, message.requestId, disconnect.requestId]).size).toBe(3);
  });

  test('a handler that changes its event changes nobody else’s', async () => {
    const seen = asyncQueue<unknown>();
    const gateway = await startGateway({
      $default: lambda(async (event) => {
        const identity = record(requestContextOf(event).identity);
        seen.push(identity.sourceIp);
        Object.assign(Object(requestContextOf(event).identity), { sourceIp: 'changed' });
        return { statusCode: 200 };
      }),
    });
    const client = await connectTo(gateway);
    client.send('one');
    expect(await seen.next()).toBe('127.0.0.1');
    client.send('two');
    expect(await seen.next()).toBe('127.0.0.1');
  });
});

test('handlers get a Lambda context', async () => {
  const contexts = asyncQueue<Record<string, unknown>>();
  const gateway = await startGateway(
    {
      hello: lambda(async (_event, context) => {
        contexts.push(record(context));
        return { statusCode: 200 };
      }),
    },
    { region: 'eu-central-1', integrationTimeoutMs: 5_000 },
  );
  const client = await connectTo(gateway);
  client.send({ action: 'hello' });
  client.send({ action: 'hello' });
  const first = await contexts.next();
  const second = await contexts.next();
  expect(first).toMatchObject({ functionName: 'hello', functionVersion: '$LATEST' });
  expect(first.invokedFunctionArn).toContain(':eu-central-1:');
  expect(first.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.awsRequestId).not.toBe(first.awsRequestId);
  const remaining = first.getRemainingTimeInMillis;
  if (typeof remaining !== 'function') throw new TypeError('getRemainingTimeInMillis is missing');
  expect(remaining()).toBeLessThanOrEqual(5_000);
  expect(remaining()).toBeGreaterThanOrEqual(0);
});
