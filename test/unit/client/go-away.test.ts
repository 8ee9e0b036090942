import { describe, expect, it } from 'vitest';
import { robotWelcome } from './support/fake-server.ts';
import { ready } from './support/started-client.ts';

describe('goAway', () => {
  const goAway = (code: 'replaced' | 'revoked' | 'token_expired' | 'shutdown', reconnect = true) => ({
    type: 'goAway' as const,
    code,
    reconnect,
  });

  it('replaced: a client ends', async () => {
    const { client, clock, server } = await ready();
    server.socket().say({ ...goAway('replaced'), reconnectAfterMs: 60_000 });
    server.socket().cut(1000);
    await clock.advance(600_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'replaced' });
    expect(server.sockets).toHaveLength(1);
  });

  it('replaced: a robot waits a minute at least, and waking does not shorten it', async () => {
    let wake = () => {};
    const page = {
      isOffline: () => false,
      onWake: (act: () => void) => {
        wake = act;
        return () => {};
      },
    };
    const { client, clock, server } = await ready({ welcome: robotWelcome, page });
    server.socket().say({ ...goAway('replaced'), reconnectAfterMs: 60_000 });
    server.socket().cut(1000);
    await clock.advance(30_000);
    wake();
    await clock.advance(30_000);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(60_000);
    expect(client.state().status).toBe('ready');
  });

  it('replaced, and not told for how long: a robot waits a minute all the same', async () => {
    const { client, clock, server } = await ready({ welcome: robotWelcome, random: () => 0 });
    server.socket().say(goAway('replaced'));
    server.socket().cut(1000);
    await clock.advance(59_900);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(3_000);
    expect(client.state().status).toBe('ready');
  });

  it('who is replaced now and then, by a robot that is exchanged say, is not contested', async () => {
    const { client, clock, server } = await ready({ welcome: robotWelcome });
    for (let round = 0; round < 6; round += 1) {
      await clock.advance(15 * 60_000);
      server.socket().say(goAway('replaced'));
      server.socket().cut(1000);
      await clock.advance(120_000);
      expect(client.state().status).toBe('ready');
    }
  });

  it('two devices with one identity do not fight for ever', async () => {
    const { client, clock, server } = await ready({ welcome: robotWelcome });
    for (let round = 0; round < 10; round += 1) {
      if (client.state().status === 'ready') {
        server.socket().say(goAway('replaced'));
        server.socket().cut(1000);
      }
      await clock.advance(120_000);
    }
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'identity_contested' });
    expect(server.sockets).toHaveLength(3);
  });

  it('revoked for good: ends without another attempt', async () => {
    const { client, clock, server, tokens } = await ready();
    server.socket().say(goAway('revoked', false));
    server.socket().cut(1000);
    await clock.advance(600_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'revoked' });
    expect(server.sockets).toHaveLength(1);
    expect(tokens.renewals()).toBe(0);
  });

  it.each(['revoked', 'token_expired'] as const)('%s with reconnect: renews, then connects', async (code) => {
    const { client, clock, server, tokens } = await ready();
    server.socket().say(goAway(code));
    server.socket().cut(1000);
    await clock.advance(1_000);
    expect(client.state().status).toBe('ready');
    expect(tokens.renewals()).toBe(1);
    expect(server.sockets[1]?.token).not.toBe(server.sockets[0]?.token);
  });

  it('a server that says it and does not close is closed by the client', async () => {
    const { clock, server } = await ready();
    server.socket().say(goAway('token_expired'));
    await clock.advance(3_000);
    expect(server.sockets[0]?.isClosed()).toBe(true);
    expect(server.sockets).toHaveLength(2);
  });

  it('shutdown: comes back after the time that it was told, before the old one is gone', async () => {
    const { client, clock, server } = await ready();
    server.socket().say({ ...goAway('shutdown'), reconnectAfterMs: 5_000 });
    await clock.advance(4_900);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(200);
    expect(server.sockets).toHaveLength(2);
    expect(client.state().status).toBe('ready');
  });
});
