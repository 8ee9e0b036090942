import { expect, it } from 'vitest';
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
