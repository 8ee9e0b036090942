import { describe, expect, it } from 'vitest';
import { releaseControl, requestControl } from '../../../functions/core/use-cases/change-control.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import {
  cleanUpUntil,
  connected,
  granted,
  hello,
  opened,
  send,
  sent,
  signalOf,
  welcomed,
} from './support/cast.ts';
import { operator2, rover1, rover2, roverId, viewer1 } from './support/people.ts';
import { a, back, lose, pair, replaced, robot, robot2, robotBack } from './support/returning.ts';

/** The robot is lost, or it is still there when it opens its next connection. */
const befores = [
  { what: 'away', isAway: true },
  { what: 'still on its old connection', isAway: false },
];

describe.each(befores)('I3: a robot that comes back with resume, $what', ({ isAway }) => {
  async function scene() {
    const { world, sessionId } = await pair();
    const viewer = await welcomed(world, viewer1, { name: 'viewer' });
    const view = await opened(world, viewer, { mode: 'view' });
    if (isAway) await lose(world, robot);
    world.pass(world.policy.resumeWindowMs - 1);
    return { world, sessionId, viewer, viewId: view.sessionId };
  }

  it('has its sessions and their control as before, on the new connection, and the epoch raised', async () => {
    const { world } = await scene();
    const before = world.robot();
    const rows = world.sessions();
    await robotBack(world);
    expect(world.robot()).toMatchObject({
      state: 'online',
      epoch: 2,
      socket: robot2,
      controllerSessionId: before?.controllerSessionId,
      leaseEpoch: before?.leaseEpoch,
    });
    expect(world.robot()).not.toHaveProperty('resumeEndsAt');
    expect(world.sessions()).toEqual(rows);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('is welcomed with each session: its client, who controls, whether the client is there', async () => {
    const { world, sessionId, viewer, viewId } = await scene();
    await lose(world, viewer);
    await robotBack(world);
    const robotId = 'rover-1';
    expect(sent(world, robot2, 'welcome')).toMatchObject([
      {
        resumed: true,
        sessions: [
          { sessionId, robotId, clientId: 'client-1', mode: 'control', state: 'open', received: 0 },
          { sessionId: viewId, robotId, clientId: 'client-2', mode: 'view', state: 'suspended', received: 0 },
        ],
      },
    ]);
  });

  it('each client is told once, with what the robot has received of it; 0 where it says nothing', async () => {
    const { world, sessionId, viewer, viewId } = await scene();
    await robotBack(world, { received: { [sessionId]: 17 } });
    expect(sent(world, a, 'peerBack')).toEqual([{ type: 'peerBack', sessionId, received: 17 }]);
    expect(sent(world, viewer, 'peerBack')).toEqual([{ type: 'peerBack', sessionId: viewId, received: 0 }]);
    expect(sent(world, a, 'sessionClosed')).toEqual([]);
    expect(sent(world, a, 'controlChanged')).toEqual([]);
    expect(sent(world, a, 'peerAway')).toHaveLength(isAway ? 1 : 0);
  });

  it('signals go both ways again, to the new connection, under the lease of before', async () => {
    const { world, sessionId } = await scene();
    await robotBack(world);
    granted(await send(world, a, signalOf(sessionId)));
    granted(await send(world, robot2, signalOf(sessionId)));
    expect(sent(world, robot2, 'signal')).toMatchObject([{ sessionId, from: 'client', leaseEpoch: 1 }]);
    expect(sent(world, a, 'signal')).toMatchObject([{ sessionId, from: 'robot', leaseEpoch: 1 }]);
    expect(sent(world, robot, 'signal')).toEqual([]);
  });

  it('F8: the old connection is told and closed where it is there, and its late $disconnect changes nothing', async () => {
    const { world } = await scene();
    await robotBack(world);
    expect(sent(world, robot, 'goAway')).toEqual(isAway ? [] : [replaced]);
    expect(world.gateway.closed).toEqual(isAway ? [] : ['robot']);
    const before = structuredClone({ ...world.state, connections: undefined });
    const posted = world.gateway.posted.length;
    await disconnect(world.deps, robot);
    expect({ ...world.state, connections: undefined }).toEqual(before);
    expect(world.gateway.posted).toHaveLength(posted);
  });

  it('the sessions do not end when the window of before would have been over', async () => {
    const { world, sessionId } = await scene();
    await robotBack(world);
    await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
    expect(world.robot()).toMatchObject({ state: 'online', controllerSessionId: sessionId });
    expect(world.sessions()).toHaveLength(2);
  });

  it('without resume: its sessions end `closed`, control is free, and it may be had anew', async () => {
    const { world, sessionId, viewer, viewId } = await scene();
    const again = await back(world, { name: 'robot-2', as: rover1 });
    expect(sent(world, again, 'welcome')).toMatchObject([{ resumed: false, sessions: [] }]);
    for (const [socket, id] of [
      [a, sessionId],
      [viewer, viewId],
    ] as const) {
      expect(sent(world, socket, 'sessionClosed')).toEqual([
        { type: 'sessionClosed', sessionId: id, reason: 'closed' },
      ]);
      expect(sent(world, socket, 'peerBack')).toEqual([]);
    }
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).toMatchObject({ state: 'online', leaseEpoch: 2 });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect([...world.state.clients.values()].map(({ sessions }) => sessions.size)).toEqual([0, 0]);
    expect(await opened(world, a)).toMatchObject({ mode: 'control', state: 'open' });
  });
});

it('a robot that comes back to several sessions is told which of them controls, and under what lease', async () => {
  const { world, sessionId } = await pair();
  const { sessionId: viewing } = await opened(world, a, { mode: 'view' });
  const of = { caller: a, robotId: roverId };
  granted(await releaseControl(world.deps, { ...of, sessionId }));
  granted(await requestControl(world.deps, { ...of, sessionId: viewing, force: false }));
  await robotBack(world);
  expect(sent(world, robot2, 'welcome')).toMatchObject([
    {
      sessions: expect.arrayContaining([
        expect.objectContaining({ sessionId, mode: 'view', leaseEpoch: 3 }),
        expect.objectContaining({ sessionId: viewing, mode: 'control', leaseEpoch: 3 }),
      ]),
    },
  ]);
});

describe('a robot that comes back after the window', () => {
  it('is online, and has nothing to go on with', async () => {
    const { world } = await pair();
    await lose(world, robot);
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    const again = await robotBack(world);
    expect(sent(world, again, 'welcome')).toMatchObject([{ resumed: false, sessions: [] }]);
    expect(world.robot()).toMatchObject({ state: 'online', epoch: 2 });
    expect(await opened(world, a)).toMatchObject({ mode: 'control', state: 'open' });
  });
});

describe('what a robot says to have received', () => {
  it('of sessions that are not its own, or of words that every object knows, changes nothing', async () => {
    const { world, sessionId } = await pair();
    await welcomed(world, rover2, { name: 'other' });
    const second = await welcomed(world, operator2, { name: 'second' });
    const rover2Id = [...world.state.robots.keys()][1];
    if (rover2Id === undefined) throw new Error('no second robot');
    const foreign = await opened(world, second, { robotId: rover2Id });
    const before = world.session(foreign.sessionId);
    await lose(world, robot);
    const posted = world.gateway.to(second).length;
    await robotBack(world, { received: { [foreign.sessionId]: 9, toString: 1, 'made-up': 2 } });
    expect(world.session(foreign.sessionId)).toEqual(before);
    expect(world.gateway.to(second)).toHaveLength(posted);
    expect(sent(world, a, 'peerBack')).toEqual([{ type: 'peerBack', sessionId, received: 0 }]);
    expect(world.sessions()).toHaveLength(2);
  });

  it('is kept for a client that is away, which finds it in its welcome', async () => {
    const { world, sessionId, key } = await pair();
    await lose(world, a);
    await lose(world, robot);
    await robotBack(world, { received: { [sessionId]: 5 } });
    const again = await back(world, { resume: key });
    expect(sent(world, again, 'welcome')).toMatchObject([{ sessions: [{ sessionId, received: 5 }] }]);
  });
});

it('I8: a client that cannot be told does not undo the hello of a robot that comes back; it is told by the next', async () => {
  const { world, sessionId } = await pair();
  await lose(world, robot);
  const socket = await connected(world, rover1, { name: 'robot-2' });
  const again = () => hello(world, socket, { resume: true, received: { [sessionId]: 7 } });
  const notAllTold = { ok: false, refusal: { code: 'unavailable', retryAfterMs: 10_000 } };
  for (let times = 0; times < 3; times += 1) {
    world.tap.fail('post peerBack to A');
    expect(await again()).toMatchObject(notAllTold);
    expect(world.robot()).toMatchObject({ state: 'online', socket: robot2 });
    expect(world.session(sessionId)).toBeDefined();
    expect(world.noted('dependency_unavailable')).toHaveLength(times + 1);
    expect(sent(world, a, 'peerBack')).toEqual([]);
  }
  granted(await again());
  expect(sent(world, a, 'peerBack')).toEqual([{ type: 'peerBack', sessionId, received: 7 }]);
  expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  // Then all is told, and nothing is by another.
  granted(await again());
  expect(sent(world, a, 'peerBack')).toHaveLength(1);
});

it('F5: costs in proportion to its own sessions', async () => {
  const { world } = await pair();
  const many = await welcomed(world, operator2, { name: 'many' });
  await welcomed(world, rover2, { name: 'other' });
  const other = [...world.state.robots.keys()][1];
  for (let i = 0; i < 7; i++) await opened(world, many, { ...(other && { robotId: other }), mode: 'view' });
  await lose(world, robot);
  const socket = await connected(world, rover1, { name: 'robot-2' });
  world.tap.forget();
  await hello(world, socket, { resume: true });
  // Before `welcome`, and once more after it, for who came or went meanwhile.
  expect(world.tap.count('sessions.listByRobot')).toBe(2);
  expect(world.tap.calls.filter((call) => call.startsWith('post peerBack'))).toEqual(['post peerBack to A']);
  expect(world.tap.calls.length).toBeLessThanOrEqual(11);
});
