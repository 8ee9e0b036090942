import { describe, expect, it } from 'vitest';
import { TokenUnavailable } from '../../../client/src/tokens/token-source.ts';
import { robotWelcome } from './support/fake-server.ts';
import { ready, scene } from './support/started-client.ts';

describe('a refused handshake', () => {
  it.each([
    { status: 401, ends: 'token_refused' },
    { status: 403, ends: 'forbidden' },
  ])('$status: renews once, then ends', async ({ status, ends }) => {
    const { client, clock, server, tokens } = scene();
    server.manners.handshake = { status };
    client.start();
    await clock.advance(3_600_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: ends });
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.token).not.toBe(server.sockets[1]?.token);
    expect(tokens.renewals()).toBe(1);
    expect(clock.timers()).toBe(0);
  });

  it('F6: 401 once, and the renewed token is taken', async () => {
    const { client, clock, server, tokens } = scene();
    server.manners.handshake = { status: 401 };
    client.start();
    await clock.advance(1);
    server.manners.handshake = 'open';
    await clock.advance(1_000);
    expect(client.state().status).toBe('ready');
    expect(tokens.renewals()).toBe(1);
  });

  it.each([401, 403])(
    'F12: %i for a token that was renewed, and then welcomed, is no end: it is renewed once more',
    async (status) => {
      const { client, clock, server, tokens } = await ready({ welcome: robotWelcome });
      // None holds for long, so that it is one series of attempts.
      for (let round = 1; round <= 4; round += 1) {
        server.manners.handshake = { status };
        server.socket().cut();
        const before = server.sockets.length;
        while (server.sockets.length === before) await clock.advance(100);
        server.manners.handshake = 'open';
        while (client.state().status === 'recovering') await clock.advance(100);
        expect(client.state().status).toBe('ready');
        expect(tokens.renewals()).toBe(round);
      }
    },
  );

  it('400 ends at once', async () => {
    const { client, clock, server } = scene();
    server.manners.handshake = { status: 400 };
    client.start();
    await clock.advance(60_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'bad_request' });
    expect(server.sockets).toHaveLength(1);
  });

  it.each([429, 500, 502, 503, 302, 200])('%i: again with backoff, with the same token', async (status) => {
    const { client, clock, server, tokens } = scene();
    server.manners.handshake = { status };
    client.start();
    await clock.advance(600_000);
    expect(client.state().status).toBe('connecting');
    expect(tokens.renewals()).toBe(0);
    expect(server.sockets.length).toBeGreaterThan(50);
    expect(server.sockets.length).toBeLessThan(80);
  });

  it('F6: that cannot be read: one renewal in the whole series, however long the outage', async () => {
    const { client, clock, server, tokens } = scene();
    server.manners.handshake = { status: undefined };
    client.start();
    await clock.advance(3_600_000);
    expect(tokens.renewals()).toBe(1);
    server.manners.handshake = 'open';
    await clock.advance(20_000);
    expect(client.state().status).toBe('ready');
    // Held long enough: the next series has a renewal of its own.
    await clock.advance(11_000);
    server.manners.handshake = { status: undefined };
    server.socket().cut();
    await clock.advance(600_000);
    expect(tokens.renewals()).toBe(2);
  });
});

describe('hello refused', () => {
  it.each([
    { code: 'protocol_unsupported' as const, ends: 'protocol_unsupported', sockets: 1 },
    { code: 'bad_request' as const, ends: 'bad_request', sockets: 1 },
    { code: 'forbidden' as const, ends: 'forbidden', sockets: 2 },
  ])('$code ends as $ends', async ({ code, ends, sockets }) => {
    const { client, clock, server } = scene();
    server.manners.welcomes = false;
    client.start();
    for (let i = 0; i < 5; i += 1) {
      await clock.advance(2_000);
      if (!server.socket().isClosed()) {
        server.socket().say({ type: 'error', requestId: 'hello', code, message: '', retryable: false });
      }
    }
    expect(client.state()).toMatchObject({ status: 'closed', reason: ends });
    expect(server.sockets).toHaveLength(sockets);
  });

  it('unavailable: again with backoff, with the same token', async () => {
    const { client, clock, server, tokens } = scene();
    server.manners.welcomes = false;
    client.start();
    await clock.advance(1);
    server
      .socket()
      .say({ type: 'error', requestId: 'hello', code: 'unavailable', message: '', retryable: true });
    server.manners.welcomes = true;
    await clock.advance(1_000);
    expect(client.state().status).toBe('ready');
    expect(tokens.renewals()).toBe(0);
  });
});

describe('hello answered by an error after its welcome', () => {
  const error = {
    type: 'error' as const,
    requestId: 'hello',
    code: 'unavailable' as const,
    message: '',
    retryable: true,
  };

  it('with a wait: another side was not told, and is by a second connection, while the first one holds', async () => {
    const { client, clock, server, states } = await ready({ random: () => 0.5 });
    server.socket().say({ ...error, retryAfterMs: 10_000 });
    await clock.advance(14_999);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(2);
    expect(server.sockets).toHaveLength(2);
    expect(server.socket().lastOf('hello')).toMatchObject({ resume: 'key-1', received: {} });
    expect(client.state().status).toBe('ready');
    expect(states.map(({ status }) => status)).toEqual(['ready', 'ready']);
  });

  it('with a wait: a second connection that cannot be had does the first no harm', async () => {
    const { client, clock, server, states } = await ready();
    server.manners.handshake = { status: 503 };
    server.socket().say({ ...error, retryAfterMs: 10_000 });
    await clock.advance(60_000);
    expect(server.sockets.length).toBeGreaterThan(2);
    expect(client.state().status).toBe('ready');
    expect(states.every(({ status }) => status === 'ready')).toBe(true);
  });

  it('with a wait: who has closed meanwhile makes none', async () => {
    const { client, clock, server } = await ready();
    server.socket().say({ ...error, retryAfterMs: 10_000 });
    client.close();
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(1);
  });

  it('with a wait, and it comes before the welcome: the same', async () => {
    const { client, clock, server } = scene();
    server.manners.welcomes = false;
    client.start();
    await clock.advance(1);
    server.socket().say({ ...error, retryAfterMs: 5_000 });
    server.manners.welcomes = true;
    server.sayWelcome();
    expect(client.state().status).toBe('ready');
    expect(server.sockets).toHaveLength(1);
    await clock.advance(10_001);
    expect(server.sockets).toHaveLength(2);
  });

  it('without one: the welcome was taken back', async () => {
    const { clock, server } = await ready();
    server.socket().say(error);
    await clock.advance(1_000);
    expect(server.sockets).toHaveLength(2);
  });
});

describe('a source that fails', () => {
  it('for now: again with backoff; for good: ends', async () => {
    const { client, clock, server, tokens } = scene();
    tokens.fail(new TokenUnavailable('busy', { retryable: true, code: 'busy' }));
    client.start();
    await clock.advance(60_000);
    expect(client.state().status).toBe('connecting');
    tokens.fail(new TokenUnavailable('gone', { retryable: false, code: 'gone' }));
    await clock.advance(60_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'sign_in_required' });
    expect(server.sockets).toHaveLength(0);
  });
});
