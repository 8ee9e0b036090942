import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../client/src/reconnect/backoff.ts';
import { robotWelcome, spreadWelcome } from './support/fake-server.ts';
import { session } from './support/open-session.ts';
import { ready } from './support/started-client.ts';

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
      welcome: { ...spreadWelcome, sessions: [session] },
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

  it('an idle operator is spread as well, and comes at once when somebody wants something', async () => {
    const { client, clock, server } = await ready({ welcome: spreadWelcome });
    server.socket().cut(1001);
    await clock.advance(10_000);
    expect(server.sockets).toHaveLength(1);
    const asked = client.request('listRobots', {});
    await clock.advance(1_000);
    const { requestId = '' } = server.socket().lastOf('listRobots');
    server.socket().say({ type: 'robots', requestId, robots: [] });
    expect(await asked).toMatchObject({ robots: [] });
    // What is asked when the connection is lost is waited for, too.
    client.request('listRobots', {}).catch(() => undefined);
    server.socket().cut(1001);
    await clock.advance(600);
    expect(server.sockets).toHaveLength(3);
  });

  it('who asks does not hurry an attempt that follows a failed one', async () => {
    const { client, clock, server } = await ready({ welcome: spreadWelcome });
    server.manners.handshake = { status: 503 };
    server.socket().cut();
    for (let second = 0; second < 120; second += 1) {
      client.request('listRobots', {}).catch(() => undefined);
      await clock.advance(1_000);
    }
    expect(server.sockets.length).toBeLessThan(25);
  });

  it.each([0, 0.999])('a spread has room at both its ends', async (random) => {
    const { clock, server } = await ready({ welcome: robotWelcome, random: () => random });
    server.socket().cut();
    await clock.advance(1_400);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(27_200);
    expect(server.sockets).toHaveLength(2);
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

  it('cuts of connections that held for a while do not make the next failure dearer', async () => {
    const { client, clock, server } = await ready({
      random: () => 0.999,
      welcome: { ...spreadWelcome, sessions: [session] },
    });
    client.channel({ sessionId: 's', robotId: 'rover-1' });
    for (let cut = 0; cut < 10; cut += 1) {
      await clock.advance(3_000);
      server.socket().cut();
    }
    server.manners.handshake = { status: 503 };
    await clock.advance(600);
    server.manners.handshake = 'open';
    await clock.advance(1_500);
    expect(client.state().status).toBe('ready');
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
