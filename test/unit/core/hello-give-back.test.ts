import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { cleanUp, codeOf, connected, hello, inSession, opened, welcomed } from './support/cast.ts';
import { operator1, rover1 } from './support/people.ts';
import { newWorld, t0, type World } from './support/world.ts';

/** How `welcome` can fail, and what the caller then gets. */
const failures = [
  {
    what: 'finds the socket gone (410)',
    set: (world: World, socket: SocketAddress) => world.gateway.goneOnce(socket),
    code: 'unauthenticated',
  },
  {
    what: 'cannot be posted',
    set: (world: World, { connectionId }: SocketAddress) => world.tap.fail(`post welcome to ${connectionId}`),
    code: 'thrown',
  },
] as const;

async function codeOfHello(world: World, socket: SocketAddress) {
  return hello(world, socket).then(codeOf, () => 'thrown' as const);
}

describe.each(failures)('a welcome that $what gives the claim back', ({ set, code }) => {
  it('to the one who had it, who keeps its sessions and hears nothing', async () => {
    const world = newWorld();
    const { robotSocket, sessionId } = await inSession(world, rover1, operator1);
    const before = world.robot();
    const b = await connected(world, rover1, { name: 'of-rover-1-B' });
    set(world, b);
    expect(await codeOfHello(world, b)).toBe(code);
    expect(world.robot()).toEqual({ ...before, epoch: 3, claimedAt: expect.any(Array) });
    expect(world.session(sessionId)).toBeDefined();
    expect(world.gateway.to(robotSocket).map(({ type }) => type)).toEqual(['welcome', 'sessionRequested']);
    expect(world.gateway.closed).toEqual([]);
    expect(world.noted('claim_given_back')).toEqual([
      { type: 'claim_given_back', connectionId: b.connectionId, robotId: 'rover-1' },
    ]);
    expect(world.noted('welcomed')).not.toContainEqual(
      expect.objectContaining({ connectionId: b.connectionId }),
    );
  });

  it('to nobody, where the robot was never here', async () => {
    const world = newWorld();
    const b = await connected(world, rover1, { name: 'B' });
    set(world, b);
    await codeOfHello(world, b);
    expect(world.robot()).toMatchObject({ state: 'offline', epoch: 2 });
    expect(world.robot()).not.toHaveProperty('socket');
  });

  it('to a robot that was away, whose window ends as before', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await disconnect(world.deps, a);
    const before = world.robot();
    world.pass(1000);
    const b = await connected(world, rover1, { name: 'B' });
    set(world, b);
    await codeOfHello(world, b);
    expect(world.robot()).toEqual({ ...before, epoch: 3, claimedAt: expect.any(Array) });
    expect(before?.resumeEndsAt).toBe(t0 + world.policy.resumeWindowMs);
  });

  it('unless a still newer one has it by then', async () => {
    const world = newWorld();
    const b = await connected(world, rover1, { name: 'B' });
    set(world, b);
    const held = world.tap.hold('post welcome to B');
    const saying = codeOfHello(world, b);
    await held.reachedBy(saying);
    const c = await welcomed(world, rover1, { name: 'C' });
    const after = world.robot();
    held.release();
    expect(await saying).toBe(code);
    expect(world.robot()).toEqual(after);
    expect(after).toMatchObject({ socket: c });
    expect(world.noted('claim_given_back')).toEqual([]);
  });

  it('I4: and the old one is away when its $disconnect came before the give back', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, rover1, { name: 'B' });
    set(world, b);
    const held = world.tap.hold('post welcome to B');
    const saying = codeOfHello(world, b);
    await held.reachedBy(saying);
    await disconnect(world.deps, a);
    held.release();
    await saying;
    expect(world.robot()).toMatchObject({
      state: 'away',
      resumeEndsAt: t0 + world.policy.resumeWindowMs,
    });
    expect(world.robot()).not.toHaveProperty('socket');
  });

  it('I4: and the old one is away when its $disconnect comes after the give back', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, rover1, { name: 'B' });
    set(world, b);
    await codeOfHello(world, b);
    expect(world.robot()).toMatchObject({ state: 'online', socket: a });
    await disconnect(world.deps, a);
    expect(world.robot()).toMatchObject({ state: 'away' });
  });

  it.each(['connections.markClosing', 'robots.get again', 'connections.remove'])(
    'I4: and the old one is away when its $disconnect is under way, held at %s',
    async (step) => {
      const world = newWorld();
      const a = await welcomed(world, rover1, { name: 'A' });
      const b = await connected(world, rover1, { name: 'B' });
      set(world, b);
      const welcome = world.tap.hold('post welcome to B');
      const saying = codeOfHello(world, b);
      await welcome.reachedBy(saying);
      const held = world.tap.hold(step);
      const disconnecting = disconnect(world.deps, a);
      await held.reachedBy(disconnecting);
      welcome.release();
      await saying;
      held.release();
      await disconnecting;
      expect(world.robot()).toMatchObject({ state: 'away' });
      expect(world.state.connections.has(a.connectionId)).toBe(false);
    },
  );

  it('I4: a late $disconnect of the one that gave it back changes nothing', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, rover1, { name: 'B' });
    set(world, b);
    await codeOfHello(world, b);
    const before = world.robot();
    await disconnect(world.deps, b);
    expect(world.robot()).toEqual(before);
    expect(before).toMatchObject({ socket: a });
  });

  it('and the robot can be listed by its fleet as before', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, { ...rover1, groups: ['robots', 'fleet:new'] }, { name: 'B' });
    set(world, b);
    await codeOfHello(world, b);
    expect(world.robot()).toMatchObject({ fleets: ['demo'] });
    expect(await world.deps.fleets.list({ fleet: 'demo', after: undefined, limit: 9 })).toEqual(['rover-1']);
  });
});

describe.each(['connections.markReady', 'fleets.enlist', 'sessions.listByRobot'])(
  'a failure at %s',
  (call) => {
    it('gives the claim back before anybody was told anything', async () => {
      const world = newWorld();
      const a = await welcomed(world, rover1, { name: 'A' });
      const before = world.robot();
      const b = await connected(world, { ...rover1, groups: ['robots', 'fleet:new'] }, { name: 'B' });
      world.tap.fail(call);
      expect(await codeOfHello(world, b)).toBe('thrown');
      expect(world.robot()).toEqual({ ...before, epoch: 3, claimedAt: expect.any(Array) });
      expect(world.gateway.to(a)).toHaveLength(1);
      expect(world.gateway.to(b)).toEqual([]);
    });
  },
);

describe('a new connection that is lost between its claim and its welcome', () => {
  it.each(['connections.markReady', 'sessions.listByRobot', 'post welcome to B'])(
    'I4: leaves the robot to the old one, which is still there, when its $disconnect comes at %s',
    async (step) => {
      const world = newWorld();
      const a = await welcomed(world, rover1, { name: 'A' });
      const b = await connected(world, rover1, { name: 'B' });
      const held = world.tap.hold(step);
      const saying = hello(world, b);
      await held.reachedBy(saying);
      world.gateway.drop(b);
      await disconnect(world.deps, b);
      held.release();
      expect(codeOf(await saying)).toBe('unauthenticated');
      expect(world.robot()).toMatchObject({ state: 'online', socket: a });
    },
  );

  it('leaves the robot to the old one when its $disconnect comes after the give back', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, rover1, { name: 'B' });
    world.gateway.drop(b);
    expect(codeOf(await hello(world, b))).toBe('unauthenticated');
    await disconnect(world.deps, b);
    expect(world.robot()).toMatchObject({ state: 'online', socket: a });
  });
});

describe('after the claim was given back because welcome could not be posted', () => {
  it('the robot that repeats its hello, as it was asked to, is welcomed', async () => {
    const world = newWorld();
    const b = await connected(world, rover1, { name: 'B' });
    world.tap.fail('post welcome to B');
    expect(await codeOfHello(world, b)).toBe('thrown');
    await hello(world, b);
    expect(world.gateway.to(b).map(({ type }) => type)).toEqual(['welcome']);
    expect(world.robot()).toMatchObject({ state: 'online', socket: b });
    expect(world.gateway.closed).toEqual([]);
  });

  it('the same where it takes over from another', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, rover1, { name: 'B' });
    world.tap.fail('post welcome to B');
    expect(await codeOfHello(world, b)).toBe('thrown');
    await hello(world, b);
    expect(world.robot()).toMatchObject({ socket: b });
    expect(world.gateway.closed).toEqual(['A']);
  });

  it('it counts as one without a successful hello, and is closed when the time for hello is over', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, rover1, { name: 'B' });
    world.tap.fail('post welcome to B');
    expect(await codeOfHello(world, b)).toBe('thrown');
    world.pass(world.policy.helloWithinMs);
    await cleanUp(world);
    expect(world.gateway.closed).toEqual(['B']);
  });
});

it('F8: who is overtaken while it takes over still leaves the first one dismissed', async () => {
  const world = newWorld();
  const a = await welcomed(world, rover1, { name: 'A' });
  const b = await connected(world, rover1, { name: 'B' });
  const held = world.tap.hold('post welcome to B');
  const saying = hello(world, b);
  await held.reachedBy(saying);
  const c = await welcomed(world, rover1, { name: 'C' });
  world.gateway.drop(b);
  held.release();
  await saying;
  expect(world.robot()).toMatchObject({ socket: c });
  expect(world.gateway.to(a).at(-1)).toMatchObject({ type: 'goAway', code: 'replaced' });
  expect(world.gateway.closed).toContain('A');
});

it('a robot whose very first hello failed at the directory can be listed after the next', async () => {
  const world = newWorld();
  const lone = { ...rover1, groups: ['robots'] };
  const a = await connected(world, lone, { name: 'A' });
  world.tap.fail('fleets.enlist');
  expect(await codeOfHello(world, a)).toBe('thrown');
  await bye(world.deps, { caller: a, signOut: false });
  await welcomed(world, lone, { name: 'B' });
  expect(await world.deps.fleets.list({ fleet: undefined, after: undefined, limit: 9 })).toEqual(['rover-1']);
});

it('keeps the session that was opened with the one who had it, while another tries', async () => {
  const world = newWorld();
  const a = await welcomed(world, rover1, { name: 'A' });
  const client = await welcomed(world, operator1);
  const b = await connected(world, rover1, { name: 'B' });
  world.gateway.goneOnce(b);
  await codeOfHello(world, b);
  const session = await opened(world, client);
  expect(session.state).toBe('open');
  expect(world.gateway.to(a).at(-1)).toMatchObject({ type: 'sessionRequested' });
});
