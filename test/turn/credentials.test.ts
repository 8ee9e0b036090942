import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/adapters/runtime/system-clock.ts';
import { restIceServers } from '../../functions/adapters/turn/rest-ice-servers.ts';
import type { IceHolder } from '../../functions/core/ports/ice-servers.ts';
import { type RobotId, robotId, sessionId } from '../../protocol/ids.ts';
import type { IceServer } from '../../protocol/messages/ice-server.ts';
import { allocate, refresh } from './support/allocate.ts';
import { type Coturn, startCoturn } from './support/coturn.ts';
import { relayedPair } from './support/relayed-pair.ts';

/** As an operator has them in the middle of a rotation: the server takes both. */
const secrets = { new: 'north of the river', old: 'south of the river' };
const minuteMs = 60_000;

let coturn: Coturn;
beforeAll(async () => {
  coturn = await startCoturn({ secrets: Object.values(secrets) });
  process.stdout.write(`coturn ${coturn.version}\n`);
});
afterAll(() => coturn?.stop());

let sessions = 0;

/** What our function gives to one side of a new session. */
async function given(of: { agoMs?: number; lifeMs?: number; secret?: string; to?: IceHolder } = {}) {
  const { agoMs = 0, lifeMs = 60 * minuteMs, secret = secrets.new } = of;
  const { to = { sessionId: sessionId.parse(`session-${++sessions}`), side: 'client' } } = of;
  const servers = restIceServers({
    urls: [`turn:${coturn.host}:${coturn.port}?transport=udp`],
    credentialsMs: lifeMs,
    secret: () => Promise.resolve(secret),
    others: [],
    clock: { now: () => systemClock.now() - agoMs },
  });
  const { iceServers, expiresAt = 0 } = await servers.for(to);
  const [server] = iceServers;
  if (server?.username === undefined || server.credential === undefined) throw new Error('No credential.');
  return { server, username: server.username, expiresAt };
}

/** Whether a relay is to be had. */
async function isTaken(server: IceServer): Promise<boolean> {
  const allocation = await allocate(coturn, server);
  await allocation?.close();
  return allocation !== undefined;
}

describe.concurrent('coturn', () => {
  it('gives a relay for a fresh credential', async () => {
    const { server } = await given();
    const allocation = await allocate(coturn, server);
    expect(allocation?.relayedAddress).toEqual([coturn.host, expect.any(Number)]);
    await allocation?.close();
  });

  it.each(['rover-1', 'o\'brien \\ "九"', 'union select'])('gives one to a robot named %s', async (name) => {
    const robot: RobotId = robotId.parse(name);
    expect(await isTaken((await given({ to: { robotId: robot } })).server)).toBe(true);
  });

  it('relays between two peers that each have a credential of their own, and nothing else', async () => {
    const session = sessionId.parse('session-of-two');
    const { server: client } = await given({ to: { sessionId: session, side: 'client' } });
    const { server: robot } = await given({ to: { sessionId: session, side: 'robot' } });
    const pair = await relayedPair({ client, robot });
    expect(await pair.send('good morning')).toBe('good morning');
    expect(pair.candidates()).not.toEqual([]);
    for (const candidate of pair.candidates()) expect(candidate).toContain('typ relay');
    await pair.close();
  });

  it('refuses one that has run out', async () => {
    expect(await isTaken((await given({ agoMs: 61 * minuteMs })).server)).toBe(false);
  });

  it('refuses one that ran out a moment ago', async () => {
    expect(await isTaken((await given({ agoMs: 2_000, lifeMs: 1_000 })).server)).toBe(false);
  });

  it('refuses one that somebody without the secret has signed', async () => {
    expect(await isTaken((await given({ secret: 'a guess' })).server)).toBe(false);
  });

  it('refuses one whose end was put off', async () => {
    const { server, username } = await given({ agoMs: 61 * minuteMs });
    const longer = username.replace(/^\d+/, (seconds) => String(Number(seconds) + 7200));
    expect(await isTaken({ ...server, username: longer })).toBe(false);
  });

  it('refuses one under the name of somebody else', async () => {
    const { server, username } = await given();
    expect(await isTaken({ ...server, username: username.replace('client.', 'robot.') })).toBe(false);
  });

  it('takes those of the old and the new secret while it has both', async () => {
    expect(await isTaken((await given({ secret: secrets.old })).server)).toBe(true);
    expect(await isTaken((await given({ secret: secrets.new })).server)).toBe(true);
  });

  /** Why the life of a credential need not be that of a session. */
  it('lets go on what was allocated before the credential ran out', async () => {
    const { server, expiresAt } = await given({ lifeMs: 3_000 });
    const allocation = await allocate(coturn, server);
    if (allocation === undefined) throw new Error('Refused while it was fresh.');
    await setTimeout(expiresAt + 1_500 - systemClock.now());
    expect(await isTaken(server)).toBe(false);

    expect(await refresh(allocation)).toBe(600);
    await expect(allocation.getPermission([coturn.host, 9])).resolves.toBeUndefined();
    await allocation.close();
  });
});
