import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { accessTokenClaims, publicKeyPem, signWith, strangerKey } from '../local/support/identity-tokens.ts';
import { localOnly } from './support/emulator.ts';
import { bearer, connectWith, enterAs, handshakeStatus, openPair } from './support/raw-client.ts';
import { signIn } from './support/sign-in.ts';
import { type LifeEvent, startTestStack } from './support/target.ts';

describe.skipIf(localOnly)('[local-only] tokens made to measure, at connect', () => {
  let stack: LocalStack;
  const events: LifeEvent[] = [];
  beforeAll(async () => {
    stack = await startTestStack({}, { lifeLog: { note: (event) => void events.push(event) } });
  });
  afterAll(() => stack.close());

  const claims = (of: Partial<Parameters<typeof accessTokenClaims>[1]> = {}) =>
    accessTokenClaims(stack.identity, { userName: 'operator-1', groups: ['operators'], ...of });
  const own = (given: ReturnType<typeof claims>) => signWith({ identity: stack.identity, claims: given });
  const kidOf = (token: string): string =>
    String(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid);
  const now = () => Math.floor(Date.now() / 1000);

  const cases: [name: string, status: number, reason: string, token: () => string | Promise<string>][] = [
    ['malformed', 401, 'token_invalid', () => 'a.b.c'],
    ['expired', 401, 'token_expired', () => own(claims({ overrides: { iat: now() - 100, exp: now() - 1 } }))],
    ['without exp', 401, 'token_invalid', () => own(claims({ overrides: { exp: undefined } }))],
    [
      'issued in the future',
      401,
      'token_invalid',
      () => own(claims({ overrides: { iat: now() + 300, exp: now() + 900 } })),
    ],
    [
      'signed by a stranger',
      401,
      'token_invalid',
      () => signWith({ privateKey: strangerKey(), claims: claims() }),
    ],
    ['unsigned', 401, 'token_invalid', () => signWith({ unsigned: true, claims: claims() })],
    [
      'HS256 with the public key',
      401,
      'token_invalid',
      async () =>
        signWith({ secret: await publicKeyPem(stack.identity, kidOf(own(claims()))), claims: claims() }),
    ],
    ['for another client', 401, 'token_other_client', () => own(claims({ clientId: 'another' }))],
    [
      'of another pool',
      401,
      'token_invalid',
      () =>
        own(claims({ overrides: { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other' } })),
    ],
    [
      'of the wrong use',
      401,
      'token_other_use',
      () => own(claims({ overrides: { token_use: 'id', aud: stack.addresses.clientIds.people } })),
    ],
    ['of a user in no group', 403, 'no_group', () => own(claims({ groups: ['fleet:demo'] }))],
    [
      'of a user in two kinds of group',
      403,
      'ambiguous_groups',
      () => own(claims({ groups: ['robots', 'operators'] })),
    ],
  ];

  it.each(cases)('one %s is refused with %i and counted as %s', async (_name, status, reason, token) => {
    const jwt = await token();
    expect(await handshakeStatus(stack.addresses, bearer(jwt))).toBe(status);
    expect(events.at(-1)).toEqual({ type: 'connect_refused', status, reason });
  });

  it('one made to measure that is right is let in, so the refusals above have the reason they name', async () => {
    const client = await connectWith(stack.addresses, bearer(own(claims())));
    expect((await client.hello()).kind).toBe('client');
    await client.close();
  });

  it('logs once, at connect, when the token will expire', async () => {
    const from = events.length;
    const { client, welcome } = await enterAs(stack.addresses, 'operator-1');
    const connected = events.slice(from).filter(({ type }) => type === 'connected');
    expect(connected).toEqual([
      expect.objectContaining({ tokenExpiresAt: welcome.tokenExpiresAt, kind: 'client' }),
    ]);
    await client.close();
  });

  it('I10: when the keys cannot be had, the answer is 503 at connect and a retryable refusal at refresh', async () => {
    const blind = await startTestStack();
    try {
      const token = await signIn(blind.addresses, 'operator-1');
      await blind.identity.rotateKey();
      const newer = await signIn(blind.addresses, 'operator-1');
      const client = await connectWith(blind.addresses, bearer(token));
      await client.hello();
      blind.identity.faults.failFor(60_000);
      expect(await handshakeStatus(blind.addresses, bearer(newer))).toBe(503);
      expect(await client.request('refreshToken', { token: newer })).toMatchObject({
        code: 'unavailable',
        retryable: true,
      });
      blind.identity.faults.clear();
    } finally {
      await blind.close();
    }
  });
});

describe.skipIf(localOnly)('[local-only] the life of a token on an open connection', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startTestStack({ tokenTtlMs: 4_000, graceMs: 2_000, cleanupEveryMs: 200 });
  });
  afterAll(() => stack.close());

  it('I1: after exp nothing is relayed from or to it; within the grace a refresh restores all; after it, it is closed', async () => {
    const { robot, client, key, welcomes } = await openPair(stack.addresses, {
      robot: 'rover-1',
      client: 'operator-1',
    });
    const robotToken = await signIn(stack.addresses, 'rover-1');
    await pause(Math.max(0, welcomes.client.tokenExpiresAt - Date.now() + 50));
    // The robot was signed in earlier and refreshes; the client does not.
    const laterRobotToken = await signIn(stack.addresses, 'rover-1');
    expect(laterRobotToken).not.toBe(robotToken);
    await robot.ask('refreshToken', 'tokenRefreshed', { token: laterRobotToken });

    const signal = { ...key, seq: 1, kind: 'custom', data: 'after exp' };
    expect(await client.request('signal', signal)).toMatchObject({ code: 'token_expired' });
    expect(await robot.request('signal', signal)).toMatchObject({ code: 'peer_away' });
    expect(await client.request('listRobots')).toMatchObject({ code: 'token_expired' });
    client.send({ action: 'ping' });
    await client.nextOf('pong');

    const connections = stack.gateways[0]?.connections().length;
    const refreshed = await client.ask('refreshToken', 'tokenRefreshed', {
      token: await signIn(stack.addresses, 'operator-1'),
    });
    expect(refreshed.tokenExpiresAt).toBeGreaterThan(Date.now());
    await client.ask('signal', 'signalAck', { ...signal, data: 'as before' });
    expect(await robot.nextOf('signal')).toMatchObject({ data: 'as before' });
    expect(stack.gateways[0]?.connections().length).toBe(connections);

    // Now nobody refreshes the client any more.
    const keepRobot = setInterval(
      async () => robot.send({ action: 'refreshToken', token: await signIn(stack.addresses, 'rover-1') }),
      1_000,
    );
    expect(await client.nextOf('goAway')).toMatchObject({ code: 'token_expired', reconnect: true });
    expect(Date.now()).toBeGreaterThanOrEqual(refreshed.tokenExpiresAt + 2_000);
    expect(await client.closed).toEqual({ code: 1000 });
    expect(await robot.nextOf('sessionClosed')).toMatchObject({
      sessionId: key.sessionId,
      reason: 'expired',
    });
    clearInterval(keepRobot);
    await robot.close();
  });

  it('I5: a refresh neither shortens nor changes who it is', async () => {
    const older = await signIn(stack.addresses, 'operator-1');
    await pause(1_100);
    const { client, welcome } = await enterAs(stack.addresses, 'operator-1');
    expect(await client.request('refreshToken', { token: older })).toMatchObject({ code: 'token_not_newer' });
    for (const other of ['operator-2', 'rover-1', 'admin-1']) {
      await pause(0);
      const token = await signIn(stack.addresses, other);
      expect(await client.request('refreshToken', { token }), other).toMatchObject({
        code: 'identity_mismatch',
      });
    }
    expect(await client.request('refreshToken', { token: 'no token' })).toMatchObject({
      code: 'token_invalid',
    });
    const again = await client.hello();
    expect(again.tokenExpiresAt).toBe(welcome.tokenExpiresAt);
    await client.close();
  });

  it('who has not said hello either, and lets its token run out, is told and closed', async () => {
    const silent = await startTestStack({ tokenTtlMs: 3_000, graceMs: 500, cleanupEveryMs: 100 });
    try {
      const client = await connectWith(
        silent.addresses,
        bearer(await signIn(silent.addresses, 'operator-1')),
      );
      await client.closed;
      expect(client.received.map(({ type }) => type)).toContain('goAway');
    } finally {
      await silent.close();
    }
  });
});
