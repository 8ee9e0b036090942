import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../client/src/reconnect/backoff.ts';
import { TokenUnavailable } from '../../../client/src/tokens/token-source.ts';
import { robotWelcome } from './support/fake-server.ts';
import { ready, scene } from './support/started-client.ts';

const session = {
  sessionId: 's',
  robotId: 'rover-1',
  clientId: 'client-1',
  mode: 'control' as const,
  state: 'open' as const,
  leaseEpoch: 1,
  received: 0,
};

describe('backoff', () => {
  it('is full jitter under a ceiling from 0.5 s to 20 s', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoffMs(failures, () => 1));
    expect(ceilings).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
    expect(backoffMs(9, () => 0)).toBe(0);
  });
});

describe('F10: a lost connection', () => {
  it('comes back within 2 s when a session is open, with the key of its last welcome and its counts', async () => {
    const { client, clock, server, states } = await ready({
      random: () => 0.999,
      welcome: { sessions: [session] },
    });
    client.channel({ sessionId: 's', robotId: 'rover-1' });
    server.socket().say({ type: 'signal', ...session, from: 'robot', seq: 1, kind: 'custom', leaseEpoch: 0 });
    server.socket().cut();
    expect(client.state()).toEqual({ status: 'recovering', attempt: 2 });
    await clock.advance(2_000);
    expect(server.socket().lastOf('hello')).toMatchObject({ resume: 'key-1', received: { s: 1 } });
    expect(states.map(({ status }) => status)).toEqual(['ready', 'recovering', 'ready']);
  });

  it('an idle robot is spread over reconnectSpreadMs, and resumes by `true`', async () => {
    const { clock, server } = await ready({ welcome: robotWelcome });
    server.socket().cut(1001);
    await clock.advance(14_900);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(200);
    expect(server.socket().lastOf('hello')).toMatchObject({ resume: true });
  });

  it('a robot never gives up', async () => {
    const { client, clock, server } = await ready({ welcome: robotWelcome });
    server.manners.handshake = { status: 503 };
    server.socket().cut();
    await clock.advance(24 * 3_600_000);
    expect(client.state().status).toBe('recovering');
    server.manners.handshake = 'open';
    await clock.advance(20_000);
    expect(client.state().status).toBe('ready');
  });

  it('sessions that the server knows no more are told as gone', async () => {
    const { client, clock, server } = await ready({ welcome: { sessions: [session] } });
    client.channel({ sessionId: 's', robotId: 'rover-1' });
    const gone: unknown[] = [];
    client.on('sessionsGone', (keys) => gone.push(keys));
    server.welcome = {};
    server.socket().cut();
    await clock.advance(1_000);
    expect(gone).toEqual([[{ sessionId: 's', robotId: 'rover-1' }]]);
  });

  it('a server that welcomes and cuts at once is met with growing pauses', async () => {
    const { clock, server } = await ready();
    const cut = setIntervalOf(server);
    for (let second = 0; second < 120; second += 1) {
      cut();
      await clock.advance(1_000);
    }
    expect(server.sockets.length).toBeLessThan(20);
  });
});

function setIntervalOf(server: { socket(): { cut(): void } }) {
  return () => server.socket().cut();
}

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

describe('make before break', () => {
  it('goAway connection_max_age: the second is welcomed before the first is dropped; nothing is lost or told', async () => {
    const { client, clock, server, states } = await ready({ welcome: { sessions: [session] } });
    const channel = client.channel({ sessionId: 's', robotId: 'rover-1' });
    const heard: number[] = [];
    channel.listen({ onSignal: ({ seq }) => heard.push(seq), onLost: () => undefined });
    const [first] = server.sockets;
    server.manners.welcomes = false;
    first?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    const second = server.socket();
    expect(second).not.toBe(first);
    expect(second.lastOf('hello')).toMatchObject({ resume: 'key-1' });
    const signal = { type: 'signal', ...session, from: 'robot', kind: 'custom', leaseEpoch: 0 } as const;
    first?.say({ ...signal, seq: 1 });
    channel.send('custom', 1);
    expect(first?.lastOf('signal')).toMatchObject({ seq: 1 });
    // The server tells the first before the client has seen the welcome of the second.
    first?.say({ type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 });
    first?.cut(1000);
    server.manners.welcomes = true;
    second.say({ ...welcomeOf(states), connectionId: 'c2', sessions: [{ ...session, received: 1 }] });
    second.say({ ...signal, seq: 2 });
    expect(heard).toEqual([1, 2]);
    expect(client.state().status).toBe('ready');
    await clock.advance(120_000);
    expect(server.sockets).toHaveLength(2);
  });

  it('rolls over by itself when goAway was missed', async () => {
    const { clock, server } = await ready();
    await clock.advance(110 * 60_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.isClosed()).toBe(true);
    expect(server.sockets[1]?.isClosed()).toBe(false);
  });

  it('what the old connection still says of itself is not about the new one', async () => {
    const { clock, server, tokens } = await ready();
    const [old] = server.sockets;
    old?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    old?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    old?.say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(2);
    expect(tokens.renewals()).toBe(0);
  });

  it('what the server refuses because another has taken over is asked again there', async () => {
    const { client, clock, server, states } = await ready();
    const [old] = server.sockets;
    server.manners.welcomes = false;
    old?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    const asked = client.request('releaseControl', { sessionId: 's', robotId: 'rover-1' });
    const { requestId = '' } = old?.lastOf('releaseControl') ?? {};
    const refuse = (code: 'session_unknown' | 'unauthenticated') =>
      old?.say({ type: 'error', requestId, code, message: '', retryable: false });
    refuse('session_unknown');
    refuse('unauthenticated');
    await clock.settle();
    server.socket().say({ ...welcomeOf(states), connectionId: 'c2' });
    refuse('unauthenticated');
    await clock.advance(3_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.socket().lastOf('releaseControl')).toMatchObject({ requestId });
    server
      .socket()
      .say({ type: 'controlChanged', requestId, robotId: 'rover-1', sessionId: null, leaseEpoch: 2 });
    expect(await asked).toMatchObject({ sessionId: null });
    expect(states.map(({ status }) => status)).toEqual(['ready', 'ready']);
  });

  it('a second that is refused for good does not end the first', async () => {
    const { client, clock, server } = await ready();
    server.manners.handshake = { status: 401 };
    server.socket().say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(60_000);
    expect(client.state().status).toBe('ready');
    server.sockets[0]?.cut();
    await clock.advance(60_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'token_refused' });
  });

  it('keeps the first while the second fails, and tries again', async () => {
    const { client, clock, server } = await ready();
    server.manners.handshake = { status: 503 };
    server.socket().say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(30_000);
    expect(client.state().status).toBe('ready');
    expect(server.sockets[0]?.isClosed()).toBe(false);
    server.manners.handshake = 'open';
    await clock.advance(20_000);
    expect(server.sockets[0]?.isClosed()).toBe(true);
    expect(client.state().status).toBe('ready');
  });
});

function welcomeOf(states: readonly { readonly status: string }[]) {
  const found = states.find((state) => state.status === 'ready');
  if (found === undefined || !('welcome' in found)) throw new Error('never ready');
  return found.welcome as import('../../../client/src/wire/messages.ts').Welcome;
}

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
});

describe('the page', () => {
  it('does not try while it is offline, and tries at once when it is back', async () => {
    let isOffline = false;
    let wake = () => {};
    const page = {
      isOffline: () => isOffline,
      onWake: (act: () => void) => {
        wake = act;
        return () => {};
      },
    };
    const { client, clock, server } = await ready({ page });
    isOffline = true;
    server.socket().cut();
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(1);
    isOffline = false;
    wake();
    await clock.advance(1);
    expect(client.state().status).toBe('ready');
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
