import { describe, expect, it } from 'vitest';
import { fixedToken } from '../../../client/src/tokens/fixed-token.ts';
import { tokenCallback } from '../../../client/src/tokens/token-callback.ts';
import { TokenUnavailable } from '../../../client/src/tokens/token-source.ts';
import { robotWelcome } from './support/fake-server.ts';
import { ready, scene } from './support/started-client.ts';
import { jwt } from './support/tokens.ts';

const hourMs = 3_600_000;
/** No roll-over gets between. */
const ageless = { connectionExpiresAt: Number.MAX_SAFE_INTEGER };
const refreshes = (server: { sockets: readonly { heard: readonly { action: string }[] }[] }) =>
  server.sockets.flatMap(({ heard }) => heard).filter(({ action }) => action === 'refreshToken').length;

describe('F2: the token is refreshed on the open connection', () => {
  it.each([
    { random: 0, atH: 0.8 * 0.95 },
    { random: 0.999, atH: 0.8 * 1.05 },
  ])('at refreshAt, give or take 5 %', async ({ random, atH }) => {
    const { clock, server, tokens } = await ready({ random: () => random, welcome: ageless });
    await clock.advance(atH * 4 * hourMs - 60_000);
    expect(tokens.renewals()).toBe(0);
    await clock.advance(120_000);
    expect(tokens.renewals()).toBe(1);
    expect(refreshes(server)).toBe(1);
  });

  it('for days, with make before break in between', async () => {
    const { client, clock, server, tokens } = await ready({ welcome: robotWelcome });
    await clock.advance(48 * hourMs);
    expect(client.state().status).toBe('ready');
    expect(server.sockets).toHaveLength(Math.ceil(48 / (109.5 / 60)));
    expect(tokens.renewals()).toBe(48 / 3.2);
  });

  it.each([
    { type: 'tokenExpiring' as const, tokenExpiresAt: 1, remainingMs: 600_000 },
    { type: 'tokenExpired' as const, graceEndsAt: 1 },
  ])('at once on $type, and never two at a time', async (message) => {
    const { clock, server, tokens } = await ready();
    server.manners.refreshes = false;
    for (let i = 0; i < 3; i += 1) server.socket().say(message);
    await clock.settle();
    expect(tokens.renewals()).toBe(1);
    expect(refreshes(server)).toBe(1);
  });

  it.each([
    { what: 'tokenExpired', told: { type: 'tokenExpired', graceEndsAt: 1 } },
    {
      what: 'an error token_expired',
      told: { type: 'error', code: 'token_expired', message: 'expired', retryable: false },
    },
  ] as const)(
    'refreshed in the grace, by $what, it resumes to learn what it was not told',
    async ({ told }) => {
      const { client, clock, server } = await ready();
      const [first] = server.sockets;
      first?.say(told);
      await clock.advance(1_000);
      expect(refreshes(server)).toBe(1);
      expect(server.sockets).toHaveLength(2);
      expect(server.socket().lastOf('hello')).toMatchObject({ resume: 'key-1' });
      await clock.advance(60_000);
      expect(client.state().status).toBe('ready');
      expect(server.sockets).toHaveLength(2);
    },
  );

  it('the same where it was expired by its own reckoning, and before that it does not', async () => {
    const { clock, server } = await ready({ welcome: ageless });
    server.manners.refreshes = false;
    await clock.advance(3.5 * hourMs);
    server.manners.refreshes = true;
    await clock.advance(60_000);
    expect([refreshes(server) > 1, server.sockets.length]).toEqual([true, 1]);
    server.manners.refreshes = false;
    await clock.advance(4.1 * hourMs);
    expect(server.sockets).toHaveLength(1);
    server.manners.refreshes = true;
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(2);
  });

  it('a token that is already newer is used, not renewed again', async () => {
    const { clock, server, tokens } = await ready();
    server.manners.refreshes = false;
    server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    // No answer within the time limit: the same token is sent again.
    await clock.advance(20_000);
    expect(refreshes(server)).toBe(2);
    expect(tokens.renewals()).toBe(1);
  });

  it('a token that arrives for an older connection is not sent on the next, which does not wait for it', async () => {
    const given = Promise.withResolvers<string>();
    let asked = 0;
    const tokens = tokenCallback(({ renew }) => {
      asked += 1;
      return renew && asked === 2 ? given.promise : jwt({ jti: asked });
    });
    const { clock, server } = await ready({ tokens });
    server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.settle();
    server.socket().cut();
    await clock.advance(1_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.socket().token).toBe(jwt({ jti: 1 }));
    given.resolve(jwt({ jti: 'late' }));
    await clock.advance(1_000);
    expect(refreshes(server)).toBe(0);
  });

  it('a request that is refused because of it is repeated when the token is fresh', async () => {
    const { client, clock, server } = await ready();
    const asked = client.request('listRobots', {});
    const { requestId = '' } = server.socket().lastOf('listRobots');
    server.socket().say({ type: 'error', requestId, code: 'token_expired', message: '', retryable: false });
    await clock.advance(1_000);
    expect(refreshes(server)).toBe(1);
    expect(server.socket().last()).toMatchObject({ action: 'listRobots', requestId });
    server.socket().say({ type: 'robots', requestId, robots: [] });
    expect(await asked).toMatchObject({ robots: [] });
  });
});

describe('a refresh that is refused', () => {
  async function refused(
    code: 'token_invalid' | 'token_not_newer' | 'identity_mismatch' | 'forbidden' | 'token_expired',
  ) {
    const made = await ready({ welcome: ageless });
    made.server.manners.refreshes = false;
    made.server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await made.clock.settle();
    const answer = () => {
      const { requestId = '' } = made.server.socket().lastOf('refreshToken');
      made.server.socket().say({ type: 'error', requestId, code, message: '', retryable: false });
    };
    answer();
    await made.clock.settle();
    return { ...made, answer };
  }

  it('token_invalid: another is tried once, then it ends', async () => {
    const { client, clock, server, tokens, answer } = await refused('token_invalid');
    await clock.advance(2_000);
    expect(refreshes(server)).toBe(2);
    expect(client.state().status).toBe('ready');
    answer();
    await clock.settle();
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'token_refused' });
    expect(tokens.renewals()).toBe(2);
  });

  it.each([
    { code: 'identity_mismatch' as const, ends: 'identity_changed' },
    { code: 'forbidden' as const, ends: 'forbidden' },
  ])('$code ends as $ends', async ({ code, ends }) => {
    const { client } = await refused(code);
    expect(client.state()).toMatchObject({ status: 'closed', reason: ends });
  });

  it('token_not_newer: keeps what it has, and renews again later, not at once', async () => {
    const { client, clock, server } = await refused('token_not_newer');
    await clock.advance(hourMs);
    expect(refreshes(server)).toBe(1);
    server.manners.refreshes = true;
    await clock.advance(1.5 * hourMs);
    expect(client.state().status).toBe('ready');
    expect(refreshes(server)).toBeGreaterThan(1);
  });

  it('token_expired for a token just renewed, twice: connects anew', async () => {
    const { clock, server, answer } = await refused('token_expired');
    await clock.advance(2_000);
    answer();
    await clock.advance(2_000);
    expect(server.sockets).toHaveLength(2);
  });
});

describe('F12: a source that fails during a refresh', () => {
  it('for now: is asked again with backoff while the token lives', async () => {
    const { client, clock, server, tokens } = await ready();
    tokens.fail(new Error('network'));
    server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.advance(60_000);
    expect(tokens.renewals()).toBeGreaterThan(4);
    expect(tokens.renewals()).toBeLessThan(15);
    tokens.fail(undefined);
    await clock.advance(20_000);
    expect(refreshes(server)).toBe(1);
    expect(client.state().status).toBe('ready');
  });

  it('for good: says so, lives on while the token does, then ends', async () => {
    const { client, clock, server, tokens } = await ready();
    const told: unknown[] = [];
    client.on('signInRequired', ({ code }) => told.push(code));
    tokens.fail(new TokenUnavailable('revoked', { retryable: false, code: 'NotAuthorizedException' }));
    server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.advance(600_000);
    expect(told).toEqual(['NotAuthorizedException']);
    expect(tokens.renewals()).toBe(1);
    expect(client.state().status).toBe('ready');
    server.socket().say({ type: 'goAway', code: 'token_expired', reconnect: true });
    server.socket().cut(1000);
    await clock.advance(600_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'sign_in_required' });
    expect(tokens.renewals()).toBe(2);
  });

  it('until the user has signed in and the application says so', async () => {
    const { client, clock, server, tokens } = await ready();
    tokens.fail(new TokenUnavailable('revoked', { retryable: false, code: 'x' }));
    server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.settle();
    tokens.fail(undefined);
    client.refreshToken();
    await clock.settle();
    expect(refreshes(server)).toBe(1);
  });

  it('closes during a refresh: the refresh is left, the next connection is made', async () => {
    const { client, clock, server } = await ready();
    server.manners.refreshes = false;
    server.socket().say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.settle();
    server.socket().cut();
    server.manners.refreshes = true;
    await clock.advance(2_000);
    expect(client.state().status).toBe('ready');
    expect(server.sockets).toHaveLength(2);
    expect(server.socket().heard.map(({ action }) => action)).toEqual(['hello']);
  });
});

describe('clocks', () => {
  it.each([10, -10])('a clock that is %i min off changes nothing', async (minutes) => {
    const life = { lifeMs: 5 * 60_000, skewMs: minutes * 60_000 };
    const { client, clock, server, tokens } = scene({ life });
    server.skewMs = life.skewMs;
    client.start();
    await clock.advance(1);
    expect(client.state().status).toBe('ready');
    // A token of unknown age may look old here; it is renewed once for that.
    const before = tokens.renewals();
    expect(before).toBeLessThanOrEqual(1);
    await clock.advance(3 * life.lifeMs * 0.8 + 30_000);
    expect(tokens.renewals() - before).toBe(3);
    expect(server.sockets).toHaveLength(1);
  });

  it('F7: a token with too little life left is renewed before it connects; also when this clock is 10 min ahead, in an outage', async () => {
    const { client, clock, server, tokens } = scene({ life: { lifeMs: 300_000, skewMs: -600_000 } });
    server.manners.handshake = { status: 503 };
    client.start();
    await clock.advance(120_000);
    // One because the token looked old, and none for the looks of the renewed one.
    expect(tokens.renewals()).toBe(1);
    expect(server.sockets.length).toBeGreaterThan(5);
  });

  it('asleep for 24 h: finds the connection dead, renews and comes back', async () => {
    const { client, clock, server, tokens } = await ready({ welcome: robotWelcome });
    const [old] = server.sockets;
    old?.goSilent();
    clock.sleep(24 * hourMs);
    await clock.advance(60_000);
    expect(old?.isClosed()).toBe(true);
    expect(client.state().status).toBe('ready');
    expect(server.sockets).toHaveLength(2);
    expect(tokens.renewals()).toBe(1);
    expect(server.socket().token).not.toBe(old?.token);
  });

  it('a source whose tokens are all old already is not asked ever faster', async () => {
    const life = { skewMs: 0 };
    const { clock, tokens } = await ready({ welcome: ageless, life });
    life.skewMs = -4 * hourMs;
    await clock.advance(5 * hourMs);
    expect(tokens.renewals()).toBeLessThan(40);
  });

  it('a clock that is set back does not put the refresh off', async () => {
    const life = { skewMs: 0 };
    const { clock, server, tokens } = await ready({ welcome: ageless, life });
    clock.setBack(10 * hourMs);
    server.skewMs = 10 * hourMs;
    life.skewMs = 10 * hourMs;
    await clock.advance(3.4 * hourMs);
    expect(tokens.renewals()).toBe(1);
  });
});

describe('a fixed token', () => {
  it('warns that nobody can refresh it, and ends with it', async () => {
    const lines: string[] = [];
    const tokens = fixedToken(jwt({}), { info: () => undefined, warn: (line) => lines.push(line) });
    expect(lines.join()).toContain('cannot be refreshed');
    const { client, clock, server } = await ready({ tokens });
    server.socket().say({ type: 'goAway', code: 'token_expired', reconnect: true });
    server.socket().cut(1000);
    await clock.advance(60_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'sign_in_required' });
  });
});

describe('I9: what is logged', () => {
  it('never holds a token', async () => {
    const { clock, server, client, lines } = await ready();
    const token = server.socket().token;
    await clock.advance(5 * hourMs);
    server.socket().say({ type: 'goAway', code: 'revoked', reconnect: false });
    server.socket().cut();
    await clock.advance(1_000);
    expect(client.state().status).toBe('closed');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) for (const part of token.split('.')) expect(line).not.toContain(part);
  });
});
