import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { codeOf, connected, endpoint, hello, inSession, opened, welcomed } from './support/cast.ts';
import { admin1, operator1, rover1, rover2, user } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const replaced = { type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 };

describe('hello of a robot', () => {
  it('makes it online and welcomes it', async () => {
    const world = newWorld();
    const a = await connected(world, rover1, { name: 'A' });
    world.pass(7);
    await hello(world, a, { requestId: 'request-1' });
    const tokenExpiresAt = t0 + world.policy.tokenMs;
    expect(world.robot()).toEqual({
      robotId: 'rover-1',
      state: 'online',
      sinceAt: t0 + 7,
      epoch: 1,
      claimedAt: [t0 + 7],
      fleets: ['demo'],
      socket: { connectionId: 'A', endpoint, tokenExpiresAt, connectedAt: t0 },
      leaseEpoch: 0,
    });
    expect(world.gateway.to(a)).toMatchObject([
      { type: 'welcome', requestId: 'request-1', kind: 'robot', robotId: 'rover-1', tokenExpiresAt },
    ]);
    expect(world.gateway.to(a)[0]).not.toHaveProperty('clientId');
    expect(world.noted('welcomed')).toEqual([
      { type: 'welcomed', connectionId: 'A', kind: 'robot', robotId: 'rover-1', epoch: 1 },
    ]);
    expect(world.connection(a)).toMatchObject({
      state: 'ready',
      nextDeadlineAt: t0 + world.policy.checkEveryMs,
    });
  });

  it('can be listed under each of its fleets and under all', async () => {
    const world = newWorld();
    await welcomed(world, user('rover-3', 'robots', 'fleet:b', 'fleet:a'));
    expect(world.state.fleets).toEqual(
      new Map([undefined, 'a', 'b'].map((fleet) => [fleet, new Set(['rover-3'])])),
    );
  });

  it('claims, then marks its row, then welcomes; only then tells the old one, closes it and ends its sessions', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const client = await welcomed(world, operator1, { name: 'client' });
    await opened(world, client);
    const b = await connected(world, rover1, { name: 'B' });
    world.tap.forget();
    await hello(world, b);
    const order = [
      'robots.claim',
      'connections.markReady',
      'sessions.listByRobot',
      'post welcome to B',
      'post goAway to A',
      'close A',
      'sessions.remove',
      'post sessionClosed to client',
    ];
    const firstOfEach = [...new Set(world.tap.calls)].filter((call) => order.includes(call));
    expect(firstOfEach).toEqual(order);
    for (const call of order.filter((each) => each !== 'sessions.listByRobot')) {
      expect(world.tap.count(call)).toBe(1);
    }
  });

  it('F8: takes over; the old connection is told that it was replaced, and closed', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    world.pass(1000);
    const b = await welcomed(world, rover1, { name: 'B' });
    expect(world.gateway.to(a).at(-1)).toEqual(replaced);
    expect(world.gateway.closed).toEqual(['A']);
    expect(world.robot()).toMatchObject({ epoch: 2, socket: b, sinceAt: t0 });
    expect(world.noted('replaced')).toEqual([
      { type: 'replaced', connectionId: 'A', by: 'B', robotId: 'rover-1' },
    ]);
  });

  it('ends the sessions that the old connection had, tells their clients and frees control', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const one = await welcomed(world, operator1, { name: 'one' });
    const two = await welcomed(world, admin1, { name: 'two' });
    const sessions = [await opened(world, one), await opened(world, two, { mode: 'view' })];
    await welcomed(world, rover1, { name: 'B' });
    for (const [i, client] of [one, two].entries()) {
      expect(world.gateway.to(client).at(-1)).toEqual({
        type: 'sessionClosed',
        sessionId: sessions[i]?.sessionId,
        reason: 'closed',
      });
    }
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect([...world.state.clients.values()].map((client) => client.sessions.size)).toEqual([0, 0]);
  });

  it('leaves the sessions of other robots alone', async () => {
    const world = newWorld();
    const { sessionId } = await inSession(world, rover1, operator1);
    await welcomed(world, rover2, { name: 'A' });
    await welcomed(world, rover2, { name: 'B' });
    expect(world.session(sessionId)).toBeDefined();
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
  });

  it('keeps a session that is opened after welcome is under way', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const client = await welcomed(world, operator1);
    const b = await connected(world, rover1, { name: 'B' });
    const held = world.tap.hold('post welcome to B');
    const saying = hello(world, b);
    await held.reachedBy(saying);
    const session = await opened(world, client);
    held.release();
    await saying;
    expect(world.session(session.sessionId)).toBeDefined();
    expect(world.robot()).toMatchObject({ controllerSessionId: session.sessionId });
    expect(
      world.gateway
        .to(b)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['controlChanged', 'sessionRequested', 'welcome']);
  });

  it('comes back from away and from offline, with the epoch raised', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await disconnect(world.deps, a);
    await welcomed(world, rover1, { name: 'B' });
    expect(world.robot()).toMatchObject({ state: 'online', epoch: 2 });
    expect(world.gateway.to(a).map(({ type }) => type)).toEqual(['welcome']);
    expect(world.gateway.closed).toEqual([]);
  });

  it('enters another fleet and leaves the old one', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    await welcomed(world, { ...rover1, groups: ['robots', 'fleet:new'] }, { name: 'B' });
    expect(world.robot()).toMatchObject({ fleets: ['new'] });
    expect(world.state.fleets.get('demo')).toEqual(new Set());
    expect(world.state.fleets.get('new')).toEqual(new Set(['rover-1']));
  });

  it('enters a further fleet and stays in the old one', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    await welcomed(world, { ...rover1, groups: [...rover1.groups, 'fleet:new'] }, { name: 'B' });
    for (const fleet of ['demo', 'new'])
      expect(await world.deps.fleets.list({ fleet, after: undefined, limit: 9 })).toEqual(['rover-1']);
  });

  it('writes nothing to the directory when its fleets are as before', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    world.tap.forget();
    await welcomed(world, rover1, { name: 'B' });
    expect(world.tap.count('fleets.enlist')).toBe(0);
  });
});

describe('hello of a robot, said twice', () => {
  it('is welcomed again, and changes nothing', async () => {
    const world = newWorld();
    const { robotSocket, sessionId } = await inSession(world, rover1, operator1);
    const before = { robot: world.robot(), connection: world.connection(robotSocket) };
    expect(await hello(world, robotSocket, { requestId: 'again' })).toMatchObject({ ok: true });
    expect(world.gateway.to(robotSocket).at(-1)).toMatchObject({ type: 'welcome', requestId: 'again' });
    expect({ robot: world.robot(), connection: world.connection(robotSocket) }).toEqual(before);
    expect(world.session(sessionId)).toBeDefined();
  });

  it('at once, ends as one: the robot is welcomed, and no other is told anything', async () => {
    const world = newWorld();
    const a = await connected(world, rover1, { name: 'A' });
    const both = await Promise.all([hello(world, a), hello(world, a)]);
    expect(both.map(codeOf)).toEqual([undefined, undefined]);
    expect(world.robot()).toMatchObject({ state: 'online', socket: a });
    expect(new Set(world.gateway.to(a).map(({ type }) => type))).toEqual(new Set(['welcome']));
    expect(world.gateway.closed).toEqual([]);
  });

  it('after another has taken over, is told so and closed', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    world.tap.fail('post goAway to A');
    world.tap.fail('close A');
    await welcomed(world, rover1, { name: 'B' });
    const before = world.robot();
    await hello(world, a);
    expect(world.gateway.to(a).at(-1)).toEqual(replaced);
    expect(world.gateway.closed).toContain('A');
    expect(world.robot()).toEqual(before);
  });
});

describe('two connections of one robot that say hello', () => {
  it.each(['AB', 'BA'])('the newer wins whichever comes first (%s), and the older is told', async (order) => {
    const world = newWorld();
    const a = await connected(world, rover1, { name: 'A' });
    world.pass(1);
    const b = await connected(world, rover1, { name: 'B' });
    for (const socket of order === 'AB' ? [a, b] : [b, a]) await hello(world, socket);
    expect(world.robot()).toMatchObject({ socket: b });
    expect(world.gateway.to(a).at(-1)).toEqual(replaced);
    expect(world.gateway.to(b)).toMatchObject([{ type: 'welcome' }]);
    expect(world.gateway.closed).toEqual(['A']);
  });

  it('the loser changes nothing (I4)', async () => {
    const world = newWorld();
    const a = await connected(world, rover1, { name: 'A' });
    world.pass(1);
    await welcomed(world, rover1, { name: 'B' });
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client);
    const before = world.robot();
    expect(await hello(world, a)).toMatchObject({ ok: true });
    expect(world.robot()).toEqual(before);
    expect(world.session(sessionId)).toBeDefined();
    expect(world.noted('welcomed')).not.toContainEqual(expect.objectContaining({ connectionId: 'A' }));
  });

  it.each([0, 1, 2])('at once, the newer one is the robot (started %i turns apart)', async (turns) => {
    const world = newWorld();
    const a = await connected(world, rover1, { name: 'A' });
    world.pass(1);
    const b = await connected(world, rover1, { name: 'B' });
    const older = hello(world, a);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    await Promise.all([older, hello(world, b)]);
    expect(world.robot()).toMatchObject({ socket: b });
    expect(world.gateway.to(a).at(-1)).toEqual(replaced);
    expect(world.gateway.closed).toEqual(['A']);
  });
});

describe('an old connection that cannot be told or closed', () => {
  it.each(['post goAway to A', 'close A'])('does not fail the hello of the new one: %s', async (call) => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client);
    world.tap.fail(call);
    const b = await connected(world, rover1, { name: 'B' });
    expect(await hello(world, b)).toMatchObject({ ok: true });
    expect(world.robot()).toMatchObject({ socket: b });
    expect(world.session(sessionId)).toBeUndefined();
    expect(world.noted('dependency_unavailable')).toHaveLength(1);
  });

  it('is no fault when it is gone already', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    world.gateway.drop(a);
    await welcomed(world, rover1, { name: 'B' });
    expect(world.noted('dependency_unavailable')).toEqual([]);
    expect(world.noted('fault')).toEqual([]);
  });

  it('F8: is closed even when it could not be told', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    world.tap.fail('post goAway to A');
    await welcomed(world, rover1, { name: 'B' });
    expect(world.gateway.closed).toEqual(['A']);
  });

  it('nor does a session that cannot be ended', async () => {
    const world = newWorld();
    await inSession(world, rover1, operator1);
    world.tap.fail('sessions.remove');
    world.pass(1);
    const b = await connected(world, rover1, { name: 'B' });
    expect(await hello(world, b)).toMatchObject({ refusal: { code: 'unavailable', retryAfterMs: 10_000 } });
    expect(world.noted('dependency_unavailable')).toHaveLength(1);
    expect(world.robot()).toMatchObject({ state: 'online', socket: { connectionId: 'B' } });
    // Said again, it goes on where it was.
    expect(await hello(world, b)).toMatchObject({ ok: true });
    expect(world.state.sessions.size).toBe(0);
  });
});
