import {
  DeleteConnectionCommand,
  ForbiddenException,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, test } from 'vitest';
import {
  connectKnown,
  connectTo,
  isEvent,
  lambda,
  managementClient,
  recorder,
  requestContextOf,
  startGateway,
} from './support/gateway-harness.ts';

const UNKNOWN = 'AAAAAAAAAAAAAAA=';

describe('POST @connections', () => {
  test('sends a text frame, whatever the bytes', async () => {
    const gateway = await startGateway({});
    const { client, connectionId } = await connectKnown(gateway);
    const frames = Promise.withResolvers<boolean>();
    client.ws.on('message', (_data, isBinary) => frames.resolve(isBinary));
    const Data = new TextEncoder().encode('grüezi');
    await managementClient(gateway).send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
    expect(await client.messages.next()).toBe('grüezi');
    expect(await frames.promise).toBe(false);
  });

  test('keeps the order of posts that follow each other', async () => {
    const gateway = await startGateway({});
    const { client, connectionId } = await connectKnown(gateway);
    const management = managementClient(gateway);
    for (const Data of ['1', '2', '3']) {
      await management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
    }
    expect([
      await client.messages.next(),
      await client.messages.next(),
      await client.messages.next(),
    ]).toEqual(['1', '2', '3']);
  });

  test('wants the id URL-encoded', async () => {
    const gateway = await startGateway({});
    const { client, connectionId } = await connectKnown(gateway);
    const url = `${gateway.managementEndpoint}/%40connections/${encodeURIComponent(connectionId)}`;
    expect(url).toContain('%3D');
    const response = await fetch(url, { method: 'POST', headers: signed, body: 'hi' });
    expect(response.status).toBe(200);
    expect(await client.messages.next()).toBe('hi');
  });

  test('to an unknown id is Gone, with the header that the SDK reads', async () => {
    const gateway = await startGateway({});
    const command = new PostToConnectionCommand({ ConnectionId: UNKNOWN, Data: 'x' });
    await expect(managementClient(gateway).send(command)).rejects.toThrow(GoneException);
    const url = `${gateway.managementEndpoint}/@connections/${encodeURIComponent(UNKNOWN)}`;
    const response = await fetch(url, { method: 'POST', headers: signed, body: 'x' });
    expect(response.status).toBe(410);
    expect(response.headers.get('x-amzn-errortype')).toBe('GoneException');
  });

  test('after the client has closed is Gone', async () => {
    const gateway = await startGateway({});
    const { client, connectionId } = await connectKnown(gateway);
    client.ws.close();
    await gateway.events.nextWhere(isEvent('closed'));
    const command = new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'x' });
    await expect(managementClient(gateway).send(command)).rejects.toThrow(GoneException);
  });

  test('of 128 KB passes, of one byte more is PayloadTooLarge', async () => {
    const gateway = await startGateway({});
    const { client, connectionId } = await connectKnown(gateway);
    const management = managementClient(gateway);
    const largest = 'x'.repeat(128 * 1024);
    await management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: largest }));
    expect((await client.messages.next()).length).toBe(largest.length);
    const tooLarge = new PostToConnectionCommand({ ConnectionId: connectionId, Data: `${largest}x` });
    await expect(management.send(tooLarge)).rejects.toThrow(PayloadTooLargeException);
  });

  test('above the configured rate is LimitExceeded', async () => {
    const gateway = await startGateway({}, { postsPerSecondPerConnection: 0.001 });
    const { connectionId } = await connectKnown(gateway);
    const other = await connectKnown(gateway);
    const management = managementClient(gateway);
    const post = (ConnectionId: string) =>
      management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }));
    await post(connectionId);
    await expect(post(connectionId)).rejects.toThrow(LimitExceededException);
    await post(other.connectionId);
  });

  test('to a client that does not read is LimitExceeded once its buffer is full', async () => {
    const gateway = await startGateway({}, { postBufferBytes: 64 * 1024 });
    const { client, connectionId } = await connectKnown(gateway);
    client.ws.pause();
    const management = managementClient(gateway);
    const Data = 'x'.repeat(120 * 1024);
    const flood = async () => {
      for (let posts = 0; posts < 500; posts += 1) {
        await management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
      }
    };
    await expect(flood()).rejects.toThrow(LimitExceededException);
  });
});

describe('GET @connections', () => {
  test('tells when and who, as ISO times in camelCase', async () => {
    const gateway = await startGateway({ $default: lambda(recorder().invoke) });
    const { connectionId } = await connectKnown(gateway, {
      options: { headers: { 'User-Agent': 'robot/1' } },
    });
    const url = `${gateway.managementEndpoint}/@connections/${encodeURIComponent(connectionId)}`;
    const response = await fetch(url, { headers: signed });
    const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(await response.json()).toEqual({
      connectedAt: isoTime,
      lastActiveAt: isoTime,
      identity: { sourceIp: '127.0.0.1', userAgent: 'robot/1' },
    });

    const command = new GetConnectionCommand({ ConnectionId: connectionId });
    const found = await managementClient(gateway).send(command);
    expect(found.ConnectedAt).toBeInstanceOf(Date);
    expect(found.Identity).toEqual({ SourceIp: '127.0.0.1', UserAgent: 'robot/1' });
  });

  test('moves lastActiveAt with messages of either side', async () => {
    const received = recorder();
    const gateway = await startGateway({ $default: lambda(received.invoke) });
    const { client, connectionId } = await connectKnown(gateway);
    const management = managementClient(gateway);
    const lastActiveAt = async () => {
      const found = await management.send(new GetConnectionCommand({ ConnectionId: connectionId }));
      return found.LastActiveAt?.getTime() ?? 0;
    };
    const untilNextMillisecond = async () => {
      const now = Date.now();
      while (Date.now() === now) await new Promise(setImmediate);
    };
    const atStart = await lastActiveAt();
    await untilNextMillisecond();
    client.send('hi');
    await received.events.next();
    const afterMessage = await lastActiveAt();
    expect(afterMessage).toBeGreaterThan(atStart);
    await untilNextMillisecond();
    await management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'x' }));
    expect(await lastActiveAt()).toBeGreaterThan(afterMessage);
  });

  test('of an unknown id is Gone', async () => {
    const gateway = await startGateway({});
    const command = new GetConnectionCommand({ ConnectionId: UNKNOWN });
    await expect(managementClient(gateway).send(command)).rejects.toThrow(GoneException);
  });
});

describe('DELETE @connections', () => {
  test('closes with 1000 and no reason, answers 204, and is Gone at once', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const { client, connectionId } = await connectKnown(gateway);
    const management = managementClient(gateway);
    const deletion = new DeleteConnectionCommand({ ConnectionId: connectionId });
    const { $metadata } = await management.send(deletion);
    expect($metadata.httpStatusCode).toBe(204);
    await expect(management.send(deletion)).rejects.toThrow(GoneException);
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({
      disconnectStatusCode: 1000,
      disconnectReason: 'Connection Closed Normally',
    });
  });

  test('of an unknown id is Gone', async () => {
    const gateway = await startGateway({});
    const command = new DeleteConnectionCommand({ ConnectionId: UNKNOWN });
    await expect(managementClient(gateway).send(command)).rejects.toThrow(GoneException);
  });

  test('does not wait for ever for a client that does not answer the close', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) });
    const { client, connectionId } = await connectKnown(gateway);
    client.ws.pause();
    await managementClient(gateway).send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
    expect(requestContextOf(await disconnect.events.next())).toMatchObject({ disconnectStatusCode: 1000 });
  });
});

describe('authentication and paths', () => {
  const refused = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    return { status: response.status, errorType: response.headers.get('x-amzn-errortype') };
  };

  test.each([
    ['no Authorization', {}],
    ['a bearer token', { Authorization: 'Bearer abc' }],
    ['a signature for another service', { Authorization: sigV4('s3') }],
  ])('%s is 403', async (_case, headers) => {
    const gateway = await startGateway({});
    const { client, connectionId } = await connectKnown(gateway);
    const url = `${gateway.managementEndpoint}/@connections/${encodeURIComponent(connectionId)}`;
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect(await refused(url, { method, headers })).toEqual({
        status: 403,
        errorType: 'MissingAuthenticationTokenException',
      });
    }
    expect(client.messages.waiting()).toEqual([]);
    expect(gateway.connections()).toHaveLength(1);
  });

  test('another stage, path or method is 403', async () => {
    const gateway = await startGateway({});
    const { connectionId } = await connectKnown(gateway);
    const id = encodeURIComponent(connectionId);
    const origin = new URL(gateway.managementEndpoint).origin;
    for (const url of [
      `${origin}/other/@connections/${id}`,
      `${origin}/local/elsewhere/${id}`,
      `${origin}/`,
    ]) {
      expect(await refused(url, { headers: signed })).toEqual({
        status: 403,
        errorType: 'ForbiddenException',
      });
    }
    const put = await refused(`${origin}/local/@connections/${id}`, { method: 'PUT', headers: signed });
    expect(put.status).toBe(403);
  });

  test('a client of the wrong stage gets ForbiddenException from the SDK', async () => {
    const gateway = await startGateway({});
    const elsewhere = { ...gateway, managementEndpoint: `${gateway.managementEndpoint}x` };
    const command = new PostToConnectionCommand({ ConnectionId: UNKNOWN, Data: 'x' });
    await expect(managementClient(elsewhere).send(command)).rejects.toThrow(ForbiddenException);
  });

  test('a plain request for the WebSocket URL is told to upgrade', async () => {
    const gateway = await startGateway({});
    expect((await fetch(gateway.managementEndpoint)).status).toBe(426);
  });
});

test('two gateways in one process know nothing of each other', async () => {
  const disconnects = { east: recorder(), west: recorder() };
  const east = await startGateway({ $disconnect: lambda(disconnects.east.invoke) });
  const west = await startGateway({ $disconnect: lambda(disconnects.west.invoke) });
  const inEast = await connectKnown(east);
  const inWest = await connectTo(west);
  const post = new PostToConnectionCommand({ ConnectionId: inEast.connectionId, Data: 'east' });
  await expect(managementClient(west).send(post)).rejects.toThrow(GoneException);
  await managementClient(east).send(post);
  expect(await inEast.client.messages.next()).toBe('east');
  await west.close();
  expect(await inWest.closed).toMatchObject({ code: 1001 });
  await disconnects.west.events.next();
  expect(disconnects.east.events.waiting()).toEqual([]);
  await managementClient(east).send(post);
  expect(await inEast.client.messages.next()).toBe('east');
});

function sigV4(service: string): string {
  const scope = `AKIALOCAL/20261121/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
}

const signed = { Authorization: sigV4('execute-api') };
