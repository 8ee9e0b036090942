import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import {
  cleanUp,
  cleanUpUntil,
  connected,
  granted,
  hello,
  inSession,
  opened,
  refresh,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { meanwhile } from './support/interruption.ts';
import { operator1, operator2, rover1, roverId } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

describe('$disconnect of a robot', () => {
  it('I3: makes it away until the resume window ends, and ends no session', async () => {
    const world = newWorld();
    const { clientSocket, robotSocket, sessionId } = await inSession(world, rover1, operator1);
    world.pass(5_000);
    await disconnect(world.deps, robotSocket);
    expect(world.robot()).toMatchObject({
      state: 'away',
      sinceAt: t0 + 5_000,
      resumeEndsAt: t0 + 5_000 + world.policy.resumeWindowMs,
      epoch: 1,
      controllerSessionId: sessionId,
    });
    expect(world.robot()).not.toHaveProperty('socket');
    expect(world.session(sessionId)).toBeDefined();
    const resumeEndsAt = t0 + 5_000 + world.policy.resumeWindowMs;
    expect(world.gateway.to(clientSocket).slice(1)).toEqual([{ type: 'peerAway', sessionId, resumeEndsAt }]);
    expect(world.connection(robotSocket)).toBeUndefined();
    expect(world.noted('disconnected')).toEqual([
      {
        type: 'disconnected',
        connectionId: robotSocket.connectionId,
        kind: 'robot',
        how: 'disconnect',
        lifetimeMs: 5_000,
        tokenRemainingMs: world.policy.tokenMs - 5_000,
        refreshes: 0,
      },
    ]);
  });

  it('F15: tells how its token lived: what was left of the last one, and how often it was refreshed', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { lifeMs: 600_000 });
    for (let i = 0; i < 3; i++) {
      world.pass(500_000);
      granted(await refresh(world, robot, world.tokens.issue(rover1, { lifeMs: 600_000 })));
    }
    world.pass(1_000);
    await disconnect(world.deps, robot);
    expect(world.noted('disconnected')).toMatchObject([
      { how: 'disconnect', lifetimeMs: 1_501_000, tokenRemainingMs: 599_000, refreshes: 3 },
    ]);
  });

  it('F8, I4: of a replaced connection, late, cannot touch the new session', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await welcomed(world, rover1, { name: 'B' });
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client);
    const before = world.robot();
    await disconnect(world.deps, a);
    expect(world.robot()).toEqual(before);
    expect(world.session(sessionId)).toBeDefined();
    expect(world.connection(a)).toBeUndefined();
  });

  it('F8: of a replaced connection moves nothing in the index: what dies in it may wait as long as before', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await welcomed(world, rover1, { name: 'B' });
    const { nextDeadlineAt } = world.connection(a) ?? {};
    world.tap.fail('connections.remove');
    await expect(disconnect(world.deps, a)).rejects.toThrow('unavailable');
    expect(world.connection(a)).toMatchObject({ state: 'closing', nextDeadlineAt });
  });

  it('of which it is not known whether it was replaced rests for a minute when it dies, and is ended then', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    world.tap.fail('connections.get');
    world.tap.fail('robots.release');
    await expect(disconnect(world.deps, robot)).rejects.toThrow('unavailable');
    expect(world.connection(robot)).toMatchObject({ state: 'closing', nextDeadlineAt: t0 + retryMs });
    await cleanUpUntil(world, t0 + retryMs);
    expect(world.robot()).toMatchObject({ state: 'away' });
  });

  it('that comes upon a fault which is no outage says so, and ends nothing', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    world.tap.fail('connections.get', { error: new TypeError('a fault') });
    await expect(disconnect(world.deps, robot)).rejects.toThrow('a fault');
    expect(world.connection(robot)).toMatchObject({ state: 'ready' });
  });

  it('F8, I4: that comes before the new one says hello leaves the robot away, and hello brings it back', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    const b = await connected(world, rover1, { name: 'B' });
    await disconnect(world.deps, a);
    expect(world.robot()).toMatchObject({ state: 'away' });
    await hello(world, b);
    expect(world.robot()).toMatchObject({ state: 'online', socket: b, epoch: 2 });
    expect(world.gateway.closed).toEqual([]);
  });

  it.each(['connections.markClosing', 'robots.release', 'connections.remove'])(
    'F8, I4: of the old one, overtaken at %s by the claim of the new one, cannot touch it',
    async (step) => {
      const world = newWorld();
      const a = await welcomed(world, rover1, { name: 'A' });
      const b = await connected(world, rover1, { name: 'B' });
      const held = world.tap.hold(step);
      const late = disconnect(world.deps, a);
      await held.reachedBy(late);
      await hello(world, b);
      const after = world.robot();
      held.release();
      await late;
      expect(world.robot()).toEqual(after);
      expect(after).toMatchObject({ state: 'online', socket: b });
    },
  );

  it('twice does not lengthen the window', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await disconnect(world.deps, a);
    const before = world.robot();
    world.pass(1_000);
    await disconnect(world.deps, a);
    expect(world.robot()).toEqual(before);
    expect(world.noted('disconnected')).toHaveLength(1);
  });

  it('of one that never said hello touches no robot', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    const before = world.robot();
    await disconnect(world.deps, await connected(world, rover1, { name: 'B' }));
    expect(world.robot()).toEqual(before);
  });
});

describe('$disconnect of a client', () => {
  it('F5, I3: suspends its sessions until the window ends, tells the robot, and changes nothing of it', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    const client = await welcomed(world, operator1);
    const sessions = [await opened(world, client), await opened(world, client, { mode: 'view' })];
    const before = world.robot();
    const rows = world.sessions();
    world.pass(5_000);
    await disconnect(world.deps, client);
    const resumeEndsAt = t0 + 5_000 + world.policy.resumeWindowMs;
    expect(world.robot()).toEqual(before);
    expect(world.sessions()).toEqual(
      rows.map(({ socket: _, ...row }) => ({ ...row, resumeEndsAt, nextDeadlineAt: resumeEndsAt })),
    );
    expect([...world.state.clients.keys()]).toEqual(['client-1']);
    expect(sent(world, robot, 'peerAway')).toEqual(
      sessions.map(({ sessionId }) => ({ type: 'peerAway', sessionId, resumeEndsAt })),
    );
    expect(sent(world, robot, 'sessionClosed')).toEqual([]);
    expect(world.connection(client)).toBeUndefined();
  });

  it('F5, I3: ends them when the window is over and frees its control, and nothing else of the robot', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    const before = world.robot();
    const client = await welcomed(world, operator1);
    const sessions = [await opened(world, client), await opened(world, client, { mode: 'view' })];
    await disconnect(world.deps, client);
    await cleanUpUntil(world, t0 + world.policy.resumeWindowMs - 1);
    expect(world.sessions()).toHaveLength(2);
    await cleanUpUntil(world, t0 + world.policy.resumeWindowMs);
    expect(world.robot()).toEqual({ ...before, leaseEpoch: 2 });
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
    const closed = sessions.map(({ sessionId }) => ({
      type: 'sessionClosed',
      sessionId,
      reason: 'resume_ended',
    }));
    expect(sent(world, robot, 'sessionClosed')).toEqual(expect.arrayContaining(closed));
    expect(sent(world, robot, 'sessionClosed')).toHaveLength(2);
    expect(sent(world, robot, 'controlChanged')).toEqual([
      { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 },
    ]);
  });

  it('keeps nothing of one that had no session', async () => {
    const world = newWorld();
    await disconnect(world.deps, await welcomed(world, operator1));
    expect(world.state.clients.size).toBe(0);
  });

  it('harms no session of another, at once or later', async () => {
    const world = newWorld();
    const { clientSocket, sessionId } = await inSession(world, rover1, operator1);
    const other = await welcomed(world, operator2);
    await opened(world, other);
    const before = world.session(sessionId);
    await disconnect(world.deps, other);
    expect(world.session(sessionId)).toEqual(before);
    await cleanUpUntil(world, t0 + world.policy.resumeWindowMs);
    expect(world.sessions()).toEqual([before]);
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(world.connection(clientSocket)).toBeDefined();
    expect(world.gateway.to(clientSocket).map(({ type }) => type)).toEqual(['welcome']);
  });

  it('suspends and ends them though the robot cannot be told', async () => {
    const world = newWorld();
    const { clientSocket, robotSocket, sessionId } = await inSession(world, rover1, operator1);
    for (const word of ['peerAway', 'sessionClosed', 'controlChanged']) {
      world.tap.fail(`post ${word} to ${robotSocket.connectionId}`, { times: 9 });
    }
    await disconnect(world.deps, clientSocket);
    expect(world.session(sessionId)).not.toHaveProperty('socket');
    expect(world.connection(clientSocket)).toBeUndefined();
    await cleanUpUntil(world, t0 + world.policy.resumeWindowMs);
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
  });

  it.each(['clients.detach', 'sessions.suspend', 'watches.unwatch', 'connections.remove'])(
    'I7: that is cut off at %s is finished by the cleanup: suspended, then over, and control is free',
    async (step) => {
      const world = newWorld();
      const { clientSocket, sessionId } = await inSession(world, rover1, operator1);
      world.tap.fail(step);
      await expect(disconnect(world.deps, clientSocket)).rejects.toThrow('unavailable');
      await cleanUpUntil(world, t0 + 60_000);
      expect(world.connection(clientSocket)).toBeUndefined();
      expect(world.session(sessionId)).not.toHaveProperty('socket');
      expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
      await cleanUpUntil(world, t0 + 60_000 + world.policy.resumeWindowMs);
      expect(world.sessions()).toEqual([]);
      expect(world.state.clients.size).toBe(0);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
    },
  );

  it.each(['robots.dropControl', 'sessions.removeIfDue'])(
    'I7: whose end of the window is cut off at %s is ended by the next run, and control is free',
    async (step) => {
      const world = newWorld();
      const { clientSocket } = await inSession(world, rover1, operator1);
      await disconnect(world.deps, clientSocket);
      world.tap.fail(step);
      await cleanUpUntil(world, t0 + world.policy.resumeWindowMs + world.policy.cleanupEveryMs);
      expect(world.sessions()).toEqual([]);
      expect(world.state.clients.size).toBe(0);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
    },
  );
});

it('$disconnect of a client whose session the robot ends at that moment says no more than that it is away', async () => {
  const world = newWorld();
  const { clientSocket, robotSocket, sessionId } = await inSession(world, rover1, operator1);
  await meanwhile(world, {
    at: `post peerAway to ${robotSocket.connectionId}`,
    action: () => disconnect(world.deps, clientSocket),
    act: () =>
      closeSession(world.deps, { caller: robotSocket, robotId: roverId, sessionId, reason: 'closed' }),
  });
  expect(sent(world, robotSocket, 'peerAway')).toHaveLength(1);
  expect(sent(world, robotSocket, 'peerBack')).toEqual([]);
  expect(world.connection(clientSocket)).toBeUndefined();
  expect(world.noted('dependency_unavailable')).toEqual([]);
});

describe('$disconnect of a client whose hello died', () => {
  it('after it had entered, and before its connection said so, leaves nothing of it', async () => {
    const world = newWorld();
    const client = await connected(world, operator1);
    world.tap.fail('connections.markReady');
    await expect(hello(world, client)).rejects.toThrow('unavailable');
    expect(world.state.clients.size).toBe(1);
    await disconnect(world.deps, client);
    expect(world.state.clients.size).toBe(0);
  });
});

describe('$disconnect of anybody', () => {
  it('of a socket that is not known is no fault: it may come twice, or after bye', async () => {
    const world = newWorld();
    await disconnect(world.deps, socketNamed('nobody'));
    const client = await welcomed(world, operator1);
    await bye(world.deps, { caller: client, signOut: false });
    const before = structuredClone(world.state);
    await disconnect(world.deps, client);
    expect(world.state).toEqual(before);
    expect(world.noted('disconnected')).toHaveLength(1);
  });

  it('closes nothing and says nothing to the socket', async () => {
    const world = newWorld();
    const client = await welcomed(world, operator1);
    await disconnect(world.deps, client);
    expect(world.gateway.closed).toEqual([]);
    expect(world.gateway.to(client)).toHaveLength(1);
  });

  it('twice at once suspends and later ends everything once', async () => {
    const world = newWorld();
    const { clientSocket, robotSocket, sessionId } = await inSession(world, rover1, operator1);
    await Promise.all([disconnect(world.deps, clientSocket), disconnect(world.deps, clientSocket)]);
    const resumeEndsAt = t0 + world.policy.resumeWindowMs;
    expect(sent(world, robotSocket, 'peerAway')).toEqual([{ type: 'peerAway', sessionId, resumeEndsAt }]);
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt });
    await cleanUpUntil(world, resumeEndsAt);
    expect(world.noted('session_closed')).toHaveLength(1);
    expect(sent(world, robotSocket, 'sessionClosed')).toHaveLength(1);
    expect(world.sessions()).toEqual([]);
  });

  it('twice at once is counted once', async () => {
    const world = newWorld();
    const client = await welcomed(world, operator1);
    await Promise.all([disconnect(world.deps, client), disconnect(world.deps, client)]);
    expect(world.noted('disconnected')).toHaveLength(1);
  });

  it.each(['clients.detach', 'connections.remove'])(
    'that fails at %s leaves a row for the cleanup',
    async (step) => {
      const world = newWorld();
      const { clientSocket } = await inSession(world, rover1, operator1);
      world.tap.fail(step);
      await expect(disconnect(world.deps, clientSocket)).rejects.toThrow('unavailable');
      expect(world.connection(clientSocket)).toMatchObject({ state: 'closing' });
      world.pass(59_999);
      await cleanUp(world);
      expect(world.connection(clientSocket)).toBeDefined();
      world.pass(1);
      await cleanUp(world);
      expect(world.connection(clientSocket)).toBeUndefined();
      // The window runs from when the sessions were suspended: now, or at once where that had been done.
      const resumeEndsAt = world.policy.resumeWindowMs + (step === 'clients.detach' ? t0 + 60_000 : t0);
      expect(world.sessions()).toMatchObject([{ resumeEndsAt }]);
      await cleanUpUntil(world, resumeEndsAt);
      expect(world.sessions()).toEqual([]);
      expect(world.state.clients.size).toBe(0);
    },
  );
});
