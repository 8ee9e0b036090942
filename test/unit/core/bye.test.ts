import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import {
  cleanUp,
  connected,
  hello,
  inSession,
  keyOf,
  opened,
  refresh,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1, operator2, rover1 } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

describe('bye of a client', () => {
  it('ends its sessions, tells their robots, keeps nothing, and closes the socket', async () => {
    const world = newWorld();
    const { clientSocket, robotSocket, sessionId } = await inSession(world, rover1, operator1);
    world.pass(5_000);
    await bye(world.deps, { caller: clientSocket, signOut: false });
    expect(world.gateway.to(robotSocket).slice(-2)).toEqual([
      { type: 'sessionClosed', sessionId, reason: 'closed' },
      { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 },
    ]);
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
    expect(world.connection(clientSocket)).toBeUndefined();
    expect(world.gateway.closed).toEqual([clientSocket.connectionId]);
    expect(world.noted('disconnected')).toEqual([
      {
        type: 'disconnected',
        connectionId: clientSocket.connectionId,
        kind: 'client',
        how: 'bye',
        lifetimeMs: 5_000,
        tokenRemainingMs: world.policy.tokenMs - 5_000,
        refreshes: 0,
      },
    ]);
  });

  it('F5, I3: leaves the robot as it was, but for the control that it had', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const before = world.robot();
    const client = await welcomed(world, operator1);
    await opened(world, client);
    await bye(world.deps, { caller: client, signOut: false });
    expect(world.robot()).toEqual({ ...before, leaseEpoch: 2 });
  });

  it('leaves no way back by its key: who brings it later is a new client', async () => {
    const world = newWorld();
    const { clientSocket } = await inSession(world, rover1, operator1);
    const resume = keyOf(world, clientSocket);
    await bye(world.deps, { caller: clientSocket, signOut: false });
    const again = await connected(world, operator1, { name: 'again' });
    await hello(world, again, { resume });
    expect(sent(world, again, 'welcome')).toMatchObject([
      { clientId: 'client-2', resumed: false, sessions: [] },
    ]);
  });

  it('harms no session of another', async () => {
    const world = newWorld();
    const { clientSocket, sessionId } = await inSession(world, rover1, operator1);
    const other = await welcomed(world, operator2);
    const kept = await opened(world, other);
    await bye(world.deps, { caller: clientSocket, signOut: false });
    expect(world.sessions().map((row) => row.sessionId)).toEqual([kept.sessionId]);
    expect(kept.sessionId).not.toBe(sessionId);
  });
});

describe('bye of a robot', () => {
  it('makes it offline at once and ends its sessions with robot_offline', async () => {
    const world = newWorld();
    const { clientSocket, robotSocket, sessionId } = await inSession(world, rover1, operator1);
    world.pass(5_000);
    await bye(world.deps, { caller: robotSocket, signOut: false });
    expect(world.robot()).toMatchObject({ state: 'offline', sinceAt: t0 + 5_000, epoch: 1, leaseEpoch: 2 });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(world.gateway.to(clientSocket).at(-1)).toEqual({
      type: 'sessionClosed',
      sessionId,
      reason: 'robot_offline',
    });
    expect(world.sessions()).toEqual([]);
    expect(world.connection(robotSocket)).toBeUndefined();
    expect(world.noted('robot_offline')).toHaveLength(1);
  });

  it('I4: of an old connection changes nothing of the new one', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    world.tap.fail('close A');
    await welcomed(world, rover1, { name: 'B' });
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client);
    const before = world.robot();
    await bye(world.deps, { caller: a, signOut: false });
    expect(world.robot()).toEqual(before);
    expect(world.session(sessionId)).toBeDefined();
    expect(world.noted('robot_offline')).toEqual([]);
    expect(world.gateway.closed).toContain('A');
  });

  it('lets it come back at once', async () => {
    const world = newWorld();
    const caller = await welcomed(world, rover1, { name: 'A' });
    await bye(world.deps, { caller, signOut: false });
    await welcomed(world, rover1, { name: 'B' });
    expect(world.robot()).toMatchObject({ state: 'online', epoch: 2 });
  });

  it.each(['sessions.listByRobot', 'sessions.remove'])(
    'that is cut off at %s is finished by the cleanup',
    async (step) => {
      const world = newWorld();
      const { clientSocket, robotSocket, sessionId } = await inSession(world, rover1, operator1);
      world.tap.fail(step);
      await expect(bye(world.deps, { caller: robotSocket, signOut: false })).rejects.toThrow('unavailable');
      world.pass(60_000);
      await cleanUp(world);
      expect(world.sessions()).toEqual([]);
      expect(world.gateway.to(clientSocket).at(-1)).toMatchObject({ type: 'sessionClosed', sessionId });
      expect(world.connection(robotSocket)).toBeUndefined();
    },
  );
});

describe('bye of anybody', () => {
  it.each([rover1, operator1])('I1: is allowed with an expired token: $userName', async (who) => {
    const world = newWorld();
    const socket = await welcomed(world, who, { lifeMs: 60_000 });
    world.pass(60_001);
    await bye(world.deps, { caller: socket, signOut: false });
    expect(world.state.connections.size).toBe(0);
    expect(world.gateway.closed).toEqual([socket.connectionId]);
  });

  it.each([rover1, operator1])('works before hello: $userName', async (who) => {
    const world = newWorld();
    const socket = await connected(world, who);
    await bye(world.deps, { caller: socket, signOut: false });
    expect(world.state.connections.size).toBe(0);
    expect(world.gateway.closed).toEqual([socket.connectionId]);
    expect(world.robot()).toBeUndefined();
  });

  it('closes a socket that is not known, and counts nothing', async () => {
    const world = newWorld();
    await bye(world.deps, { caller: socketNamed('nobody'), signOut: false });
    expect(world.gateway.closed).toEqual(['nobody']);
    expect(world.events).toEqual([]);
  });

  it('works on a socket that is gone, and is not undone by its $disconnect', async () => {
    const world = newWorld();
    const { clientSocket } = await inSession(world, rover1, operator1);
    world.gateway.drop(clientSocket);
    await bye(world.deps, { caller: clientSocket, signOut: false });
    await disconnect(world.deps, clientSocket);
    expect(world.sessions()).toEqual([]);
    expect(world.noted('disconnected')).toHaveLength(1);
  });

  it('leaves no way back: neither hello nor refresh works while it is under way', async () => {
    const world = newWorld();
    const socket = await connected(world, operator1);
    const held = world.tap.hold('connections.remove');
    const leaving = bye(world.deps, { caller: socket, signOut: false });
    await held.reachedBy(leaving);
    expect(await hello(world, socket)).toMatchObject({ refusal: { code: 'unauthenticated' } });
    expect(await refresh(world, socket, world.tokens.issue(operator1))).toMatchObject({
      refusal: { code: 'unauthenticated' },
    });
    held.release();
    await leaving;
    expect(world.state.connections.size).toBe(0);
  });
});
