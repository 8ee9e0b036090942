import { describe, expect, it } from 'vitest';
import { ClientClosed, RequestTimedOut, ServerRefused } from '../../../client/src/errors.ts';
import { ready, scene } from './support/started-client.ts';

describe('connecting', () => {
  it('opens a socket with a token, says hello and is ready at welcome', async () => {
    const { client, clock, server, states } = scene();
    expect(client.state()).toEqual({ status: 'connecting', attempt: 1 });
    client.start();
    client.start();
    await clock.advance(1);
    expect(server.sockets).toHaveLength(1);
    expect(server.socket().url).toBe('wss://signaling.example/v1');
    expect(server.socket().url).not.toContain(server.socket().token);
    expect(server.socket().heard).toEqual([
      { action: 'hello', requestId: 'hello', protocol: 1, agent: 'heliograph-client' },
    ]);
    expect(states).toMatchObject([{ status: 'ready', welcome: { clientId: 'client-1' } }]);
  });

  it('asks for the address at each attempt', async () => {
    const addresses = ['wss://one.example', 'wss://two.example'];
    const { client, clock, server } = scene({ url: async () => addresses.shift() ?? 'wss://three.example' });
    client.start();
    await clock.advance(1);
    server.socket().cut();
    await clock.advance(1_000);
    expect(server.sockets.map(({ url }) => url)).toEqual(['wss://one.example/', 'wss://two.example/']);
  });

  it.each([
    'http://signaling.example',
    'https://signaling.example',
    'signaling.example',
    '',
    'wss://signaling.example/v1?token=abc',
    'wss://me:secret@signaling.example',
  ])('ends at an address that cannot be used: %s', async (url) => {
    const { client, clock, server } = scene({ url });
    client.start();
    await clock.advance(60_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'bad_address' });
    expect(server.sockets).toHaveLength(0);
  });

  it('keeps a query that is not a token', async () => {
    const { server } = await ready({ url: 'wss://signaling.example/v1?region=2#part' });
    expect(server.socket().url).toBe('wss://signaling.example/v1?region=2');
  });

  it('an address or a token source that hangs is asked again', async () => {
    let asked = 0;
    const { client, clock } = scene({
      url: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    });
    client.start();
    await clock.advance(70_000);
    expect(asked).toBe(3);
    expect(client.state()).toMatchObject({ status: 'connecting' });
  });

  it('a transport that throws is an attempt that failed', async () => {
    const { client, clock, lines } = scene({
      transport: ({ token }) => {
        throw new Error(`cannot open with ${token}`);
      },
    });
    client.start();
    await clock.advance(5_000);
    expect(client.state()).toMatchObject({ status: 'connecting' });
    expect(lines.join()).not.toContain('signature');
  });
});

describe('requests', () => {
  it('are matched by requestId, whatever the order', async () => {
    const { client, server } = await ready();
    const first = client.request('listRobots', {});
    const second = client.request('getIceServers', {});
    const [one, two] = server.socket().heard.slice(-2);
    server.socket().say({
      type: 'iceServers',
      requestId: two && 'requestId' in two ? (two.requestId ?? '') : '',
      iceServers: [],
      expiresAt: 1,
    });
    server.socket().say({
      type: 'robots',
      requestId: one && 'requestId' in one ? (one.requestId ?? '') : '',
      robots: [],
    });
    expect(await first).toMatchObject({ type: 'robots' });
    expect(await second).toMatchObject({ type: 'iceServers' });
  });

  it('reject with the code that the server gave', async () => {
    const { client, server } = await ready();
    const asked = client.request('openSession', { robotId: 'rover-1', mode: 'control' });
    const { requestId = '' } = server.socket().lastOf('openSession');
    server
      .socket()
      .say({ type: 'error', requestId, code: 'robot_offline', message: 'gone', retryable: true });
    await expect(asked).rejects.toThrow(ServerRefused);
    await expect(asked).rejects.toMatchObject({ code: 'robot_offline', retryable: true });
  });

  it('are repeated with the same requestId while the server cannot answer', async () => {
    const { client, clock, server } = await ready();
    const asked = client.request('listRobots', {});
    const { requestId = '' } = server.socket().lastOf('listRobots');
    server.socket().say({
      type: 'error',
      requestId,
      code: 'rate_limited',
      message: '',
      retryable: true,
      retryAfterMs: 3_000,
    });
    await clock.advance(2_999);
    const sent = () => server.socket().heard.filter(({ action }) => action === 'listRobots');
    expect(sent()).toHaveLength(1);
    await clock.advance(1);
    expect(sent()).toHaveLength(2);
    expect(sent()[1]).toEqual(sent()[0]);
    server.socket().say({ type: 'robots', requestId, robots: [] });
    expect(await asked).toMatchObject({ robots: [] });
  });

  it('are repeated once after a fault of the server', async () => {
    const { client, clock, server } = await ready();
    const asked = client.request('listRobots', {}).catch((failure: unknown) => failure);
    for (let i = 0; i < 2; i += 1) {
      const { requestId = '' } = server.socket().lastOf('listRobots');
      server.socket().say({ type: 'error', requestId, code: 'internal', message: '', retryable: true });
      await clock.advance(1_000);
    }
    expect(await asked).toMatchObject({ code: 'internal' });
  });

  it('outlive the connection: they are sent again on the next', async () => {
    const { client, clock, server } = await ready();
    const asked = client.request('openSession', { robotId: 'rover-1', mode: 'view' });
    const first = server.socket().lastOf('openSession');
    server.socket().cut();
    await clock.advance(1_000);
    expect(server.socket().lastOf('openSession')).toEqual(first);
    server.socket().say({
      type: 'sessionOpened',
      requestId: first.requestId ?? '',
      sessionId: 's',
      robotId: 'rover-1',
      mode: 'view',
      state: 'open',
      controller: null,
      leaseEpoch: 0,
      iceServers: [],
    });
    expect(await asked).toMatchObject({ sessionId: 's' });
  });

  it('time out, and a session that is opened too late is closed', async () => {
    const { client, clock, server } = await ready();
    const asked = client.request('openSession', { robotId: 'rover-1', mode: 'view' });
    asked.catch(() => undefined);
    const { requestId = '' } = server.socket().lastOf('openSession');
    await clock.advance(15_000);
    await expect(asked).rejects.toThrow(RequestTimedOut);
    const late = {
      type: 'sessionOpened' as const,
      requestId,
      sessionId: 's',
      robotId: 'rover-1',
      mode: 'view' as const,
      state: 'open' as const,
      controller: null,
      leaseEpoch: 0,
      iceServers: [],
    };
    server.socket().say(late);
    expect(server.socket().lastOf('closeSession')).toMatchObject({ sessionId: 's', robotId: 'rover-1' });
  });

  it('an answer that comes twice counts once, one of the wrong type is an error', async () => {
    const { client, server } = await ready();
    const asked = client.request('listRobots', {});
    const { requestId = '' } = server.socket().lastOf('listRobots');
    server.socket().say({ type: 'robots', requestId, robots: [] });
    server.socket().say({ type: 'robots', requestId, robots: [], cursor: 'second' });
    expect(await asked).not.toHaveProperty('cursor');
    const wrong = client.request('listRobots', {});
    server
      .socket()
      .say({ type: 'watching', requestId: server.socket().lastOf('listRobots').requestId ?? '' });
    await expect(wrong).rejects.toMatchObject({ name: 'UnexpectedAnswer' });
  });

  it('fail when the client is closed, before and after', async () => {
    const { client, clock, server } = await ready();
    const asked = client.request('listRobots', {});
    client.close();
    await expect(asked).rejects.toThrow(ClientClosed);
    await expect(client.request('listRobots', {})).rejects.toThrow(ClientClosed);
    expect(server.socket().last()).toEqual({ action: 'bye' });
    // The server closes; where it does not, this side does.
    expect(server.socket().isClosed()).toBe(false);
    await clock.advance(2_000);
    expect(server.socket().isClosed()).toBe(true);
    expect(clock.timers()).toBe(0);
  });

  it('a sign-out that the server does not answer is closed from here after 10 s', async () => {
    const { client, clock, server } = await ready();
    client.close({ signOut: true });
    await clock.advance(10_000);
    expect(server.socket().isClosed()).toBe(true);
    expect(clock.timers()).toBe(0);
  });

  it('a bye is not overtaken by the end of its socket: the server closes, and nothing is left', async () => {
    const { client, clock, server, states } = await ready();
    client.close({ signOut: true });
    client.close();
    expect(server.socket().last()).toEqual({ action: 'bye', signOut: true });
    // Signing out takes a server that starts cold longer than a plain goodbye.
    await clock.advance(9_999);
    expect(server.socket().isClosed()).toBe(false);
    server.socket().cut(1000);
    await clock.advance(60_000);
    expect(clock.timers()).toBe(0);
    expect(states.map(({ status }) => status)).toEqual(['ready', 'closed']);
    expect(server.sockets).toHaveLength(1);
  });
});
