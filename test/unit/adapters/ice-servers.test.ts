import { describe, expect, it } from 'vitest';
import { restIceServers } from '../../../functions/adapters/turn/rest-ice-servers.ts';
import { staticIceServers } from '../../../functions/adapters/turn/static-ice-servers.ts';
import type { IceHolder } from '../../../functions/core/ports/ice-servers.ts';
import { clientId, robotId, sessionId } from '../../../protocol/ids.ts';

const t0 = 1_800_000_000_000;
const stun = { urls: ['stun:stun.example.org'] };
const urls = ['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org'];
const session = sessionId.parse('Jx2n0c9Y6XyQm1bq3dE4fA');
const client: IceHolder = { sessionId: session, side: 'client' };

function servers(options: { secret?: string; now?: number } = {}) {
  const { secret = 'north of the river', now = t0 } = options;
  return restIceServers({
    urls,
    credentialsMs: 3_600_000,
    secret: () => Promise.resolve(secret),
    others: [stun],
    clock: { now: () => now },
  });
}

async function credentialOf(holder: IceHolder, from = servers()) {
  const { iceServers } = await from.for(holder);
  const { username = '', credential = '' } = iceServers.at(-1) ?? {};
  return { username, credential };
}

describe('TURN servers', () => {
  /**
   *     python3 -c 'import hmac, base64; print(base64.b64encode(hmac.new(b"north of the river",
   *       b"1800003600:client.Jx2n0c9Y6XyQm1bq3dE4fA", "sha1").digest()).decode())'
   *
   * `openssl dgst -sha1 -hmac` says the same.
   */
  it('come with what another implementation of the scheme computes', async () => {
    expect(await servers().for(client)).toEqual({
      iceServers: [
        stun,
        {
          urls,
          username: '1800003600:client.Jx2n0c9Y6XyQm1bq3dE4fA',
          credential: 's/ZbIDjTuBjpLAlhpS2oy0ud0x8=',
        },
      ],
      expiresAt: t0 + 3_600_000,
    });
  });

  it('come with another credential for each receiver, each session, and each moment', async () => {
    const holders: IceHolder[] = [
      client,
      { sessionId: session, side: 'robot' },
      { sessionId: sessionId.parse('another'), side: 'client' },
      { clientId: clientId.parse('a1B2c3D4e5F6g7H8i9J0kL') },
      { robotId: robotId.parse('rover-1') },
      { robotId: robotId.parse('rover-2') },
    ];
    const given = await Promise.all(holders.map((holder) => credentialOf(holder)));
    given.push(await credentialOf(client, servers({ now: t0 + 1000 })));
    expect(new Set(given.map(({ username }) => username)).size).toBe(given.length);
    expect(new Set(given.map(({ credential }) => credential)).size).toBe(given.length);
  });

  it('come with another credential when the secret is another', async () => {
    const before = await credentialOf(client);
    const after = await credentialOf(client, servers({ secret: 'south of it' }));
    expect(after.username).toBe(before.username);
    expect(after.credential).not.toBe(before.credential);
  });

  it.each(['rover-1', "o'brien", '"; drop', 'a\\b', 'union select', '九号机器人', '4000000000:x'])(
    'hide the name that the robot %s signs in with, and keep to what coturn takes',
    async (name) => {
      const { username } = await credentialOf({ robotId: robotId.parse(name) });
      expect(username).toMatch(/^1800003600:robot\.[\w-]{22}$/);
      expect(username).not.toContain(name);
    },
  );

  it('are not given when the secret cannot be had (I10)', async () => {
    const unreadable = restIceServers({
      urls,
      credentialsMs: 3_600_000,
      secret: () => Promise.reject(new Error('no secret')),
      others: [stun],
      clock: { now: () => t0 },
    });
    await expect(unreadable.for(client)).rejects.toThrow('no secret');
  });
});

describe('servers without credentials', () => {
  it('are the same for everybody, and have no end', async () => {
    expect(await staticIceServers([stun]).for(client)).toEqual({ iceServers: [stun] });
  });
});
