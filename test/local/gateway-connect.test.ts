import { GoneException, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, test } from 'vitest';
import { GatewayStartError, startLocalGateway } from '../../local/gateway/gateway.ts';
import { connectClient, refusedClient } from './support/gateway-client.ts';
import {
  connectKnown,
  connectTo,
  isEvent,
  lambda,
  managementClient,
  ok,
  pingRoute,
  recorder,
  requestContextOf,
  startGateway,
} from './support/gateway-harness.ts';

const AWS_ID = /^[A-Za-z0-9_-]{15}=$/;

describe('$connect', () => {
  test.each([200, 204])('accepts the handshake on %i', async (statusCode) => {
    const gateway = await startGateway({ $connect: lambda(async () => ({ statusCode })), ping: pingRoute });
    const client = await connectTo(gateway);
    client.send({ action: 'ping' });
    expect(await client.nextJson()).toEqual({ type: 'pong' });
  });

  test('accepts the handshake when there is no $connect route', async () => {
    const gateway = await startGateway({ ping: pingRoute });
    const client = await connectTo(gateway);
    client.send({ action: 'ping' });
    expect(await client.nextJson()).toEqual({ type: 'pong' });
  });

  test.each([400, 401, 403, 404, 500, 503])(
    'passes status %i through as that of the handshake',
    async (statusCode) => {
      const gateway = await startGateway({
        $connect: lambda(async () => ({ statusCode, body: '{"code":"no"}' })),
      });
      expect(await refusedClient(gateway.url)).toMatchObject({ status: statusCode, body: '{"code":"no"}' });
      expect(gateway.connections()).toEqual([]);
    },
  );

  test('refuses without a body when the handler gives none', async () => {
    const gateway = await startGateway({ $connect: lambda(async () => ({ statusCode: 401 })) });
    expect(await refusedClient(gateway.url)).toMatchObject({ status: 401, body: '' });
  });

  test('answers 502 when the handler throws, and keeps the message of the error to itself', async () => {
    const gateway = await startGateway({
      $connect: lambda(async () => {
        throw new TypeError('secret detail');
      }),
    });
    const refusal = await refusedClient(gateway.url);
    expect(refusal.status).toBe(502);
    expect(JSON.parse(refusal.body)).toEqual({
      message: 'Internal server error',
      connectionId: expect.stringMatching(AWS_ID),
      requestId: expect.stringMatching(AWS_ID),
    });
    const failed = await gateway.events.nextWhere(isEvent('integrationFailed'));
    expect(failed).toMatchObject({ routeKey: '$connect', failure: 'threw', errorName: 'TypeError' });
    expect(failed.thrownAt).toContain('gateway-connect.test.ts');
    expect(JSON.stringify(failed)).not.toContain('secret detail');
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'OK'],
    ['no status code', {}],
    ['a status code that is text', { statusCode: '200' }],
    ['a status code that is none', { statusCode: 101 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['an unknown field', { statusCode: 200, Data: 'x' }],
    ['a header with a line break', { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'a\r\nX: y' } }],
  ])('answers 502 when the handler returns %s', async (_case, result) => {
    const gateway = await startGateway({ $connect: lambda(async () => result) });
    expect((await refusedClient(gateway.url)).status).toBe(502);
    expect(await gateway.events.nextWhere(isEvent('integrationFailed'))).toMatchObject({
      failure: 'malformed',
    });
  });

  test('answers 504 when the handler does not return in time', async () => {
    const gateway = await startGateway(
      { $connect: lambda(() => new Promise(() => {})) },
      { integrationTimeoutMs: 30 },
    );
    expect((await refusedClient(gateway.url)).status).toBe(504);
  });

  test.each(['/other', '/', '/local/deeper', '/localx'])('answers 403 to the path %s', async (path) => {
    const connect = recorder();
    const gateway = await startGateway({ $connect: lambda(connect.invoke) });
    const refusal = await refusedClient(gateway.url.replace('/local', path));
    expect(refusal).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
      errorType: 'ForbiddenException',
    });
    expect(connect.events.waiting()).toEqual([]);
  });

  test('answers 400 to an upgrade that is no WebSocket handshake, before $connect', async () => {
    const connect = recorder();
    const gateway = await startGateway({ $connect: lambda(connect.invoke) });
    const refusal = await refusedClient(gateway.url, { options: { protocolVersion: 8 } });
    expect(refusal.status).toBe(400);
    expect(connect.events.waiting()).toEqual([]);
  });

  test('does not invoke $disconnect for a refused handshake', async () => {
    const disconnect = recorder();
    let refuse = true;
    const gateway = await startGateway({
      $connect: lambda(async () => ({ statusCode: refuse ? 401 : 200 })),
      $disconnect: lambda(disconnect.invoke),
    });
    await refusedClient(gateway.url);
    refuse = false;
    const { client, connectionId } = await connectKnown(gateway);
    client.ws.close();
    expect(requestContextOf(await disconnect.events.next()).connectionId).toBe(connectionId);
    expect(disconnect.events.waiting()).toEqual([]);
  });

  test('invokes $disconnect when the client leaves while $connect runs', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const disconnect = recorder();
    const gateway = await startGateway({
      $connect: lambda(async () => {
        started.resolve();
        await release.promise;
        return { statusCode: 200 };
      }),
      $disconnect: lambda(disconnect.invoke),
    });
    const attempt = connectClient(gateway.url, { options: { handshakeTimeout: 100 } });
    const abandoned = expect(attempt).rejects.toThrow('Opening handshake has timed out');
    await started.promise;
    await abandoned;
    release.resolve();
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({ disconnectStatusCode: 1006 });
    expect(gateway.connections()).toEqual([]);
  });

  test('invokes $disconnect when the handshake fails after $connect', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $connect: lambda(ok), $disconnect: lambda(disconnect.invoke) });
    const options = { headers: { 'Sec-WebSocket-Protocol': 'malformed,,list' } };
    expect((await refusedClient(gateway.url, { options })).status).toBe(400);
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({ disconnectStatusCode: 1006 });
    expect(gateway.connections()).toEqual([]);
  });
});

describe('subprotocol', () => {
  test.each(['Sec-WebSocket-Protocol', 'sec-websocket-protocol', 'SEC-WEBSOCKET-PROTOCOL'])(
    'is what $connect returns as %s',
    async (header) => {
      const gateway = await startGateway({
        $connect: lambda(async () => ({ statusCode: 200, headers: { [header]: 'heliograph.v1' } })),
      });
      const client = await connectTo(gateway, { protocols: ['bearer.token', 'heliograph.v1'] });
      expect(client.ws.protocol).toBe('heliograph.v1');
    },
  );

  test('is not chosen by the gateway when $connect returns none', async () => {
    const gateway = await startGateway({ $connect: lambda(ok) });
    await expect(connectTo(gateway, { protocols: ['heliograph.v1'] })).rejects.toThrow(
      'Server sent no subprotocol',
    );
  });

  test('is not checked against the offer', async () => {
    const gateway = await startGateway({
      $connect: lambda(async () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'other' } })),
    });
    await expect(connectTo(gateway, { protocols: ['heliograph.v1'] })).rejects.toThrow(
      'Server sent an invalid subprotocol',
    );
  });
});

describe('connection ids', () => {
  test('look like those of AWS and differ', async () => {
    const gateway = await startGateway({});
    const ids = new Set<string>();
    for (let count = 0; count < 20; count += 1) ids.add((await connectKnown(gateway)).connectionId);
    expect(ids.size).toBe(20);
    for (const id of ids) expect(id).toMatch(AWS_ID);
  });

  test('cannot be posted to before $connect has returned', async () => {
    const outcomes: unknown[] = [];
    const gateway = await startGateway({
      $connect: lambda(async (event) => {
        const ConnectionId = String(requestContextOf(event).connectionId);
        await managementClient(gateway)
          .send(new PostToConnectionCommand({ ConnectionId, Data: 'too early' }))
          .catch((error: unknown) => outcomes.push(error));
        return { statusCode: 200 };
      }),
    });
    const { client, connectionId } = await connectKnown(gateway);
    expect(outcomes).toEqual([expect.any(GoneException)]);
    await managementClient(gateway).send(
      new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'now' }),
    );
    expect(await client.messages.next()).toBe('now');
  });
});

describe('start', () => {
  test('names the port that is taken, what to do, and keeps the cause', async () => {
    const gateway = await startGateway({});
    const port = Number(new URL(gateway.url).port);
    const second = startLocalGateway({ port, stage: 'local', routes: new Map() });
    const error = await second.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GatewayStartError);
    expect(error).toMatchObject({
      code: 'EADDRINUSE',
      cause: { code: 'EADDRINUSE' },
      message: expect.stringMatching(new RegExp(`port ${port} .*choose another port`)),
    });
  });

  test('listens on loopback unless told otherwise', async () => {
    const gateway = await startGateway({});
    expect(gateway.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/local$/);
    expect(gateway.managementEndpoint).toBe(gateway.url.replace('ws:', 'http:'));
  });
});
