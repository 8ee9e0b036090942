import { describe, expect, it } from 'vitest';
import { ready, scene } from './support/started-client.ts';

describe('a server that talks nonsense', () => {
  it.each([
    ['text', 'hello?'],
    ['HTML', '<html>502</html>'],
    ['binary', new ArrayBuffer(8)],
    ['a number', '42'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no type', '{"message":"Forbidden","connectionId":"x","requestId":"y"}'],
    ['an unknown type', '{"type":"weather","sky":"blue"}'],
    ['a name of every object', '{"type":"toString"}'],
    ['a malformed message', '{"type":"signal","sessionId":7}'],
    ['an unknown code', '{"type":"goAway","code":"because","reconnect":true}'],
  ])('is not heard: %s', async (_, frame) => {
    const { client, clock, server, messages } = await ready();
    server.socket().sayRaw(frame);
    await clock.advance(1_000);
    expect(messages).toEqual([]);
    expect(client.state().status).toBe('ready');
    expect(server.sockets).toHaveLength(1);
  });

  it('never welcomes: the attempt ends, and is made again with growing pauses', async () => {
    const { client, clock, server } = scene();
    server.manners.welcomes = false;
    client.start();
    await clock.advance(120_000);
    expect(client.state()).toMatchObject({ status: 'connecting' });
    expect(server.sockets.length).toBeGreaterThan(5);
    expect(server.sockets.length).toBeLessThan(12);
  });

  it('sends a malformed welcome: that attempt is over at once', async () => {
    const { client, clock, server } = scene();
    server.manners.welcomes = false;
    client.start();
    await clock.advance(1);
    server.socket().sayRaw('{"type":"welcome","kind":"teapot"}');
    await clock.advance(1);
    expect(server.socket().isClosed()).toBe(true);
    await clock.advance(500);
    expect(server.sockets).toHaveLength(2);
  });

  it('closes between the handshake and its welcome: the attempt is made again', async () => {
    const { client, clock, server } = scene();
    server.manners.welcomes = false;
    client.start();
    await clock.advance(1);
    server.socket().cut(1001);
    server.manners.welcomes = true;
    await clock.advance(1_000);
    expect(client.state().status).toBe('ready');
  });

  it('does not know the connection: it is made anew, with a fresh token', async () => {
    const { client, clock, server, tokens } = await ready();
    const asked = client.request('listRobots', {});
    const { requestId = '' } = server.socket().lastOf('listRobots');
    server.socket().say({ type: 'error', requestId, code: 'unauthenticated', message: '', retryable: false });
    await clock.advance(1_000);
    expect(server.sockets).toHaveLength(2);
    expect(tokens.renewals()).toBe(1);
    server.socket().say({ type: 'robots', requestId, robots: [] });
    expect(await asked).toMatchObject({ robots: [] });
  });

  it('asks for hello again and again: the pauses grow', async () => {
    const { client, clock, server } = await ready();
    client.request('listRobots', {}).catch(() => undefined);
    for (let i = 0; i < 40; i += 1) {
      const asked = server.socket().heard.findLast(({ action }) => action === 'listRobots');
      if (asked !== undefined && 'requestId' in asked && asked.requestId !== undefined) {
        const { requestId } = asked;
        server
          .socket()
          .say({ type: 'error', requestId, code: 'hello_required', message: '', retryable: false });
      }
      await clock.advance(500);
    }
    expect(server.sockets.length).toBeLessThan(10);
  });

  it('neither opens nor refuses: the handshake has a time limit', async () => {
    const { client, clock, server } = scene();
    server.manners.handshake = 'hang';
    client.start();
    await clock.advance(10_000);
    expect(server.socket().isClosed()).toBe(true);
    server.manners.handshake = 'open';
    await clock.advance(1_000);
    expect(client.state().status).toBe('ready');
  });

  it('a listener that throws disturbs nobody', async () => {
    const { client, server, messages, lines } = await ready();
    client.on('message', () => {
      throw new TypeError('secret');
    });
    const heard: unknown[] = [];
    client.on('message', (message) => heard.push(message));
    server.socket().say({ type: 'watching' });
    expect(heard).toHaveLength(1);
    expect(messages).toHaveLength(1);
    expect(lines.join()).toContain('TypeError');
    expect(lines.join()).not.toContain('secret');
  });

  it('nor does one that is async and rejects: it is logged, and no rejection is left to the process', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const { client, server, clock, lines } = await ready();
      client.on('message', async () => {
        await clock.settle();
        throw new RangeError('secret');
      });
      server.socket().say({ type: 'watching' });
      await clock.settle();
      await clock.settle();
      expect(unhandled).toEqual([]);
      expect(lines.join()).toContain('A listener of message threw RangeError.');
      expect(lines.join()).not.toContain('secret');
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('a server that answers twice', () => {
  it('a second welcome on one connection changes nothing', async () => {
    const { client, clock, server, states } = await ready();
    const [state] = states;
    if (state?.status !== 'ready') throw new Error('never ready');
    server.socket().say({ ...state.welcome, clientId: 'somebody else', resumeKey: 'another' });
    expect(states).toHaveLength(1);
    server.socket().cut();
    await clock.advance(1_000);
    expect(server.socket().lastOf('hello')).toMatchObject({ resume: 'key-1' });
    expect(client.state().status).toBe('ready');
  });

  it('a second tokenRefreshed, pongs that nobody asked for, and acknowledgements of nothing are no matter', async () => {
    const { client, clock, server, tokens } = await ready();
    server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.settle();
    const { requestId = '' } = server.socket().lastOf('refreshToken');
    const now = clock.now();
    for (let i = 0; i < 5; i += 1) {
      server
        .socket()
        .say({ type: 'tokenRefreshed', requestId, sentAt: now, tokenExpiresAt: now + 1, refreshAt: now });
      server.socket().say({ type: 'pong' });
      server.socket().say({ type: 'signalAck', requestId: 'x', sessionId: 'nowhere', seq: 9 });
    }
    await clock.advance(600_000);
    expect(tokens.renewals()).toBe(1);
    expect(server.sockets).toHaveLength(1);
    expect(client.state().status).toBe('ready');
  });
});

describe('a server that closes in the wrong moment', () => {
  it.each([1000, 1001, 1006, 1009, 4000])(
    'in the handshake, with %i: the attempt is made again, and nothing is renewed more than once',
    async (code) => {
      const { client, clock, server, tokens } = scene();
      server.manners.handshake = 'hang';
      client.start();
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        while (server.sockets.length < attempt) await clock.advance(100);
        server.socket().cut(code);
      }
      server.manners.handshake = 'open';
      await clock.advance(20_000);
      expect(client.state().status).toBe('ready');
      expect(tokens.renewals()).toBe(1);
    },
  );
});
