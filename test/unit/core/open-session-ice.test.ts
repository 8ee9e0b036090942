import { describe, expect, it } from 'vitest';
import type { IceHolder } from '../../../functions/core/ports/ice-servers.ts';
import { open, opened, welcomed } from './support/cast.ts';
import { operator1, rover1, viewer1 } from './support/people.ts';
import { newWorld } from './support/world.ts';

const urls = ['turn:turn.example.org'];

/** Servers whose user names say for whom they were made, and how many were made before. */
async function setUp() {
  let made = 0;
  const iceServers = {
    for: async (holder: IceHolder) => ({
      iceServers: [{ urls, username: `${made++} ${Object.values(holder).join(' ')}`, credential: 'c' }],
    }),
  };
  const world = newWorld({ iceServers });
  const robot = await welcomed(world, rover1);
  const client = await welcomed(world, operator1);
  const requested = () =>
    world.gateway.to(robot).flatMap((message) => (message.type === 'sessionRequested' ? [message] : []));
  return { world, client, requested };
}

describe('openSession', () => {
  it('gives each side of each session servers of its own', async () => {
    const { world, client, requested } = await setUp();
    const first = await opened(world, client);
    const viewer = await welcomed(world, viewer1);
    const second = await opened(world, viewer, { mode: 'view' });
    const given = [first, second, ...requested()].map(({ iceServers }) => iceServers[0]?.username);
    expect(given).toEqual([
      '0 session-1 client',
      '2 session-2 client',
      '1 session-1 robot',
      '3 session-2 robot',
    ]);
  });

  it('repeated, gives the same session with servers that are good from now on', async () => {
    const { world, client, requested } = await setUp();
    const request = { requestId: 'request-1' };
    const first = await opened(world, client, request);
    const again = await opened(world, client, request);
    expect({ ...again, iceServers: [] }).toEqual({ ...first, iceServers: [] });
    expect(again.iceServers).not.toEqual(first.iceServers);
    expect(requested().map(({ iceServers }) => iceServers[0]?.username)).toEqual([
      expect.stringMatching(/^1 /),
      expect.stringMatching(/^3 /),
    ]);
  });

  it('I10: writes nothing and tells nobody when the servers cannot be had', async () => {
    const { world, client, requested } = await setUp();
    const before = structuredClone(world.state);
    world.tap.fail('iceServers.for');
    await expect(open(world, client)).rejects.toThrow('unavailable');
    expect(world.state).toEqual(before);
    expect(requested()).toEqual([]);
  });

  it('repeated while the servers cannot be had, leaves the session as it is', async () => {
    const { world, client } = await setUp();
    const request = { requestId: 'request-1' };
    await opened(world, client, request);
    const before = structuredClone(world.state);
    world.tap.fail('iceServers.for');
    await expect(open(world, client, request)).rejects.toThrow('unavailable');
    expect(world.state).toEqual(before);
  });
});
