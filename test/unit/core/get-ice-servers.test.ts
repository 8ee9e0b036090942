import { expect, it } from 'vitest';
import type { IceHolder } from '../../../functions/core/ports/ice-servers.ts';
import { getIceServers } from '../../../functions/core/use-cases/get-ice-servers.ts';
import { codeOf, connected, socketNamed, welcomed } from './support/cast.ts';
import { operator1, rover1, viewer1 } from './support/people.ts';
import { newWorld, stun, t0 } from './support/world.ts';

it.each([rover1, operator1, viewer1])('gives $userName the configured servers', async (who) => {
  const world = newWorld();
  const caller = await welcomed(world, who);
  expect(await getIceServers(world.deps, caller)).toEqual({
    ok: true,
    value: { iceServers: [stun], expiresAt: t0 + 3_600_000 },
  });
});

it('gives nobody anything before hello, from the token’s end on, or when unknown', async () => {
  const world = newWorld();
  const caller = await connected(world, operator1, { lifeMs: 60_000 });
  expect(codeOf(await getIceServers(world.deps, caller))).toBe('hello_required');
  world.pass(60_000);
  expect(codeOf(await getIceServers(world.deps, caller))).toBe('token_expired');
  expect(codeOf(await getIceServers(world.deps, socketNamed('nobody')))).toBe('unauthenticated');
});

it('gives its own list: what the caller does with it changes nothing', async () => {
  const world = newWorld();
  const caller = await welcomed(world, operator1);
  const first = await getIceServers(world.deps, caller);
  if (first.ok) first.value.iceServers.length = 0;
  expect(await getIceServers(world.deps, caller)).toMatchObject({ value: { iceServers: [stun] } });
});

it('says until when credentials among them are good', async () => {
  const expiresAt = t0 + 60_000;
  const world = newWorld({ iceServers: { for: () => Promise.resolve({ iceServers: [stun], expiresAt }) } });
  const caller = await welcomed(world, operator1);
  expect(await getIceServers(world.deps, caller)).toMatchObject({ value: { expiresAt } });
});

it('asks for them in the name of the robot, or of this client of a person', async () => {
  const holders: IceHolder[] = [];
  const iceServers = {
    for: (holder: IceHolder) => {
      holders.push(holder);
      return Promise.resolve({ iceServers: [stun] });
    },
  };
  const world = newWorld({ iceServers });
  await getIceServers(world.deps, await welcomed(world, rover1));
  await getIceServers(world.deps, await welcomed(world, operator1));
  await getIceServers(world.deps, await welcomed(world, operator1, { name: 'another tab' }));
  expect(holders).toEqual([{ robotId: 'rover-1' }, { clientId: 'client-1' }, { clientId: 'client-2' }]);
});

it('I10: is unavailable when the servers cannot be had', async () => {
  const world = newWorld();
  const caller = await welcomed(world, operator1);
  world.tap.fail('iceServers.for');
  await expect(getIceServers(world.deps, caller)).rejects.toThrow('unavailable');
});
