import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DependencyUnavailable } from '../../functions/core/ports/dependency-unavailable.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import type { IceServer } from '../../protocol/messages/ice-server.ts';
import { localOnly } from './support/emulator.ts';
import { enterAs, openPair } from './support/raw-client.ts';
import { type LifeEvent, startTestStack } from './support/target.ts';

const urls = ['turn:turn.example.org:3478?transport=udp'];
const credentialsMs = 120_000;

describe.skipIf(localOnly)('[local-only] TURN servers', () => {
  const vault = { secret: 'north of the river', readable: true, reads: 0 };
  const events: LifeEvent[] = [];
  let stack: LocalStack;

  beforeAll(async () => {
    stack = await startTestStack(
      { turn: { urls, secretId: 'turn/shared', credentialsMs } },
      {
        lifeLog: { note: (event) => void events.push(event) },
        readTurnSecret: async () => {
          vault.reads += 1;
          if (!vault.readable) throw new DependencyUnavailable('The vault', 'VaultIsShut', undefined);
          return vault.secret;
        },
      },
    );
  });
  afterAll(() => stack.close());
  beforeEach(() => {
    vault.readable = true;
    events.length = 0;
  });

  /** First of all: what has been read once is kept. */
  it('I10: cannot be given while the secret cannot be read: unavailable, and no session is opened', async () => {
    vault.readable = false;
    const { client: robot } = await enterAs(stack.addresses, 'rover-1');
    const { client } = await enterAs(stack.addresses, 'operator-1');
    const opening = { robotId: 'rover-1', mode: 'control' };
    const unavailable = { code: 'unavailable', retryable: true };
    expect(await client.ask('openSession', 'error', opening)).toMatchObject(unavailable);
    expect(await client.ask('getIceServers', 'error')).toMatchObject(unavailable);
    expect(robot.received.map(({ type }) => type)).not.toContain('sessionRequested');
    expect(events).toContainEqual({
      type: 'dependency_unavailable',
      where: 'openSession',
      code: 'VaultIsShut',
    });

    vault.readable = true;
    expect(await client.ask('openSession', 'sessionOpened', opening)).toMatchObject({ mode: 'control' });
    await client.close();
    await robot.close();
  });

  it('come with a credential of its own for each receiver and session, by the shared secret', async () => {
    const first = await openPair(stack.addresses, { robot: 'rover-1', client: 'operator-1' });
    const second = await openPair(stack.addresses, { robot: 'rover-2', client: 'operator-2' });
    const asked = await first.client.ask('getIceServers', 'iceServers');
    const askedByRobot = await first.robot.ask('getIceServers', 'iceServers');

    const given = [first.opened, first.requested, second.opened, second.requested, asked, askedByRobot].map(
      ({ iceServers }) => turnIn(iceServers),
    );
    const names = given.map(({ username }) => username.replace(/^\d+:/, ''));
    expect(names.slice(0, 4)).toEqual([
      `client.${first.key.sessionId}`,
      `robot.${first.key.sessionId}`,
      `client.${second.key.sessionId}`,
      `robot.${second.key.sessionId}`,
    ]);
    expect(new Set(names).size).toBe(names.length);
    for (const { username, credential } of given) {
      expect(credential).toBe(createHmac('sha1', vault.secret).update(username).digest('base64'));
      const remainingMs = Number.parseInt(username, 10) * 1000 - Date.now();
      expect(remainingMs).toBeGreaterThan(credentialsMs - 30_000);
      expect(remainingMs).toBeLessThanOrEqual(credentialsMs);
      expect(username).not.toMatch(/rover|operator/);
    }
    expect(asked.expiresAt).toBe(Number.parseInt(turnIn(asked.iceServers).username, 10) * 1000);

    for (const { client, robot } of [first, second]) {
      await client.close();
      await robot.close();
    }
  });

  it('cost no further read of the secret while it is kept, however many ask', async () => {
    const { client } = await enterAs(stack.addresses, 'operator-1');
    await client.ask('getIceServers', 'iceServers');
    vault.reads = 0;
    await Promise.all(Array.from({ length: 20 }, () => client.ask('getIceServers', 'iceServers')));
    expect(vault.reads).toBe(0);
    await client.close();
  });

  it('I9: leave neither secret nor credential in what the functions tell of their work', async () => {
    const { client, robot, opened, requested } = await openPair(stack.addresses, {
      robot: 'rover-1',
      client: 'operator-1',
    });
    await client.close();
    await robot.close();
    const told = JSON.stringify(events);
    expect(told).toContain('session_opened');
    for (const { iceServers } of [opened, requested])
      expect(told).not.toContain(turnIn(iceServers).credential);
    expect(told).not.toContain(vault.secret);
  });
});

function turnIn(iceServers: readonly IceServer[]) {
  const [server, ...more] = iceServers;
  expect(more).toEqual([]);
  expect(server?.urls).toEqual(urls);
  return { username: server?.username ?? '', credential: server?.credential ?? '' };
}
