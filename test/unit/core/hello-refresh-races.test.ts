import { expect, it } from 'vitest';
import { refreshToken } from '../../../functions/core/use-cases/refresh-token.ts';
import { cleanUp, connected, hello, refresh } from './support/cast.ts';
import { operator1, rover1 } from './support/people.ts';
import { newWorld } from './support/world.ts';

const everybody = [{ who: operator1 }, { who: rover1 }];

it.each(everybody)(
  'I2, I6: a refresh that reads before hello and writes after it does not get $who.userName closed as one that said no hello',
  async ({ who }) => {
    const world = newWorld();
    const socket = await connected(world, who);
    const held = world.tap.hold('connections.refresh');
    const refreshing = refresh(world, socket, world.tokens.issue(who));
    await held.reachedBy(refreshing);
    await hello(world, socket);
    held.release();
    expect(await refreshing).toMatchObject({ ok: true });
    world.pass(world.policy.helloWithinMs);
    await cleanUp(world);
    expect(world.gateway.closed).toEqual([]);
    expect(world.connection(socket)).toMatchObject({ state: 'ready' });
  },
);

it.each(everybody)(
  'I2, I6: a hello that reads before a refresh and writes after it does not get $who.userName closed when the old token would have ended',
  async ({ who }) => {
    const world = newWorld();
    const socket = await connected(world, who, { lifeMs: 60_000 });
    const held = world.tap.hold('connections.markReady');
    const saying = hello(world, socket);
    await held.reachedBy(saying);
    expect(await refresh(world, socket, world.tokens.issue(who, { lifeMs: 600_000 }))).toMatchObject({
      ok: true,
    });
    held.release();
    await saying;
    world.pass(60_000 + world.policy.graceMs);
    await cleanUp(world);
    expect(world.gateway.closed).toEqual([]);
    expect(world.connection(socket)).toMatchObject({ state: 'ready' });
  },
);

it('I1: a refresh that meets a hello which is given back does not put the deadline beyond the time for hello', async () => {
  const world = newWorld();
  const socket = await connected(world, rover1);
  const welcome = world.tap.hold(`post welcome to ${socket.connectionId}`);
  const saying = hello(world, socket);
  await welcome.reachedBy(saying);
  const written = world.tap.hold('connections.refresh');
  const refreshing = refresh(world, socket, world.tokens.issue(rover1));
  await written.reachedBy(refreshing);
  world.gateway.goneOnce(socket);
  welcome.release();
  await saying;
  expect(world.connection(socket)).toMatchObject({ state: 'connected' });
  written.release();
  expect(await refreshing).toMatchObject({ ok: true });
  world.pass(world.policy.helloWithinMs);
  await cleanUp(world);
  expect(world.connection(socket)).toBeUndefined();
});

it('a refresh during which the state changes again and again is told to come again', async () => {
  const world = newWorld();
  const socket = await connected(world, rover1);
  const changing = {
    ...world.deps,
    connections: { ...world.deps.connections, refresh: async () => 'changed' as const },
  };
  const token = world.tokens.issue(rover1);
  expect(await refreshToken(changing, { caller: socket, token })).toMatchObject({
    ok: false,
    refusal: { code: 'unavailable' },
  });
});
