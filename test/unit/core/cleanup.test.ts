import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import {
  cleanUp,
  connected,
  granted,
  hello,
  inSession,
  nothingDone,
  opened,
  refresh,
  send,
  sent,
  signalOf,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1, operator2, rover1, rover2, viewer1 } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const lifeMs = 600_000;
const kinds = [{ who: rover1 }, { who: operator1 }];

describe.each(kinds)('a connection of $who.userName', ({ who }) => {
  it('that has ended since it was named as due is no fault: there is nothing to do', async () => {
    const world = newWorld();
    const socket = await connected(world, who);
    world.pass(world.policy.helloWithinMs);
    const looking = world.tap.hold('connections.get');
    const cleaning = cleanUp(world);
    await looking.reachedBy(cleaning);
    await world.deps.connections.remove(socket.connectionId);
    looking.release();
    expect(await cleaning).toEqual(nothingDone);
    expect(world.noted('fault')).toEqual([]);
  });

  it('without hello is told so and closed when the time for it is over, not a millisecond before', async () => {
    const world = newWorld();
    const socket = await connected(world, who);
    world.pass(world.policy.helloWithinMs - 1);
    expect(await cleanUp(world)).toEqual(nothingDone);
    world.pass(1);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 1 });
    expect(world.gateway.to(socket)).toMatchObject([
      { type: 'error', code: 'hello_required', retryable: false },
    ]);
    expect(world.gateway.closed).toEqual([socket.connectionId]);
    expect(world.state.connections.size).toBe(0);
    expect(world.noted('disconnected')).toMatchObject([{ how: 'no_hello', lifetimeMs: 30_000 }]);
  });

  it('I1, F3: is told token_expired and closed once the grace has ended, not a millisecond before', async () => {
    const world = newWorld();
    const socket = await welcomed(world, who, { lifeMs });
    world.pass(lifeMs);
    // Due since it connected, with no more than ten minutes to live.
    expect(await cleanUp(world)).toEqual({ ...nothingDone, announced: 1, lagMs: lifeMs });
    world.pass(world.policy.graceMs - 1);
    expect(await cleanUp(world)).toEqual(nothingDone);
    world.pass(1);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 1 });
    expect(world.gateway.to(socket).at(-1)).toEqual({
      type: 'goAway',
      code: 'token_expired',
      reconnect: true,
    });
    expect(world.gateway.closed).toEqual([socket.connectionId]);
    expect(world.connection(socket)).toBeUndefined();
    expect(world.noted('disconnected')).toMatchObject([{ how: 'expired', tokenRemainingMs: -60_000 }]);
  });

  it('F4, I6: with a valid token is never closed, however old it is', async () => {
    const world = newWorld();
    const socket = await welcomed(world, who);
    for (let age = 0; age < 30; age++) {
      world.pass(world.policy.tokenMs / 2);
      granted(await refresh(world, socket, world.tokens.issue(who)));
      // The first time it is told that it may not grow older, from then on asked whether it is still there.
      const done = age === 0 ? { announced: 1 } : { checked: 1 };
      expect(await cleanUp(world)).toEqual({ ...nothingDone, ...done, lagMs: expect.any(Number) });
    }
    expect(world.gateway.closed).toEqual([]);
    expect(world.connection(socket)).toMatchObject({ state: 'ready', refreshes: 30 });
    expect(world.gateway.to(socket).map(({ type }) => type)).toEqual(['welcome', 'goAway']);
  });

  it('is told first, then closed, and its row goes last', async () => {
    const world = newWorld();
    const { connectionId } = await welcomed(world, who, { lifeMs });
    world.pass(lifeMs + world.policy.graceMs);
    world.tap.forget();
    await cleanUp(world);
    const order = [
      'connections.beginClosing',
      `post goAway to ${connectionId}`,
      `close ${connectionId}`,
      'connections.remove',
    ];
    expect(world.tap.calls.filter((call) => order.includes(call))).toEqual(order);
  });

  it('that is gone already is cleared away all the same', async () => {
    const world = newWorld();
    const socket = await welcomed(world, who, { lifeMs });
    world.gateway.drop(socket);
    world.pass(lifeMs + world.policy.graceMs);
    expect(await cleanUp(world)).toEqual({
      ...nothingDone,
      closed: 1,
      lagMs: lifeMs + world.policy.graceMs,
    });
    expect(world.connection(socket)).toBeUndefined();
  });

  it('I6: that says hello or refreshes between the look and the deed is left alone', async () => {
    const world = newWorld();
    const socket = await connected(world, who);
    world.pass(world.policy.helloWithinMs);
    const held = world.tap.hold('connections.beginClosing');
    const cleaning = cleanUp(world);
    await held.reachedBy(cleaning);
    await hello(world, socket);
    held.release();
    expect(await cleaning).toEqual(nothingDone);
    expect(world.connection(socket)).toMatchObject({ state: 'ready' });
    expect(world.gateway.to(socket)).toMatchObject([{ type: 'welcome' }]);
  });
});

describe('a client whose token ran out', () => {
  it('F3: has its sessions ended with `expired`, their robots told, control freed', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    const client = await welcomed(world, operator1, { lifeMs });
    const { sessionId } = await opened(world, client);
    world.pass(lifeMs + world.policy.graceMs);
    await cleanUp(world);
    expect(world.gateway.to(robot).slice(-2)).toEqual([
      { type: 'sessionClosed', sessionId, reason: 'expired' },
      { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 },
    ]);
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).toMatchObject({ state: 'online', leaseEpoch: 2 });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(world.state.clients.size).toBe(0);
    expect(world.noted('session_closed')).toMatchObject([{ sessionId, reason: 'expired' }]);
  });

  it('harms no session of another', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const expiring = await welcomed(world, operator1, { lifeMs });
    const staying = await welcomed(world, operator2);
    await opened(world, expiring);
    const kept = await opened(world, staying);
    world.pass(lifeMs + world.policy.graceMs);
    await cleanUp(world);
    expect(world.sessions().map(({ sessionId }) => sessionId)).toEqual([kept.sessionId]);
    expect(world.gateway.closed).toEqual([expiring.connectionId]);
  });

  it('has them ended with `expired` though the gateway calls $disconnect at once on the close', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    const client = await welcomed(world, operator1, { lifeMs });
    await opened(world, client);
    world.gateway.whenClosing((socket) => disconnect(world.deps, socket));
    world.pass(lifeMs + world.policy.graceMs);
    await cleanUp(world);
    expect(sent(world, robot, 'sessionClosed')).toMatchObject([{ reason: 'expired' }]);
    expect(sent(world, robot, 'peerAway')).toEqual([]);
    expect(world.noted('disconnected')).toMatchObject([{ how: 'expired' }]);
  });
});

describe('a robot whose token ran out', () => {
  it('I3: is away, and its sessions wait for it', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { lifeMs });
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client);
    const closedAt = t0 + lifeMs + world.policy.graceMs;
    world.clock.at = closedAt;
    await cleanUp(world);
    expect(world.robot()).toMatchObject({
      state: 'away',
      resumeEndsAt: closedAt + world.policy.resumeWindowMs,
      controllerSessionId: sessionId,
    });
    expect(world.session(sessionId)).toBeDefined();
    expect(world.connection(robot)).toBeUndefined();
  });

  it('I4: on an old connection changes nothing of the new one', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A', lifeMs });
    world.tap.fail('close A');
    await welcomed(world, rover1, { name: 'B' });
    const before = world.robot();
    world.pass(lifeMs + world.policy.graceMs);
    expect(await cleanUp(world)).toMatchObject({ closed: 1 });
    expect(world.robot()).toEqual(before);
  });
});

describe('a robot that is away', () => {
  async function away() {
    const world = newWorld();
    const { robotSocket, clientSocket, sessionId } = await inSession(world, rover1, operator1);
    const viewer = await welcomed(world, viewer1);
    const view = await opened(world, viewer, { mode: 'view' });
    await disconnect(world.deps, robotSocket);
    return { world, clientSocket, viewer, sessionIds: [sessionId, view.sessionId] };
  }

  it('is left alone until its window has ended', async () => {
    const { world, sessionIds } = await away();
    world.pass(world.policy.resumeWindowMs - 1);
    expect(await cleanUp(world)).toEqual(nothingDone);
    expect(world.robot()).toMatchObject({ state: 'away', controllerSessionId: sessionIds[0] });
  });

  it('is offline then, and its sessions end with `robot_offline`', async () => {
    const { world, clientSocket, viewer, sessionIds } = await away();
    world.pass(world.policy.resumeWindowMs);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, robotsOffline: 1 });
    expect(world.robot()).toMatchObject({ state: 'offline', sinceAt: world.clock.at, leaseEpoch: 2 });
    expect(world.robot()).not.toHaveProperty('resumeEndsAt');
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(world.sessions()).toEqual([]);
    for (const [i, client] of [clientSocket, viewer].entries()) {
      expect(world.gateway.to(client).at(-1)).toEqual({
        type: 'sessionClosed',
        sessionId: sessionIds[i],
        reason: 'robot_offline',
      });
    }
    expect([...world.state.clients.values()].map((client) => client.sessions.size)).toEqual([0, 0]);
    expect(world.noted('robot_offline')).toHaveLength(1);
  });

  it('and comes back between the look and the deed is left alone', async () => {
    const { world } = await away();
    world.pass(world.policy.resumeWindowMs);
    const held = world.tap.hold('robots.endResume');
    const cleaning = cleanUp(world);
    await held.reachedBy(cleaning);
    const b = await welcomed(world, rover1, { name: 'B' });
    held.release();
    expect(await cleaning).toEqual(nothingDone);
    expect(world.robot()).toMatchObject({ state: 'online', socket: b });
  });
});

describe('the backstop of a session', () => {
  it('ends one whose connection is gone, told to its robot as `expired`', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    const client = await welcomed(world, operator1, { lifeMs });
    const { sessionId } = await opened(world, client);
    world.state.connections.delete(client.connectionId);
    world.pass(lifeMs + world.policy.graceMs + world.policy.resumeWindowMs - 1);
    expect(await cleanUp(world)).toEqual(nothingDone);
    world.pass(1);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, sessionsEnded: 1 });
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(world.gateway.to(robot).slice(-2)).toEqual([
      { type: 'sessionClosed', sessionId, reason: 'expired' },
      { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 },
    ]);
  });

  it('follows a connection that was refreshed behind its back', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const client = await welcomed(world, operator1, { lifeMs });
    const held = world.tap.hold('sessions.create');
    const opening = opened(world, client);
    await held.reachedBy(opening);
    world.pass(10);
    const expiresAt = world.clock.at + world.policy.tokenMs;
    await refresh(world, client, world.tokens.issue(operator1));
    held.release();
    const { sessionId } = await opening;
    expect(world.session(sessionId)).toMatchObject({ socket: { tokenExpiresAt: t0 + lifeMs } });
    world.pass(lifeMs + world.policy.graceMs + world.policy.resumeWindowMs);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, lagMs: 10 });
    expect(world.session(sessionId)).toMatchObject({
      socket: { tokenExpiresAt: expiresAt },
      nextDeadlineAt: expiresAt + world.policy.graceMs + world.policy.resumeWindowMs,
    });
    expect(await send(world, client, signalOf(sessionId))).toMatchObject({ ok: true });
  });
});

it('F4, I6: touches nothing that is not due', async () => {
  const world = newWorld();
  await inSession(world, rover1, operator1);
  await disconnect(world.deps, await welcomed(world, rover2));
  await connected(world, viewer1);
  const before = structuredClone(world.state);
  world.tap.forget();
  expect(await cleanUp(world)).toEqual(nothingDone);
  expect(world.state).toEqual(before);
  expect(new Set(world.tap.calls)).toEqual(new Set(['connections.due', 'robots.due', 'sessions.due']));
  expect(world.tap.calls).toHaveLength(3 * world.deps.deadlineShards);
});

it('F4, I6: changes nothing but what is due, whatever is due beside it', async () => {
  const world = newWorld();
  await inSession(world, rover1, operator1);
  const due = await welcomed(world, operator2, { lifeMs });
  await connected(world, viewer1, { lifeMs });
  const before = structuredClone(world.state);
  const first = world.connection(due);
  expect(await cleanUp(world)).toEqual({ ...nothingDone, announced: 1 });
  expect(world.connection(due)).toEqual({
    ...first,
    settledUntil: t0,
    nextDeadlineAt: t0 + lifeMs - 120_000,
  });
  before.connections.set(due.connectionId, world.connection(due) ?? raise());
  expect(world.state).toEqual(before);
});

it('I6: of 10,000 rows of which 50 are due, reads those 50 and asks each shard once', async () => {
  const world = newWorld();
  const young = world.connection(await welcomed(world, operator1)) ?? raise();
  for (let i = 0; i < 10_000; i++) {
    const { connectionId } = socketNamed(`row-${i}`);
    // Those that are due have outlived their grace by a second.
    const expiresAt = i % 200 === 0 ? t0 - 61_000 : young.token.expiresAt;
    const nextDeadlineAt = i % 200 === 0 ? t0 - 1_000 : young.nextDeadlineAt;
    const token = { ...young.token, expiresAt };
    world.state.connections.set(connectionId, { ...young, connectionId, token, nextDeadlineAt });
  }
  world.tap.forget();
  expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 50, lagMs: 1_000 });
  expect(world.tap.count('connections.get')).toBe(50);
  expect(world.tap.calls.filter((call) => call.endsWith('.due'))).toHaveLength(3 * world.deps.deadlineShards);
  expect(world.state.connections.size).toBe(10_001 - 50);
});

function raise(): never {
  throw new Error('no such row');
}

it('says what it did', async () => {
  const world = newWorld();
  await connected(world, operator1);
  world.pass(world.policy.helloWithinMs);
  const report = await cleanUp(world);
  expect(report).toEqual({ ...nothingDone, closed: 1 });
  expect(world.noted('cleanup_done')).toEqual([{ type: 'cleanup_done', ...report, tookMs: 0 }]);
});
