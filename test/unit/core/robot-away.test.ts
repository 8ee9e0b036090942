import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { revokeSignIns } from '../../../functions/core/use-cases/revoke.ts';
import {
  cleanUp,
  cleanUpUntil,
  codeOf,
  granted,
  opened,
  send,
  sent,
  signalOf,
  welcomed,
} from './support/cast.ts';
import { killedAtEachStep } from './support/interruption.ts';
import { operator2, rover1, roverId, viewer1 } from './support/people.ts';
import { a, lose, pair, robot, robotBack } from './support/returning.ts';
import { newWorld, type World } from './support/world.ts';

/** What a robot suffers that it may come back from. */
const losses: readonly {
  what: string;
  prepare?: (world: World) => void;
  lose: (world: World) => Promise<unknown>;
}[] = [
  { what: 'its $disconnect', lose: (world) => lose(world, robot) },
  {
    what: 'a check that finds it gone',
    prepare: (world) => world.pass(world.policy.checkEveryMs),
    lose: async (world) => {
      world.gateway.drop(robot);
      await cleanUp(world);
    },
  },
  {
    what: 'the end of its token',
    prepare: (world) => {
      const row = world.state.connections.get(robot.connectionId);
      if (row === undefined) throw new Error('no robot');
      const token = { ...row.token, expiresAt: world.clock.at - world.policy.graceMs };
      const nextDeadlineAt = world.clock.at;
      world.state.connections.set(robot.connectionId, { ...row, token, nextDeadlineAt });
    },
    lose: (world) => cleanUp(world),
  },
  {
    what: 'a revocation',
    lose: ({ deps }) =>
      revokeSignIns(
        { ...deps, pause: async () => {} },
        { principalId: rover1.principalId, at: deps.clock.now() },
      ),
  },
];

describe.each(losses)('I3: a robot that is lost by $what', ({ prepare, lose }) => {
  async function scene() {
    const { world, sessionId } = await pair();
    const viewer = await welcomed(world, viewer1, { name: 'viewer' });
    const view = await opened(world, viewer, { mode: 'view' });
    prepare?.(world);
    return { world, sessionId, viewer, viewId: view.sessionId };
  }

  it('is away at once; each client is told once until when its session waits, and nothing else changes', async () => {
    const { world, sessionId, viewer, viewId } = await scene();
    const rows = world.sessions();
    const clients = structuredClone(world.state.clients);
    const before = world.robot();
    await lose(world);
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    const { socket: _, ...rest } = before ?? {};
    expect(world.robot()).toEqual({ ...rest, state: 'away', sinceAt: world.clock.at, resumeEndsAt });
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(world.sessions()).toEqual(rows);
    expect(world.state.clients).toEqual(clients);
    expect(world.gateway.to(a).slice(1)).toEqual([{ type: 'peerAway', sessionId, resumeEndsAt }]);
    expect(world.gateway.to(viewer).slice(1)).toEqual([
      { type: 'peerAway', sessionId: viewId, resumeEndsAt },
    ]);
    expect(world.connection(robot)).toBeUndefined();
  });

  it('is offline when the window is over, not before; its clients get robot_offline, and control is free', async () => {
    const { world, sessionId, viewer, viewId } = await scene();
    await lose(world);
    const endsAt = world.clock.at + world.policy.resumeWindowMs;
    world.clock.at = endsAt - 1;
    await cleanUp(world);
    expect(world.robot()).toMatchObject({ state: 'away', controllerSessionId: sessionId });
    world.clock.at = endsAt;
    await cleanUp(world);
    expect(world.robot()).toMatchObject({ state: 'offline', sinceAt: endsAt, leaseEpoch: 2 });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    for (const [socket, id] of [
      [a, sessionId],
      [viewer, viewId],
    ] as const) {
      expect(sent(world, socket, 'sessionClosed')).toEqual([
        { type: 'sessionClosed', sessionId: id, reason: 'robot_offline' },
      ]);
      expect(world.connection(socket)).toMatchObject({ state: 'ready' });
    }
    expect(world.sessions()).toEqual([]);
    expect([...world.state.clients.values()].map(({ sessions }) => sessions.size)).toEqual([0, 0]);
    expect(world.noted('robot_offline')).toEqual([{ type: 'robot_offline', robotId: roverId }]);
  });
});

describe('a robot that is away', () => {
  it('is sent nothing: who speaks to it is told so, and who asks for it gets a session that waits', async () => {
    const { world, sessionId } = await pair();
    await lose(world, robot);
    const posted = world.gateway.posted.length;
    expect(codeOf(await send(world, a, signalOf(sessionId)))).toBe('peer_away');
    const second = await welcomed(world, operator2);
    expect(await opened(world, second)).toMatchObject({ mode: 'view', state: 'suspended' });
    expect(world.gateway.posted).toHaveLength(posted + 1);
  });

  it('is told of the session that was opened meanwhile in its welcome, with control for who asked first', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    await lose(world, robot);
    const second = await welcomed(world, operator2, { name: 'second' });
    const { sessionId, mode } = await opened(world, second);
    const again = await robotBack(world);
    expect(mode).toBe('control');
    expect(sent(world, again, 'welcome')).toMatchObject([
      { resumed: true, sessions: [{ sessionId, mode: 'control', state: 'open', received: 0 }] },
    ]);
    expect(sent(world, second, 'peerBack')).toEqual([{ type: 'peerBack', sessionId, received: 0 }]);
    granted(await send(world, second, signalOf(sessionId)));
  });

  it('twice: the second loss has a window of its own', async () => {
    const { world, sessionId } = await pair();
    await lose(world, robot);
    world.pass(world.policy.resumeWindowMs - 1);
    const again = await robotBack(world);
    await lose(world, again);
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    expect(world.robot()).toMatchObject({ state: 'away', resumeEndsAt });
    expect(sent(world, a, 'peerAway').at(-1)).toEqual({ type: 'peerAway', sessionId, resumeEndsAt });
    world.clock.at = resumeEndsAt - 1;
    await cleanUp(world);
    expect(world.session(sessionId)).toBeDefined();
  });
});

it.each([
  { what: 'a client that cannot be told', call: 'post peerAway to A' },
  { what: 'sessions that cannot be listed', call: 'sessions.listByRobot' },
])('$what does not keep a robot from being away', async ({ call }) => {
  const { world, sessionId } = await pair();
  world.tap.fail(call);
  await disconnect(world.deps, robot);
  expect(world.robot()).toMatchObject({ state: 'away', controllerSessionId: sessionId });
  expect(world.connection(robot)).toBeUndefined();
  expect(world.noted('dependency_unavailable')).toHaveLength(1);
});

it('a loss that is killed anywhere leaves the robot away once the cleanup has been, and offline a window later', async () => {
  const wrong = await killedAtEachStep({
    scene: () => pair(),
    action: ({ world }) => lose(world, robot),
    judge: async ({ world, sessionId }) => {
      // Where nothing was begun, the check finds it.
      await cleanUpUntil(world, world.clock.at + world.policy.checkEveryMs);
      expect(world.connection(robot)).toBeUndefined();
      expect(['away', 'offline']).toContain(world.robot()?.state);
      expect(world.noted('disconnected')).toHaveLength(1);
      await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
      expect(world.robot()).toMatchObject({ state: 'offline' });
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expect(world.sessions()).toEqual([]);
      expect(sent(world, a, 'sessionClosed')).toEqual([
        { type: 'sessionClosed', sessionId, reason: 'robot_offline' },
      ]);
    },
  });
  expect(wrong).toEqual([]);
});

it('the end of a window that is killed anywhere is finished by the next run, told once to each', async () => {
  const wrong = await killedAtEachStep({
    scene: async () => {
      const made = await pair();
      await lose(made.world, robot);
      made.world.pass(made.world.policy.resumeWindowMs);
      return made;
    },
    action: ({ world }) => cleanUp(world),
    judge: async ({ world }, { step }) => {
      await cleanUpUntil(world, world.clock.at + 2 * world.policy.cleanupEveryMs);
      expect(world.robot()).toMatchObject({ state: 'offline' });
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expect(world.sessions()).toEqual([]);
      // Who is killed between the deed and its word cannot say it again: its row is gone.
      const isWord = step === 'post sessionClosed to A' || step === 'sessions.remove';
      const times = sent(world, a, 'sessionClosed').length;
      if (isWord) expect(times).toBeLessThanOrEqual(1);
      else expect(times).toBe(1);
    },
  });
  expect(wrong).toEqual([]);
});
