import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itUnless } from './support/emulator.ts';
import { connectAs, enterAs, handshakeStatus, openPair } from './support/raw-client.ts';
import { type Target, target } from './support/target.ts';

/**
 * What the backend relies on of a gateway, seen through the deployed API: the same cases on the local
 * gateway and on an emulator, so that the one cannot drift from the other unnoticed. The behaviours
 * that need a handler of their own (throws, time-outs, event shapes) are in test/local/gateway-*.
 */
describe('a gateway that Heliograph can stand on', () => {
  let to: Target;
  let management: ApiGatewayManagementApiClient;
  beforeAll(async () => {
    to = await target();
    management = new ApiGatewayManagementApiClient({
      endpoint: to.gateway.replace(/^ws/, 'http'),
      region: to.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  afterAll(() => management.destroy());

  const post = (ConnectionId: string) =>
    management.send(new PostToConnectionCommand({ ConnectionId, Data: JSON.stringify({ type: 'pong' }) }));

  it('posts text frames to an open socket', async () => {
    const { client, welcome } = await enterAs(to, 'operator-1');
    const frame = new Promise<boolean>((resolve) => {
      client.socket.once('message', (_data, isBinary) => resolve(isBinary));
    });
    await post(welcome.connectionId);
    expect(await frame).toBe(false);
    await client.close();
  });

  it('answers 410 to a post to a socket that was closed', async () => {
    const { client, welcome } = await enterAs(to, 'operator-1');
    await client.close();
    await expect
      .poll(() => post(welcome.connectionId).then(String, (failure: unknown) => statusOf(failure)), {
        timeout: 10_000,
      })
      .toBe(410);
  });

  it('answers 410 to a post to a socket that never was', async () => {
    const failure = await post('bm90IHRoZXJl=').catch((caught: unknown) => caught);
    expect(statusOf(failure)).toBe(410);
  });

  it('closes with 1000 on DELETE', async () => {
    const { client, welcome } = await enterAs(to, 'operator-1');
    await management.send(new DeleteConnectionCommand({ ConnectionId: welcome.connectionId }));
    expect(await client.closed).toEqual({ code: 1000 });
  });

  itUnless('get-connection', 'tells since when a socket is open and when it was last active', async () => {
    const { client, welcome } = await enterAs(to, 'operator-1');
    const seen = await management.send(new GetConnectionCommand({ ConnectionId: welcome.connectionId }));
    expect(seen.ConnectedAt).toBeInstanceOf(Date);
    expect(seen.LastActiveAt?.getTime()).toBeGreaterThanOrEqual(seen.ConnectedAt?.getTime() ?? Number.NaN);
    expect(seen.Identity?.SourceIp).toBeTruthy();
    await client.close();
  });

  it('tells $disconnect when a socket is closed: the session waits', async () => {
    const { robot, client, key } = await openPair(to, { robot: 'rover-2', client: 'operator-2' });
    await client.close();
    await robot.nextOf('peerAway', ({ sessionId }) => sessionId === key.sessionId);
    await robot.close();
  });

  it('picks the route by the action, and takes what has none to $default', async () => {
    const client = await connectAs(to, 'operator-1');
    expect(await client.request('listRobots')).toMatchObject({ code: 'hello_required' });
    expect(await client.request('no-such-route')).toMatchObject({ code: 'unknown_action' });
    client.send('no JSON');
    expect(await client.nextOf('error')).toMatchObject({ code: 'bad_request' });
    await client.close();
  });

  it('refuses a handshake that $connect refuses', async () => {
    expect(await handshakeStatus(to, {})).toBeGreaterThanOrEqual(400);
  });

  it('answers nothing to keepAlive', async () => {
    const { client } = await enterAs(to, 'operator-1');
    client.send({ action: 'keepAlive', requestId: 'none' });
    await client.ask('listRobots', 'robots');
    expect(
      client.received.filter((message) => 'requestId' in message && message.requestId === 'none'),
    ).toEqual([]);
    await client.close();
  });

  itUnless('mock-reply', 'answers ping with pong by itself', async () => {
    const client = await connectAs(to, 'operator-1');
    client.send({ action: 'ping' });
    expect(await client.nextOf('pong')).toEqual({ type: 'pong' });
    await client.close();
  });
});

function statusOf(failure: unknown): number | undefined {
  const { $metadata } = failure as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}
