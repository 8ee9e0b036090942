import { describe, expect, test } from 'vitest';
import { asyncQueue } from './support/gateway-async-queue.ts';
import {
  connectKnown,
  connectTo,
  isEvent,
  lambda,
  pingRoute,
  record,
  recorder,
  requestContextOf,
  startGateway,
} from './support/gateway-harness.ts';

const AWS_ID = /^[A-Za-z0-9_-]{15}=$/;

describe('route selection by $request.body.action', () => {
  test('picks the route of the action', async () => {
    const hello = recorder();
    const fallback = recorder();
    const gateway = await startGateway({ hello: lambda(hello.invoke), $default: lambda(fallback.invoke) });
    const client = await connectTo(gateway);
    client.send({ action: 'hello', protocol: 1 });
    const event = await hello.events.next();
    expect(requestContextOf(event).routeKey).toBe('hello');
    expect(event.body).toBe('{"action":"hello","protocol":1}');
    expect(fallback.events.waiting()).toEqual([]);
  });

  test('stringifies the action', async () => {
    const seven = recorder();
    const gateway = await startGateway({ '7': lambda(seven.invoke), $default: lambda(recorder().invoke) });
    const client = await connectTo(gateway);
    client.send({ action: 7 });
    expect(requestContextOf(await seven.events.next()).routeKey).toBe('7');
  });

  test.each([
    ['text that is not JSON', 'hello'],
    ['an empty message', ''],
    ['a JSON string', '"hello"'],
    ['a JSON array', '["hello"]'],
    ['null', 'null'],
    ['no action', '{"type":"hello"}'],
    ['an unmatched action', '{"action":"nope"}'],
    ['an action of another case', '{"action":"Hello"}'],
    ['an action that is an object', '{"action":{"hello":1}}'],
    ['an action from the prototype', '{"__proto__":{"action":"hello"}}'],
    ['the action $default', '{"action":"$default"}'],
    ['the action $connect', '{"action":"$connect"}'],
    ['the action $disconnect', '{"action":"$disconnect"}'],
  ])('sends %s to $default', async (_case, text) => {
    const fallback = recorder();
    const others = recorder();
    const gateway = await startGateway({
      $disconnect: lambda(others.invoke),
      hello: lambda(others.invoke),
      $default: lambda(fallback.invoke),
    });
    const client = await connectTo(gateway);
    client.send(text);
    const event = await fallback.events.next();
    expect(requestContextOf(event)).toMatchObject({ routeKey: '$default', eventType: 'MESSAGE' });
    expect(event.body).toBe(text);
    expect(others.events.waiting()).toEqual([]);
  });

  test('never lets a frame reach $connect', async () => {
    const connect = recorder();
    const gateway = await startGateway({ $connect: lambda(connect.invoke), ping: pingRoute });
    const client = await connectTo(gateway);
    await connect.events.next();
    client.send({ action: '$connect' });
    expect(await client.nextJson()).toMatchObject({ message: 'Forbidden' });
    expect(connect.events.waiting()).toEqual([]);
  });

  test('answers Forbidden when nothing matches and there is no $default', async () => {
    const gateway = await startGateway({ ping: pingRoute });
    const { client, connectionId } = await connectKnown(gateway);
    client.send('nonsense');
    expect(await client.nextJson()).toEqual({
      message: 'Forbidden',
      connectionId,
      requestId: expect.stringMatching(AWS_ID),
    });
  });
});

describe('replies', () => {
  test('a body reaches the caller when the route has a route response', async () => {
    const gateway = await startGateway({
      echo: lambda(async (event) => ({ statusCode: 200, body: `echo ${String(record(event).body)}` }), true),
    });
    const client = await connectTo(gateway);
    client.send('{"action":"echo"}');
    expect(await client.messages.next()).toBe('echo {"action":"echo"}');
  });

  test('a body with an error status is sent like any other', async () => {
    const gateway = await startGateway({ fail: lambda(async () => ({ statusCode: 500, body: 'no' }), true) });
    const client = await connectTo(gateway);
    client.send({ action: 'fail' });
    expect(await client.messages.next()).toBe('no');
  });

  test('a base64 body is decoded', async () => {
    const body = Buffer.from('grüezi').toString('base64');
    const gateway = await startGateway({
      b64: lambda(async () => ({ statusCode: 200, body, isBase64Encoded: true }), true),
    });
    const client = await connectTo(gateway);
    client.send({ action: 'b64' });
    expect(await client.messages.next()).toBe('grüezi');
  });

  test.each([
    ['a body without a route response', { statusCode: 200, body: 'lost' }, false],
    ['an empty body', { statusCode: 200, body: '' }, true],
    ['no body', { statusCode: 200 }, true],
    ['a null body', { statusCode: 200, body: null }, true],
  ])('sends nothing for %s', async (_case, result, respondsToCaller) => {
    const returned = asyncQueue<string>();
    const gateway = await startGateway({
      quiet: lambda(async () => {
        returned.push('returned');
        return result;
      }, respondsToCaller),
      ping: pingRoute,
    });
    const client = await connectTo(gateway);
    client.send({ action: 'quiet' });
    await returned.next();
    client.send({ action: 'ping' });
    expect(await client.nextJson()).toEqual({ type: 'pong' });
  });

  test('a mock integration with a reply answers by itself', async () => {
    const gateway = await startGateway({ ping: pingRoute });
    const client = await connectTo(gateway);
    client.send({ action: 'ping' });
    expect(await client.messages.next()).toBe('{"type":"pong"}');
  });

  test('a mock integration without a reply, or without a route response, is silent', async () => {
    const gateway = await startGateway({
      keepAlive: { integration: { type: 'mock' }, respondsToCaller: true },
      oneWay: { integration: { type: 'mock', reply: 'lost' }, respondsToCaller: false },
      ping: pingRoute,
    });
    const client = await connectTo(gateway);
    client.send({ action: 'keepAlive' });
    client.send({ action: 'oneWay' });
    client.send({ action: 'ping' });
    expect(await client.nextJson()).toEqual({ type: 'pong' });
  });
});

describe('failing handlers', () => {
  test.each([
    ['throws', () => Promise.reject(new Error('secret detail'))],
    [
      'throws before its first await',
      () => {
        throw new Error('secret detail');
      },
    ],
    ['returns null', async () => null],
    [
      'returns what is no proxy response',
      async () => ({ ConnectionId: 'x', Data: 'Hello', statusCode: 200 }),
    ],
    ['returns what is no JSON', async () => ({ statusCode: 200, body: 1n })],
  ])('one that %s answers Internal server error, route response or not', async (_case, invoke) => {
    const gateway = await startGateway({ broken: lambda(invoke) });
    const { client, connectionId } = await connectKnown(gateway);
    client.send({ action: 'broken' });
    const text = await client.messages.next();
    expect(JSON.parse(text)).toEqual({
      message: 'Internal server error',
      connectionId,
      requestId: expect.stringMatching(AWS_ID),
    });
    expect(text).not.toContain('secret');
    expect(JSON.stringify(gateway.events.waiting())).not.toContain('secret');
  });

  test('one that runs too long answers Endpoint request timed out, and its late reply goes nowhere', async () => {
    const release = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<void>();
    const gateway = await startGateway(
      {
        slow: lambda(async () => {
          await release.promise;
          finished.resolve();
          return { statusCode: 200, body: 'late' };
        }, true),
        ping: pingRoute,
      },
      { integrationTimeoutMs: 30 },
    );
    const { client, connectionId } = await connectKnown(gateway);
    client.send({ action: 'slow' });
    expect(await client.nextJson()).toEqual({
      message: 'Endpoint request timed out',
      connectionId,
      requestId: expect.stringMatching(AWS_ID),
    });
    expect(await gateway.events.nextWhere(isEvent('integrationFailed'))).toMatchObject({
      failure: 'timedOut',
    });
    release.resolve();
    await finished.promise;
    client.send({ action: 'ping' });
    expect(await client.nextJson()).toEqual({ type: 'pong' });
  });
});

test('messages of one connection run concurrently, and replies can overtake', async () => {
  const first = Promise.withResolvers<void>();
  const gateway = await startGateway({
    wait: lambda(async () => {
      await first.promise;
      return { statusCode: 200, body: 'first' };
    }, true),
    go: lambda(async () => ({ statusCode: 200, body: 'second' }), true),
  });
  const client = await connectTo(gateway);
  client.send({ action: 'wait' });
  client.send({ action: 'go' });
  expect(await client.messages.next()).toBe('second');
  first.resolve();
  expect(await client.messages.next()).toBe('first');
});

test('an observer that throws does not disturb the gateway', async () => {
  const gateway = await startGateway(
    { ping: pingRoute },
    {
      onEvent: () => {
        throw new Error('observer');
      },
    },
  );
  const client = await connectTo(gateway);
  client.send({ action: 'ping' });
  expect(await client.nextJson()).toEqual({ type: 'pong' });
});

test('events carry no payload, token or query string', async () => {
  const gateway = await startGateway({ $default: lambda(recorder().invoke), ping: pingRoute });
  const client = await connectTo(
    { ...gateway, url: `${gateway.url}?token=query-secret` },
    { options: { headers: { Authorization: 'Bearer header-secret' } } },
  );
  client.send({ action: 'body-secret' });
  client.send({ action: 'ping' });
  await client.nextJson();
  client.ws.close(4000, 'reason-secret');
  await gateway.events.nextWhere(isEvent('message'));
  const closed = await gateway.events.nextWhere(isEvent('closed'));
  const all = JSON.stringify([...gateway.events.waiting(), closed]);
  expect(all).not.toContain('secret');
});
