import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import {
  cleanUp,
  cleanUpUntil,
  codeOf,
  connected,
  endpoint,
  hello,
  inSession,
  open,
  opened,
  refresh,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { admin1, operator1, operator2, rover1, viewer1 } from './support/people.ts';
import { newWorld, stun, t0, type World } from './support/world.ts';

async function setUp(settings: Parameters<typeof newWorld>[0] = {}) {
  const world = newWorld(settings);
  const robot = await welcomed(world, rover1);
  const client = await welcomed(world, operator1);
  return { world, robot, client };
}

const requests = (world: World, robot: Parameters<World['gateway']['to']>[0]) =>
  world.gateway.to(robot).filter(({ type }) => type === 'sessionRequested');

describe('openSession', () => {
  it('gives control to who asks first, and tells the robot', async () => {
    const { world, robot, client } = await setUp();
    expect(await opened(world, client)).toEqual({
      sessionId: 'session-1',
      robotId: 'rover-1',
      mode: 'control',
      state: 'open',
      controller: 'session-1',
      leaseEpoch: 1,
      iceServers: [stun],
    });
    expect(world.gateway.to(robot).at(-1)).toEqual({
      type: 'sessionRequested',
      controller: 'session-1',
      leaseEpoch: 1,
      sessionId: 'session-1',
      clientId: 'client-1',
      mode: 'control',
      iceServers: [stun],
    });
    const tokenExpiresAt = t0 + world.policy.tokenMs;
    expect(world.sessions()).toEqual([
      {
        robotId: 'rover-1',
        sessionId: 'session-1',
        clientId: 'client-1',
        clientEpoch: 1,
        socket: { connectionId: client.connectionId, endpoint, tokenExpiresAt },
        mode: 'control',
        received: { byRobot: 0, byClient: 0 },
        openedAt: t0,
        nextDeadlineAt: tokenExpiresAt + world.policy.graceMs + world.policy.resumeWindowMs,
      },
    ]);
    expect(world.noted('session_opened')).toEqual([
      { type: 'session_opened', robotId: 'rover-1', sessionId: 'session-1', clientId: 'client-1' },
    ]);
  });

  it('I7: gives a view to who asks for control that is held, and names the holder', async () => {
    const { world, robot, client } = await setUp();
    await opened(world, client);
    const second = await welcomed(world, operator2);
    expect(await opened(world, second)).toMatchObject({
      mode: 'view',
      controller: 'session-1',
      leaseEpoch: 1,
    });
    expect(world.gateway.to(robot).at(-1)).toMatchObject({ sessionId: 'session-2', mode: 'view' });
    expect(world.robot()).toMatchObject({ controllerSessionId: 'session-1' });
  });

  it('leaves control alone for who only wants to view', async () => {
    const { world, client } = await setUp();
    expect(await opened(world, client, { mode: 'view' })).toMatchObject({
      mode: 'view',
      controller: null,
      leaseEpoch: 0,
    });
    expect(world.robot()).toMatchObject({ leaseEpoch: 0 });
  });

  it('I7: of two that ask at once, one gets control', async () => {
    const { world, client } = await setUp();
    const second = await welcomed(world, operator2);
    const both = await Promise.all([opened(world, client), opened(world, second)]);
    expect(both.map(({ mode }) => mode).sort()).toEqual(['control', 'view']);
    expect(world.robot()).toMatchObject({ leaseEpoch: 1 });
  });

  it('opens several sessions of one client with one robot, each its own', async () => {
    const { world, client } = await setUp();
    await opened(world, client);
    await opened(world, client, { mode: 'view' });
    expect(world.sessions()).toHaveLength(2);
  });

  it('I3: changes nothing of the robot but its control', async () => {
    const { world, client } = await setUp();
    const before = world.robot();
    await opened(world, client);
    const controlHolder = {
      clientId: world.connection(client)?.client?.clientId,
      userName: 'operator-1',
      sinceAt: world.clock.at,
    };
    expect(world.robot()).toEqual({
      ...before,
      controllerSessionId: 'session-1',
      controlHolder,
      leaseEpoch: 1,
    });
  });

  it('waits, suspended, with a robot that is away, and with one that turns out to be gone', async () => {
    const { world, robot, client } = await setUp();
    world.gateway.drop(robot);
    expect(await opened(world, client)).toMatchObject({ state: 'suspended', mode: 'control' });
    await disconnect(world.deps, robot);
    const second = await welcomed(world, admin1);
    expect(await opened(world, second)).toMatchObject({ state: 'suspended', mode: 'view' });
    expect(world.sessions()).toHaveLength(2);
  });
});

describe('openSession, repeated with its requestId', () => {
  const request = { requestId: 'request-1' };

  it('says the same, tells the robot again, and leaves one row', async () => {
    const { world, robot, client } = await setUp();
    const first = await opened(world, client, request);
    expect(await opened(world, client, request)).toEqual(first);
    expect(requests(world, robot)).toHaveLength(2);
    expect(new Set(requests(world, robot))).toHaveLength(2);
    expect(world.sessions()).toHaveLength(1);
    expect(world.noted('session_opened')).toHaveLength(1);
    expect(world.robot()).toMatchObject({ leaseEpoch: 1 });
  });

  it('says the same as long as the robot is full, too', async () => {
    const { world, client } = await setUp({ maxSessionsPerRobot: 1 });
    const first = await opened(world, client, request);
    expect(await opened(world, client, request)).toEqual(first);
    expect(codeOf(await open(world, client, { requestId: 'request-2' }))).toBe('robot_busy');
  });

  it('at once, is one session, too', async () => {
    const { world, client } = await setUp();
    const both = await Promise.all([opened(world, client, request), opened(world, client, request)]);
    expect(both[0]).toEqual(both[1]);
    expect(world.sessions()).toHaveLength(1);
    expect([...world.state.clients.values()].map((each) => each.sessions.size)).toEqual([1]);
  });

  it('by another client, is another session', async () => {
    const { world, client } = await setUp();
    const other = await welcomed(world, operator1, { name: 'another tab' });
    const first = await opened(world, client, request);
    expect((await opened(world, other, request)).sessionId).not.toBe(first.sessionId);
  });

  it('without one, is a new session each time', async () => {
    const { world, client } = await setUp();
    await opened(world, client);
    await opened(world, client);
    expect(world.sessions()).toHaveLength(2);
  });

  it('keeps the first result, a view, though control has become free since', async () => {
    const { world, client } = await setUp();
    const holder = await welcomed(world, operator2);
    await opened(world, holder);
    const first = await opened(world, client, request);
    await bye(world.deps, { caller: holder, signOut: false });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(await opened(world, client, request)).toMatchObject({ mode: first.mode });
  });

  it('does not end the session that it repeats when the robot cannot be told again', async () => {
    const { world, robot, client } = await setUp();
    const { sessionId } = await opened(world, client, request);
    world.tap.fail(`post sessionRequested to ${robot.connectionId}`);
    await expect(open(world, client, request)).rejects.toThrow('unavailable');
    expect(world.session(sessionId)).toBeDefined();
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
  });
});

it('with a robot that is offline nothing is begun', async () => {
  const { world, robot, client } = await setUp();
  await bye(world.deps, { caller: robot, signOut: false });
  world.tap.forget();
  expect(codeOf(await open(world, client))).toBe('robot_offline');
  expect(world.tap.calls).not.toContain('sessions.listByRobot');
});

describe('a robot that holds as many sessions as it may', () => {
  it('is busy, changes nothing, and is free when one has ended', async () => {
    const { world, robot, client } = await setUp({ maxSessionsPerRobot: 2 });
    const viewer = await welcomed(world, viewer1);
    await opened(world, client);
    await opened(world, viewer, { mode: 'view' });
    const third = await welcomed(world, admin1);
    const before = structuredClone(world.state);
    world.tap.forget();
    expect(codeOf(await open(world, third))).toBe('robot_busy');
    // Nor is anything written and undone.
    expect(world.tap.calls).not.toContain('clients.addSession');
    expect(world.state).toEqual(before);
    expect(requests(world, robot)).toHaveLength(2);
    // A session that waits for its client keeps its place: who comes back within the window must find it.
    await disconnect(world.deps, viewer);
    expect(codeOf(await open(world, third))).toBe('robot_busy');
    await cleanUpUntil(world, t0 + world.policy.resumeWindowMs);
    expect(codeOf(await open(world, third))).toBeUndefined();
  });

  it('is not told to be busy to who may not see it', async () => {
    const { world, client } = await setUp({ maxSessionsPerRobot: 1 });
    await opened(world, client);
    const viewer = await welcomed(world, viewer1);
    expect(codeOf(await open(world, viewer, { mode: 'control' }))).toBe('forbidden');
  });
});

describe('a robot that cannot be told', () => {
  it('leaves no row, frees control, and does not count as opened', async () => {
    const { world, robot, client } = await setUp();
    world.tap.fail(`post sessionRequested to ${robot.connectionId}`);
    await expect(open(world, client, { requestId: 'request-1' })).rejects.toThrow('unavailable');
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).toMatchObject({ leaseEpoch: 2 });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect([...world.state.clients.values()].map((each) => each.sessions.size)).toEqual([0]);
    expect(world.noted('session_opened')).toEqual([]);
    expect(await opened(world, client, { requestId: 'request-1' })).toMatchObject({ mode: 'control' });
  });

  it('leaves control with who holds it', async () => {
    const { world, robot, client } = await setUp();
    const { sessionId } = await opened(world, client);
    world.tap.fail(`post sessionRequested to ${robot.connectionId}`);
    const second = await welcomed(world, operator2);
    await expect(open(world, second)).rejects.toThrow('unavailable');
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(world.sessions()).toHaveLength(1);
  });

  it('is as one whose control could not be written: no row', async () => {
    const { world, client } = await setUp();
    world.tap.fail('robots.takeControl');
    await expect(open(world, client, { requestId: 'request-1' })).rejects.toThrow('unavailable');
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
  });
});

describe('a session that could not be listed under its client', () => {
  it('leaves no row, which would hold a place at the robot as long as the token lives', async () => {
    const { world, client } = await setUp({ maxSessionsPerRobot: 1 });
    world.tap.fail('clients.addSession');
    await expect(open(world, client)).rejects.toThrow('unavailable');
    expect(world.sessions()).toEqual([]);
    expect(codeOf(await open(world, client))).toBeUndefined();
  });

  it('ends with its client when it was repeated', async () => {
    const { world, client } = await setUp();
    world.tap.fail('clients.addSession');
    await expect(open(world, client, { requestId: 'request-1' })).rejects.toThrow('unavailable');
    const { sessionId } = await opened(world, client, { requestId: 'request-1' });
    await disconnect(world.deps, client);
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt: t0 + world.policy.resumeWindowMs });
    await cleanUpUntil(world, t0 + world.policy.resumeWindowMs);
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
  });
});

describe('a robot that moves in the middle', () => {
  it.each(['clients.addSession', 'sessions.create', 'clients.addSession again', 'robots.takeControl'])(
    'before %s, is told at its new connection',
    async (step) => {
      const { world, robot, client } = await setUp();
      world.pass(1);
      const b = await connected(world, rover1, { name: 'B' });
      const held = world.tap.hold(step);
      const opening = open(world, client);
      await held.reachedBy(opening);
      const welcome = world.tap.hold('post welcome to B');
      const saying = hello(world, b);
      await welcome.reachedBy(saying);
      held.release();
      await opening;
      welcome.release();
      await saying;
      expect(requests(world, robot)).toEqual([]);
      expect(requests(world, b)).toHaveLength(1);
    },
  );
});

it('I9: a refusal says nothing of the robot, the client or the session', async () => {
  const { world, client } = await setUp({ maxSessionsPerRobot: 1 });
  const { sessionId } = await opened(world, client);
  const refusal = JSON.stringify(await open(world, client));
  for (const secret of [sessionId, 'client-1', operator1.principalId]) expect(refusal).not.toContain(secret);
});

it('a session in two places is what both tell of it', async () => {
  const { world, client } = await setUp();
  const { sessionId } = await opened(world, client);
  expect([...world.state.clients.values()].flatMap((each) => [...each.sessions.values()])).toEqual([
    { robotId: 'rover-1', sessionId },
  ]);
});

it('ends by itself in no way while both sides are there', async () => {
  const world = newWorld();
  const { sessionId } = await inSession(world, rover1, operator1);
  expect(world.session(sessionId)).toBeDefined();
  expect(world.noted('session_closed')).toEqual([]);
});

describe('control that stands with a session which does not exist', () => {
  it('I7: goes to the next who asks for it', async () => {
    const { world, client } = await setUp();
    const { sessionId } = await opened(world, client);
    world.state.sessions.clear();
    const second = await welcomed(world, operator2);
    expect(await opened(world, second)).toMatchObject({ mode: 'control', leaseEpoch: 3 });
    expect(world.robot()?.controllerSessionId).not.toBe(sessionId);
  });
});

it('killed after any step, an opening leaves nothing beyond the backstop of a session', async () => {
  const { world: whole, client: opener } = await setUp();
  whole.tap.forget();
  await opened(whole, opener);
  const telling = whole.tap.calls.indexOf('watches.watchersOf');
  expect(telling).toBeGreaterThan(0);
  for (let count = 0; count < whole.tap.calls.length; count++) {
    const { world, client } = await setUp();
    world.tap.killAfter(count);
    const opening = open(world, client);
    // To tell who watches is the last of it, and undoes nothing.
    if (count < telling) await expect(opening).rejects.toThrow('unavailable');
    else await opening;
    world.tap.heal();
    await disconnect(world.deps, client);
    world.pass(world.policy.tokenMs - 1);
    await refresh(world, socketNamed('of-rover-1'), world.tokens.issue(rover1));
    world.pass(1 + world.policy.graceMs + world.policy.resumeWindowMs);
    await cleanUp(world);
    expect(world.sessions()).toEqual([]);
    const next = await opened(world, await welcomed(world, operator2));
    expect(next).toMatchObject({ mode: 'control', state: 'open' });
  }
});
