import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { bearer, connectWith, enterAs, openPair, type RawClient } from './support/raw-client.ts';
import { refreshed, signInFully } from './support/sign-in.ts';
import { type LifeEvent, startTestStack } from './support/target.ts';

/** 6 s in `npm test`, 30 s in the long form (`npm run test:long`). */
const lifeMs = Number(process.env.HELIOGRAPH_TOKEN_LIFE_MS ?? 6_000);
const lives = 10;
const graceMs = lifeMs / 3;
const cleanupEveryMs = lifeMs / 60;
/** What a busy machine may take for a timer and a message. Nothing here is a measurement. */
const slackMs = 1_000;

/** Refreshes by what the server says, on the open socket, with tokens of one sign-in; until it is aborted. */
async function keepFresh(
  stack: LocalStack,
  of: { client: RawClient; userName: string; refreshToken: string; until: AbortSignal },
): Promise<number> {
  let { sentAt, refreshAt } = await of.client.hello();
  let count = 0;
  for (;;) {
    const rested = await pause(refreshAt - sentAt, true, { signal: of.until }).catch(() => false);
    if (!rested) return count;
    const token = await refreshed(stack.addresses, of);
    ({ sentAt, refreshAt } = await of.client.ask('refreshToken', 'tokenRefreshed', { token }));
    count += 1;
  }
}

/** As any peer does: what is refused for now is sent again. On a busy machine a refresh comes late, within the grace. */
async function sendUntilAcknowledged(peer: RawClient, signal: Record<string, unknown>): Promise<void> {
  for (;;) {
    const answer = await peer.request('signal', signal);
    if (answer.type === 'signalAck') return;
    expect(['peer_away', 'token_expired']).toContain('code' in answer ? answer.code : answer.type);
    await pause(50);
  }
}

describe.skipIf(localOnly)(`[local-only] tokens of ${lifeMs / 1000} s, in real time`, () => {
  let stack: LocalStack;
  const events: LifeEvent[] = [];
  beforeAll(async () => {
    stack = await startTestStack(
      { tokenTtlMs: lifeMs, graceMs, cleanupEveryMs },
      { lifeLog: { note: (event) => void events.push(event) } },
    );
  });
  afterAll(() => stack.close());

  it(`I2, F2: who refreshes keeps one connection and an open session over ${lives} lives, and signals keep arriving`, {
    timeout: lifeMs * lives + 60_000,
  }, async () => {
    const stop = new AbortController();
    const people = await Promise.all(
      ['rover-1', 'operator-1'].map(async (userName) => {
        const { accessToken, refreshToken } = await signInFully(stack.addresses, userName);
        const client = await connectWith(stack.addresses, bearer(accessToken));
        return { client, userName, refreshToken, until: stop.signal };
      }),
    );
    const keeping = people.map((person) => keepFresh(stack, person));
    const [robot, client] = people.map((person) => person.client);
    if (robot === undefined || client === undefined) throw new Error('Two were connected.');
    const before = await client.hello();
    await robot.hello();
    const { sessionId } = await client.ask('openSession', 'sessionOpened', {
      robotId: 'rover-1',
      mode: 'control',
    });
    const endsAt = Date.now() + lifeMs * lives;
    let seq = 0;
    while (Date.now() < endsAt) {
      seq += 1;
      await sendUntilAcknowledged(robot, {
        sessionId,
        robotId: 'rover-1',
        seq,
        kind: 'custom',
        data: { at: seq },
      });
      expect(await client.nextOf('signal', (signal) => signal.seq === seq)).toMatchObject({ sessionId });
      await pause(200);
    }
    stop.abort();
    const counts = await Promise.all(keeping);
    for (const count of counts) expect(count).toBeGreaterThanOrEqual(lives);

    expect(await client.hello()).toMatchObject({ connectionId: before.connectionId });
    // A machine that is busy may refresh late and be warned; nobody's token ran out, and nobody left.
    for (const { received, socket } of [robot, client]) {
      expect(socket.readyState).toBe(socket.OPEN);
      expect(received.map(({ type }) => type)).not.toContain('tokenExpired');
      expect(received.map(({ type }) => type)).not.toContain('goAway');
      expect(received.map(({ type }) => type)).not.toContain('sessionClosed');
    }
    const connectionId = before.connectionId;
    await client.close();
    await robot.close();
    await expect
      .poll(() =>
        events.find((event) => event.type === 'disconnected' && event.connectionId === connectionId),
      )
      .toMatchObject({ how: 'disconnect', refreshes: counts[1], kind: 'client' });
  });

  it.each(['rover-2', 'operator-2'])(
    'F3: %s, who does not refresh, is warned twice, told, refused, and closed once the grace is over',
    { timeout: lifeMs * 2 + 60_000 },
    async (userName) => {
      const { client, welcome } = await enterAs(stack.addresses, userName);
      const { tokenExpiresAt, connectionId } = welcome;
      const [first = 0, second = 0] = welcome.policy.warnMs;

      for (const warnMs of [first, second]) {
        const warning = await client.nextOf('tokenExpiring');
        expect(warning.tokenExpiresAt).toBe(tokenExpiresAt);
        expect(warning.remainingMs).toBeLessThanOrEqual(warnMs);
        expect(warning.remainingMs).toBeGreaterThan(warnMs === first ? second : 0);
      }
      expect(await client.nextOf('tokenExpired')).toEqual({
        type: 'tokenExpired',
        graceEndsAt: tokenExpiresAt + graceMs,
      });
      expect(await client.request('getIceServers')).toMatchObject({ code: 'token_expired' });

      expect(await client.nextOf('goAway')).toMatchObject({ code: 'token_expired', reconnect: true });
      expect(await client.closed).toEqual({ code: 1000 });
      const closedAfterMs = Date.now() - (tokenExpiresAt + graceMs);
      expect(closedAfterMs).toBeGreaterThanOrEqual(0);
      expect(closedAfterMs).toBeLessThanOrEqual(cleanupEveryMs + slackMs);
      const types = client.received.map(({ type }) => type);
      expect(types).toEqual(['welcome', 'tokenExpiring', 'tokenExpiring', 'tokenExpired', 'error', 'goAway']);
      const told = () =>
        events.filter((event) => 'connectionId' in event && event.connectionId === connectionId);
      await expect.poll(() => told().at(-1)?.type).toBe('disconnected');
      expect(told().at(-1)).toMatchObject({ how: 'expired', refreshes: 0 });
      expect(told().map(({ type }) => type)).toEqual(
        expect.arrayContaining(['connected', 'token_expiring', 'token_expired']),
      );
    },
  );

  it('I1, I2: a refresh within the grace brings everything back as it was', {
    timeout: lifeMs + 60_000,
  }, async () => {
    const { robot, client, key, opened, welcomes } = await openPair(stack.addresses, {
      robot: 'rover-3',
      client: 'admin-1',
    });
    const { refreshToken } = await signInFully(stack.addresses, 'rover-3');
    await client.nextOf('tokenExpired');
    const signal = { ...key, seq: 1, kind: 'custom', data: 'x' };
    expect(await client.request('signal', signal)).toMatchObject({ code: 'token_expired' });
    for (const [peer, userName] of [
      [client, 'admin-1'],
      [robot, 'rover-3'],
    ] as const) {
      const { accessToken } =
        userName === 'rover-3'
          ? { accessToken: await refreshed(stack.addresses, { userName, refreshToken }) }
          : await signInFully(stack.addresses, userName);
      await peer.ask('refreshToken', 'tokenRefreshed', { token: accessToken });
    }
    await client.ask('signal', 'signalAck', signal);
    expect(await robot.nextOf('signal')).toMatchObject({ seq: 1, leaseEpoch: opened.leaseEpoch });
    await robot.ask('signal', 'signalAck', { ...signal, data: 'back' });
    expect(await client.nextOf('signal')).toMatchObject({ data: 'back' });
    expect(await client.hello()).toMatchObject({ connectionId: welcomes.client.connectionId });
    await Promise.all([client.close(), robot.close()]);
  });
});
