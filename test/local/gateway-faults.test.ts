import {
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  GoneException,
  LimitExceededException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, test } from 'vitest';
import {
  connectKnown,
  connectTo,
  isEvent,
  lambda,
  managementClient,
  pingRoute,
  recorder,
  requestContextOf,
  startGateway,
} from './support/gateway-harness.ts';

describe('faults', () => {
  test('dropNextDisconnect drops one', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const first = await connectKnown(gateway);
    const second = await connectKnown(gateway);
    gateway.faults.dropNextDisconnect();
    first.client.ws.close();
    expect(await gateway.events.nextWhere(isEvent('disconnectDropped'))).toMatchObject({
      connectionId: first.connectionId,
      why: 'fault',
    });
    second.client.ws.close();
    expect(requestContextOf(await disconnect.events.next()).connectionId).toBe(second.connectionId);
    expect(disconnect.events.waiting()).toEqual([]);
  });

  test('delayNextDisconnect delays one', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const { client, connectionId } = await connectKnown(gateway);
    gateway.faults.delayNextDisconnect(60);
    const closedAt = performance.now();
    client.ws.close();
    expect(await gateway.events.nextWhere(isEvent('disconnectDelayed'))).toMatchObject({ delayMs: 60 });
    expect(requestContextOf(await disconnect.events.next()).connectionId).toBe(connectionId);
    expect(performance.now() - closedAt).toBeGreaterThan(55);
  });

  test('cut ends the socket without a close frame', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const { client, connectionId } = await connectKnown(gateway);
    client.ws.on('error', () => {});
    expect(gateway.faults.cut(connectionId)).toBe(true);
    expect((await client.closed).code).toBe(1006);
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({ disconnectStatusCode: 1006 });
    expect(gateway.faults.cut(connectionId)).toBe(false);
  });

  test('halfOpen takes posts and delivers nothing, either way', async () => {
    const received = recorder();
    const gateway = await startGateway({ $default: lambda(received.invoke), ping: pingRoute });
    const { client, connectionId } = await connectKnown(gateway);
    const witness = await connectTo(gateway);
    expect(gateway.faults.halfOpen(connectionId)).toBe(true);
    await managementClient(gateway).send(
      new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'lost' }),
    );
    let pongs = 0;
    client.ws.on('pong', () => {
      pongs += 1;
    });
    client.ws.ping();
    client.send('lost too');
    for (const _time of [1, 2, 3]) {
      witness.send({ action: 'ping' });
      await witness.nextJson();
    }
    expect(client.messages.waiting()).toEqual([]);
    expect(received.events.waiting()).toEqual([]);
    expect(pongs).toBe(0);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
    expect(gateway.faults.halfOpen('AAAAAAAAAAAAAAA=')).toBe(false);
  });

  test('a half-open connection ends for the gateway, unnoticed by the client', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const { client, connectionId } = await connectKnown(gateway);
    gateway.faults.halfOpen(connectionId);
    const management = managementClient(gateway);
    await management.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({ disconnectStatusCode: 1000 });
    const post = new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'x' });
    await expect(management.send(post)).rejects.toThrow(GoneException);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
    await gateway.close();
    expect((await client.closed).code).toBe(1006);
  });

  test('failNextPosts fails that many posts and then none', async () => {
    const gateway = await startGateway({});
    const { client, connectionId } = await connectKnown(gateway);
    const management = managementClient(gateway);
    const post = () =>
      management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'x' }));
    gateway.faults.failNextPosts(1, 410);
    gateway.faults.failNextPosts(1, 429);
    gateway.faults.failNextPosts(2, 503);
    await expect(post()).rejects.toThrow(GoneException);
    await expect(post()).rejects.toThrow(LimitExceededException);
    for (const _time of [1, 2]) {
      const error = await post().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ApiGatewayManagementApiServiceException);
      expect(error).toMatchObject({ $metadata: { httpStatusCode: 503 } });
    }
    await post();
    expect(await client.messages.next()).toBe('x');
    expect(client.messages.waiting()).toEqual([]);
  });
});
