import { describe, expect, it } from 'vitest';
import { ready } from './support/started-client.ts';

describe('heartbeat', () => {
  it('says keepAlive as often as the server asks while idle, ping every 20 s in a session', async () => {
    const { client, clock, server } = await ready();
    const count = (action: string) =>
      server.socket().heard.filter((message) => message.action === action).length;
    await clock.advance(3 * 480_000);
    expect([count('keepAlive'), count('ping')]).toEqual([3, 0]);
    client.channel({ sessionId: 's', robotId: 'rover-1' });
    await clock.advance(60_000);
    expect([count('keepAlive'), count('ping')]).toEqual([3, 3]);
    client.endChannel('s');
    await clock.advance(60_000);
    expect(count('ping')).toBe(3);
  });

  it('a pong that is missing for 10 s is a lost connection', async () => {
    const { client, clock, server } = await ready();
    client.channel({ sessionId: 's', robotId: 'rover-1' });
    server.manners.pongs = false;
    await clock.advance(29_999);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(1_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.isClosed()).toBe(true);
  });
});

describe('a half-open connection', () => {
  it('is found out by a request that stays without an answer', async () => {
    const { client, clock, server } = await ready();
    server.socket().goSilent();
    client.request('listRobots', {}).catch(() => undefined);
    await clock.advance(26_000);
    expect(server.sockets).toHaveLength(2);
    expect(client.state().status).toBe('ready');
  });

  it('that was asked twice and answers once is alive', async () => {
    let wake = () => {};
    const page = {
      isOffline: () => false,
      onWake: (act: () => void) => {
        wake = act;
        return () => {};
      },
    };
    const { client, clock, server } = await ready({ page });
    server.manners.pongs = false;
    wake();
    await clock.advance(5_000);
    wake();
    server.socket().say({ type: 'pong' });
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(1);
    wake();
    await clock.advance(5_000);
    // Asking again gives it no more time.
    wake();
    await clock.advance(5_500);
    expect(server.sockets).toHaveLength(2);
    expect(client.state().status).toBe('ready');
  });
});
