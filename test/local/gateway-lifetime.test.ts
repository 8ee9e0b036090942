import { GoneException, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { refusedClient } from './support/gateway-client.ts';
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

describe('time', () => {
  test('an idle connection closes 1001, Going away', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) }, { idleTimeoutMs: 50 });
    const client = await connectTo(gateway);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({
      disconnectStatusCode: 1001,
      disconnectReason: 'Going away',
    });
  });

  test('ping frames do not keep a connection from being idle', async () => {
    const gateway = await startGateway({}, { idleTimeoutMs: 150 });
    const client = await connectTo(gateway);
    const pings = setInterval(() => client.ws.ping(), 20);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    clearInterval(pings);
  });

  // A machine that stalls for most of the idle time would end the connection before the activity.
  test.each(['message', 'post'])('a %s starts the idle time anew', { retry: 2 }, async (kind) => {
    const idleTimeoutMs = 1_000;
    const received = recorder();
    const gateway = await startGateway({ $default: lambda(received.invoke) }, { idleTimeoutMs });
    const { client, connectionId } = await connectKnown(gateway);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const activeAt = performance.now();
    if (kind === 'message') client.send('hi');
    else
      await managementClient(gateway).send(
        new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'x' }),
      );
    await client.closed;
    // A lower bound only: a slow machine makes it later, never earlier.
    expect(performance.now() - activeAt).toBeGreaterThan(idleTimeoutMs - 50);
  });

  test('the maximum age closes 1001 even a busy connection', async () => {
    const gateway = await startGateway({ $default: lambda(ok) }, { maxConnectionAgeMs: 150 });
    const client = await connectTo(gateway);
    const messages = setInterval(() => client.send('busy'), 20);
    client.ws.on('error', () => {});
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    clearInterval(messages);
  });
});

describe('$disconnect', () => {
  test.each([
    ['without a code', (ws: WebSocket) => ws.close(), 1005, 'Client-side close frame status not set'],
    ['with a code', (ws: WebSocket) => ws.close(1000), 1000, ''],
    ['with a code and a reason', (ws: WebSocket) => ws.close(4002, 'bye'), 4002, 'bye'],
  ])('tells how the client closed: %s', async (_case, close, code, reason) => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const client = await connectTo(gateway);
    close(client.ws);
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({
      disconnectStatusCode: code,
      disconnectReason: reason,
    });
  });

  test('comes with 1006 when the client vanishes', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const client = await connectTo(gateway);
    client.ws.terminate();
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({ disconnectStatusCode: 1006 });
  });

  test('comes after the connection is gone', async () => {
    const outcome = Promise.withResolvers<unknown>();
    const gateway = await startGateway({
      $disconnect: lambda(async (event) => {
        const ConnectionId = String(requestContextOf(event).connectionId);
        await managementClient(gateway)
          .send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }))
          .then(outcome.resolve, outcome.resolve);
        return { statusCode: 200 };
      }),
    });
    const client = await connectTo(gateway);
    client.ws.close();
    expect(await outcome.promise).toBeInstanceOf(GoneException);
  });

  test('that throws is reported and disturbs nobody', async () => {
    const gateway = await startGateway({
      $disconnect: lambda(() => Promise.reject(new Error('secret detail'))),
      ping: pingRoute,
    });
    const leaving = await connectTo(gateway);
    const staying = await connectTo(gateway);
    leaving.ws.close();
    expect(await gateway.events.nextWhere(isEvent('integrationFailed'))).toMatchObject({
      routeKey: '$disconnect',
      failure: 'threw',
    });
    staying.send({ action: 'ping' });
    expect(await staying.nextJson()).toEqual({ type: 'pong' });
  });

  test('can be configured to come late', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) }, { disconnectDelayMs: 60 });
    const client = await connectTo(gateway);
    const closedAt = performance.now();
    client.ws.close();
    await disconnect.events.next();
    expect(performance.now() - closedAt).toBeGreaterThan(55);
  });
});

describe('close()', () => {
  test('closes the sockets with 1001, waits for handlers and $disconnects, and frees the port', async () => {
    const running = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const finished: string[] = [];
    const gateway = await startGateway(
      {
        slow: lambda(async () => {
          running.resolve();
          await release.promise;
          finished.push('slow');
          return { statusCode: 200 };
        }),
        $disconnect: lambda(async () => {
          finished.push('$disconnect');
          release.resolve();
          return { statusCode: 200 };
        }),
      },
      { shutdownWaitMs: 20_000 },
    );
    const client = await connectTo(gateway);
    client.send({ action: 'slow' });
    await running.promise;
    await Promise.all([gateway.close(), gateway.close()]);
    expect(finished).toEqual(['$disconnect', 'slow']);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    const port = Number(new URL(gateway.url).port);
    const again = await startGateway({}, { port });
    expect(again.url).toBe(gateway.url);
  });

  test('does not wait for ever', async () => {
    const running = Promise.withResolvers<void>();
    const disconnect = recorder();
    const gateway = await startGateway(
      {
        stuck: lambda(() => {
          running.resolve();
          return new Promise(() => {});
        }),
        $disconnect: lambda(disconnect.invoke),
      },
      { shutdownWaitMs: 50 },
    );
    const client = await connectTo(gateway);
    client.send({ action: 'stuck' });
    await running.promise;
    gateway.faults.delayNextDisconnect(3_600_000);
    await gateway.close();
    expect(await gateway.events.nextWhere(isEvent('disconnectDropped'))).toMatchObject({ why: 'shutdown' });
    expect(disconnect.events.waiting()).toEqual([]);
  });

  test('leaves no handshake hanging', async () => {
    const running = Promise.withResolvers<void>();
    const gateway = await startGateway(
      {
        $connect: lambda(() => {
          running.resolve();
          return new Promise(() => {});
        }),
      },
      { shutdownWaitMs: 50 },
    );
    const refused = expect(connectTo(gateway)).rejects.toThrow('socket hang up');
    await running.promise;
    await gateway.close();
    await refused;
  });

  test('refuses handshakes while it closes, and lets handlers post', async () => {
    const inDisconnect = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const gateway = await startGateway(
      {
        $disconnect: lambda(async () => {
          inDisconnect.resolve();
          await release.promise;
          return { statusCode: 200 };
        }),
      },
      { shutdownWaitMs: 20_000 },
    );
    const { connectionId } = await connectKnown(gateway);
    const closing = gateway.close();
    await inDisconnect.promise;
    expect((await refusedClient(gateway.url)).status).toBe(503);
    const post = new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'x' });
    await expect(managementClient(gateway).send(post)).rejects.toThrow(GoneException);
    release.resolve();
    await closing;
  });
});

test('connections() tells who is connected', async () => {
  const gateway = await startGateway({});
  const { client, connectionId } = await connectKnown(gateway, {
    options: { headers: { 'User-Agent': 'robot/1' } },
  });
  expect(gateway.connections()).toEqual([
    {
      connectionId,
      connectedAt: expect.any(Number),
      lastActiveAt: expect.any(Number),
      sourceIp: '127.0.0.1',
      userAgent: 'robot/1',
    },
  ]);
  client.ws.close();
  await gateway.events.nextWhere(isEvent('closed'));
  expect(gateway.connections()).toEqual([]);
});
