import { describe, expect, it } from 'vitest';
import type { OpenTransport } from '../../../client/src/connection/transport.ts';
import { createSignalingClient } from '../../../client/src/signaling/signaling-client.ts';
import type { SignalingState } from '../../../client/src/signaling/state.ts';
import { cognitoTokens } from '../../../client/src/tokens/cognito/cognito-tokens.ts';
import { TokenUnavailable } from '../../../client/src/tokens/token-source.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { createFakeCognito, refused, signedIn } from './support/fake-cognito.ts';
import { createFakeServer, type FakeSocket, robotWelcome } from './support/fake-server.ts';
import { session } from './support/open-session.ts';
import { ready, scene } from './support/started-client.ts';
import { fakeTokens } from './support/tokens.ts';

const hourMs = 3_600_000;
describe('a laptop that was asleep for 24 h', () => {
  it('comes back with a fresh token, and tells that its session has ended', async () => {
    const { client, clock, server, tokens } = await ready({ welcome: { sessions: [session] } });
    client.channel({ sessionId: 's', robotId: 'rover-1' });
    const gone: unknown[] = [];
    client.on('sessionsGone', (keys) => gone.push(...keys));
    server.socket().goSilent();
    server.welcome = { resumed: false };
    clock.sleep(24 * hourMs);
    await clock.advance(45_000);
    expect(client.state().status).toBe('ready');
    expect(gone).toEqual([{ sessionId: 's', robotId: 'rover-1' }]);
    expect([server.sockets.length, tokens.renewals()]).toEqual([2, 1]);
  });

  it('whose sign-in has ended meanwhile asks for a new one, after one question', async () => {
    const { client, clock, server, tokens } = await ready();
    server.socket().goSilent();
    tokens.fail(new TokenUnavailable('over', { retryable: false, code: 'NotAuthorizedException' }));
    clock.sleep(24 * hourMs);
    await clock.advance(600_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'sign_in_required' });
    expect(server.sockets).toHaveLength(1);
    expect(tokens.renewals()).toBeLessThanOrEqual(2);
    expect(clock.timers()).toBe(0);
  });
});

describe('F13: a refresh token that was revoked', () => {
  it('ends the client with sign_in_required, after few questions to Cognito', async () => {
    const clock = createFakeClock();
    const server = createFakeServer(clock);
    const cognito = createFakeCognito();
    const tokens = cognitoTokens({
      endpoint: 'http://cognito.example',
      clientId: 'people',
      identity: 'operator-1',
      refreshToken: 'refresh-1',
      fetch: cognito.fetch,
      clock,
    });
    const client = createSignalingClient({
      url: 'wss://signaling.example/v1',
      tokens,
      transport: server.openTransport,
      clock,
      random: () => 0.5,
    });
    client.start();
    await clock.advance(1);
    expect(client.state().status).toBe('ready');
    cognito.answer = () => refused('NotAuthorizedException', 'Refresh Token has been revoked');
    cognito.requests.length = 0;
    server.socket().say({ type: 'goAway', code: 'revoked', reconnect: true });
    server.socket().cut(1000);
    await clock.advance(24 * hourMs);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'sign_in_required' });
    expect(cognito.requests).toHaveLength(1);
    expect(server.sockets).toHaveLength(1);
  });

  it('signs in anew by password where there is one, and goes on', async () => {
    const clock = createFakeClock();
    const server = createFakeServer(clock);
    const cognito = createFakeCognito();
    cognito.answer = ({ body }) => {
      if (body.AuthFlow === 'REFRESH_TOKEN_AUTH') return refused('NotAuthorizedException');
      return signedIn(cognito.requests.length);
    };
    const client = createSignalingClient({
      url: 'wss://signaling.example/v1',
      tokens: cognitoTokens({
        endpoint: 'http://cognito.example',
        clientId: 'robots',
        signIn: { userName: 'rover-1', password: 'secret' },
        fetch: cognito.fetch,
        clock,
      }),
      transport: server.openTransport,
      clock,
      random: () => 0.5,
    });
    client.start();
    await clock.advance(1);
    server.socket().say({ type: 'goAway', code: 'revoked', reconnect: true });
    server.socket().cut(1000);
    await clock.advance(2_000);
    expect(client.state().status).toBe('ready');
    expect(cognito.requests).toHaveLength(3);
  });
});

describe('F8: two devices with one identity', () => {
  /** As the server does: who says hello last has the identity, and the one before is told and closed. */
  function contested() {
    const clock = createFakeClock();
    const server = createFakeServer(clock);
    server.welcome = robotWelcome;
    let holder: FakeSocket | undefined;
    const openTransport: OpenTransport = (request, events) => {
      const transport = server.openTransport(request, events);
      const own = server.socket();
      return {
        close: transport.close,
        send(text) {
          const { action } = JSON.parse(text);
          const before = holder;
          if (action === 'hello') holder = own;
          transport.send(text);
          if (action !== 'hello' || before === undefined || before === own) return;
          before.say({ type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 });
          before.cut(1000);
        },
      };
    };
    const device = (chance: number) => {
      const client = createSignalingClient({
        url: 'wss://signaling.example/v1',
        tokens: fakeTokens(clock),
        transport: openTransport,
        clock,
        random: () => chance,
      });
      const states: SignalingState[] = [];
      client.on('state', (state) => states.push(state));
      return { client, states };
    };
    return { clock, server, first: device(0.2), second: device(0.7) };
  }

  it('end with one that has it, and one that says why it gave up', async () => {
    const { clock, server, first, second } = contested();
    first.client.start();
    await clock.advance(1_000);
    second.client.start();
    await clock.advance(2 * hourMs);
    const ends = [first, second].map(({ client }) => client.state());
    expect(ends.map(({ status }) => status).sort()).toEqual(['closed', 'ready']);
    expect(ends).toContainEqual(expect.objectContaining({ reason: 'identity_contested' }));
    expect(server.sockets.length).toBeLessThanOrEqual(7);
  });
});

describe('F9: a connection that was idle for long', () => {
  it('is made anew with the token that it had: it is good until it ends', async () => {
    const { client, clock, server, tokens } = await ready();
    await clock.advance(1.5 * hourMs);
    server.socket().cut(1001);
    await clock.advance(1_000);
    expect(client.state().status).toBe('ready');
    expect(server.sockets[1]?.token).toBe(server.sockets[0]?.token);
    expect(tokens.renewals()).toBe(0);
  });

  it('says something more often than the gateway’s 10 minutes', async () => {
    const { clock, server } = await ready();
    const heard = server.socket().heard;
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const before = heard.length;
      await clock.advance(599_000);
      expect(heard.length).toBeGreaterThan(before);
    }
  });
});

describe('a clock that is 10 min off', () => {
  it.each([10, -10])('%i min: after a loss it is welcomed again with few renewals', async (minutes) => {
    const life = { lifeMs: 3_600_000, skewMs: -minutes * 60_000 };
    const { client, clock, server, tokens } = scene({ life });
    server.skewMs = life.skewMs;
    client.start();
    await clock.advance(1);
    for (let loss = 0; loss < 20; loss += 1) {
      await clock.advance(60_000);
      server.socket().cut();
      await clock.advance(1_000);
      expect(client.state().status).toBe('ready');
    }
    expect(tokens.renewals()).toBeLessThanOrEqual(1);
  });
});
