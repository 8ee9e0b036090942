import { describe, expect, it } from 'vitest';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { robotId } from '../../../protocol/ids.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import {
  cleanUpUntil,
  codeOf,
  connected,
  granted,
  hello,
  keyOf,
  open,
  opened,
  send,
  sent,
  signalOf,
  welcomed,
} from './support/cast.ts';
import { operator1, operator2, rover2, roverId, user } from './support/people.ts';
import { a, b, back, c, lose, pair, replaced, robot } from './support/returning.ts';

const befores = [
  { what: 'away', isAway: true },
  { what: 'still on its old connection', isAway: false },
];

describe.each(befores)('F5, I3: a client that comes back by its key, $what', ({ isAway }) => {
  /** In control of rover-1, and viewing rover-2, which is away. */
  async function scene() {
    const made = await pair();
    const { world } = made;
    const second = await welcomed(world, rover2, { name: 'second' });
    const view = await opened(world, a, { robotId: robotId.parse('rover-2'), mode: 'view' });
    await lose(world, second);
    if (isAway) await lose(world, a);
    world.pass(world.policy.resumeWindowMs - 1);
    return { ...made, viewId: view.sessionId };
  }

  it('is the same client, with its sessions and its control, on the new connection', async () => {
    const { world, sessionId, viewId, key } = await scene();
    const robots = structuredClone(world.state.robots);
    const before = world.sessions();
    await back(world, { resume: key });
    expect(world.state.robots).toEqual(robots);
    expect([...world.state.clients.keys()]).toEqual(['client-1']);
    const socket = { ...b, tokenExpiresAt: world.clock.at + world.policy.tokenMs };
    const nextDeadlineAt = socket.tokenExpiresAt + world.policy.graceMs + world.policy.resumeWindowMs;
    expect(world.sessions()).toEqual(
      before.map(({ resumeEndsAt: _, ...row }) => ({ ...row, clientEpoch: 2, socket, nextDeadlineAt })),
    );
    expect(world.sessions().map((row) => row.sessionId)).toEqual([sessionId, viewId]);
    expect(world.connection(b)).toMatchObject({ state: 'ready', client: { clientId: 'client-1', epoch: 2 } });
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('is welcomed with each session: who controls, whether the robot is there, what it has received', async () => {
    const { world, sessionId, viewId, key } = await scene();
    await back(world, { resume: key });
    expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: true, clientId: 'client-1' }]);
    const clientId = 'client-1';
    expect(sent(world, b, 'welcome')[0]?.sessions).toEqual([
      { sessionId, robotId: 'rover-1', clientId, mode: 'control', leaseEpoch: 1, state: 'open', received: 0 },
      {
        sessionId: viewId,
        robotId: 'rover-2',
        clientId,
        mode: 'view',
        leaseEpoch: 0,
        state: 'suspended',
        received: 0,
      },
    ]);
  });

  it('its robots are told once, with what it has received; 0 where it says nothing', async () => {
    const { world, sessionId, key } = await scene();
    await back(world, { resume: key, received: { [sessionId]: 23 } });
    expect(sent(world, robot, 'peerBack')).toEqual([{ type: 'peerBack', sessionId, received: 23 }]);
    expect(sent(world, robot, 'peerAway')).toHaveLength(isAway ? 1 : 0);
    expect(sent(world, robot, 'sessionClosed')).toEqual([]);
    expect(sent(world, robot, 'controlChanged')).toEqual([]);
    const { world: silent, sessionId: id, key: other } = await scene();
    await back(silent, { resume: other });
    expect(sent(silent, robot, 'peerBack')).toEqual([{ type: 'peerBack', sessionId: id, received: 0 }]);
  });

  it('signals go both ways again, to the new connection, under the lease of before', async () => {
    const { world, sessionId, key } = await scene();
    await back(world, { resume: key });
    granted(await send(world, b, signalOf(sessionId)));
    granted(await send(world, robot, signalOf(sessionId)));
    expect(sent(world, robot, 'signal')).toMatchObject([{ sessionId, from: 'client', leaseEpoch: 1 }]);
    expect(sent(world, b, 'signal')).toMatchObject([{ sessionId, from: 'robot', leaseEpoch: 1 }]);
    expect(sent(world, a, 'signal')).toEqual([]);
  });

  it('the old connection is told and closed where it is there; late, it changes nothing and may do nothing', async () => {
    const { world, sessionId, key } = await scene();
    // It cannot be closed, and stays open: only the rows keep it out.
    world.tap.fail('close A');
    await back(world, { resume: key });
    expect(sent(world, a, 'goAway')).toEqual(isAway ? [] : [replaced]);
    expect(world.tap.count('close A')).toBe(isAway ? 0 : 1);
    const late = isAway ? 'unauthenticated' : 'session_unknown';
    expect(codeOf(await send(world, a, signalOf(sessionId)))).toBe(late);
    expect(codeOf(await open(world, a))).toBe('unauthenticated');
    const rows = structuredClone({ ...world.state, connections: undefined });
    const posted = world.gateway.posted.length;
    await disconnect(world.deps, a);
    expect({ ...world.state, connections: undefined }).toEqual(rows);
    expect(world.gateway.posted).toHaveLength(posted);
    expect(world.connection(a)).toBeUndefined();
  });

  it('the sessions do not end when the window of before would have been over', async () => {
    const { world, sessionId, key } = await scene();
    await back(world, { resume: key });
    await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
    expect(world.session(sessionId)).toBeDefined();
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
  });

  it('may open further sessions, which are lost and found with the others', async () => {
    const { world, key } = await scene();
    await back(world, { resume: key });
    await opened(world, b, { mode: 'view' });
    await lose(world, b);
    expect(world.sessions().filter(({ socket }) => socket !== undefined)).toEqual([]);
    await back(world, { name: 'C', resume: keyOf(world, b) });
    expect(sent(world, c, 'welcome')[0]?.sessions).toHaveLength(3);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });
});

describe('two tabs of one person', () => {
  it('never touch each other’s sessions: neither by their loss nor by their return', async () => {
    const { world, sessionId, key } = await pair();
    const other = await welcomed(world, operator1, { name: 'other' });
    const theirs = await opened(world, other, { mode: 'view' });
    const before = world.session(theirs.sessionId);
    await lose(world, a);
    expect(world.session(theirs.sessionId)).toEqual(before);
    await back(world, { resume: key });
    expect(world.session(theirs.sessionId)).toEqual(before);
    expect(sent(world, other, 'goAway')).toEqual([]);
    const mine = world.session(sessionId);
    await lose(world, other);
    await back(world, { name: 'C', resume: keyOf(world, other) });
    expect(world.session(sessionId)).toEqual(mine);
    expect(sent(world, c, 'welcome')).toMatchObject([{ sessions: [{ sessionId: theirs.sessionId }] }]);
    expect(world.gateway.closed).toEqual([]);
    expect(codeOf(await send(world, c, signalOf(sessionId)))).toBe('session_unknown');
  });

  it('are two clients where the second brings no key', async () => {
    const { world, sessionId } = await pair();
    await back(world);
    expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: false, clientId: 'client-2', sessions: [] }]);
    expect(world.session(sessionId)).toMatchObject({ socket: a });
    expect(world.gateway.closed).toEqual([]);
  });
});

describe('a client that does not come back', () => {
  it('I7: loses its sessions with resume_ended and its control when the window is over; nothing stays', async () => {
    const { world, sessionId } = await pair();
    const viewer = await welcomed(world, operator2, { name: 'viewer' });
    const kept = await opened(world, viewer, { mode: 'view' });
    await lose(world, a);
    const endsAt = world.clock.at + world.policy.resumeWindowMs;
    await cleanUpUntil(world, endsAt - 1);
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
    await cleanUpUntil(world, endsAt);
    expect(world.sessions().map((row) => row.sessionId)).toEqual([kept.sessionId]);
    expect([...world.state.clients.keys()]).toEqual(['client-2']);
    expect(sent(world, robot, 'sessionClosed')).toEqual([
      { type: 'sessionClosed', sessionId, reason: 'resume_ended' },
    ]);
    const freed = { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 };
    expect(sent(world, robot, 'controlChanged')).toEqual([freed]);
    expect(sent(world, viewer, 'controlChanged')).toEqual([freed]);
    expect(world.noted('session_closed')).toMatchObject([{ sessionId, reason: 'resume_ended' }]);
  });

  it.each([-1, 0])('its key works until the window is over, and %i ms later not', async (lateMs) => {
    const { world, key } = await pair();
    await lose(world, a);
    world.pass(world.policy.resumeWindowMs + lateMs);
    await back(world, { resume: key });
    expect(sent(world, b, 'welcome')).toMatchObject([
      lateMs < 0 ? { resumed: true, clientId: 'client-1' } : { resumed: false, sessions: [] },
    ]);
  });

  it('whose last session the robot ends meanwhile has nothing to come back to, and is a new one', async () => {
    const { world, sessionId, key } = await pair();
    await lose(world, a);
    granted(await closeSession(world.deps, { caller: robot, robotId: roverId, sessionId, reason: 'closed' }));
    await back(world, { resume: key });
    expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: false, sessions: [] }]);
  });
});

describe('a client whose permissions have changed while it was away', () => {
  const lost = [
    { what: 'left the fleet', groups: ['operators', 'fleet:other'], modes: ['control', 'view'] },
    { what: 'has become a viewer', groups: ['viewers', 'fleet:demo'], modes: ['control'] },
  ] as const;

  it.each(lost)(
    'and $what: what it may not have ends with forbidden, told to both; the rest stays',
    async (of) => {
      const { world, sessionId, key } = await pair();
      const view = await opened(world, a, { mode: 'view' });
      await lose(world, a);
      await back(world, { resume: key, as: { ...operator1, groups: of.groups } });
      const ended = of.modes.length === 2 ? [sessionId, view.sessionId] : [sessionId];
      const closed = ended.map((id) => ({ type: 'sessionClosed', sessionId: id, reason: 'forbidden' }));
      expect(sent(world, b, 'sessionClosed')).toEqual(closed);
      // They end at once, in whatever order.
      const told = sent(world, robot, 'sessionClosed');
      expect(told).toHaveLength(closed.length);
      expect(told).toEqual(expect.arrayContaining(closed));
      expect(world.sessions().map((row) => row.sessionId)).toEqual(
        [sessionId, view.sessionId].filter((id) => !ended.includes(id)),
      );
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expect([...disorder(world), ...misinformed(world)]).toEqual([]);
    },
  );

  it('and has more of them: keeps everything', async () => {
    const { world, key } = await pair();
    await lose(world, a);
    await back(world, { resume: key, as: { ...operator1, groups: ['admins'] } });
    expect(sent(world, b, 'sessionClosed')).toEqual([]);
    expect(world.sessions()).toHaveLength(1);
  });
});

it('F5: costs in proportion to its own sessions', async () => {
  const { world, key } = await pair();
  const other = await welcomed(world, operator2, { name: 'other' });
  for (let i = 0; i < 6; i++) await opened(world, other, { mode: 'view' });
  await lose(world, a);
  const socket = await connected(world, operator1, { name: 'B' });
  world.tap.forget();
  await hello(world, socket, { resume: key });
  expect(world.tap.count('sessions.listByRobot')).toBe(0);
  expect(world.tap.count('sessions.moveTo')).toBe(1);
  expect(world.tap.calls.length).toBeLessThanOrEqual(15);
  world.tap.forget();
  await lose(world, socket);
  expect(world.tap.count('sessions.suspend')).toBe(1);
  // One of them asks whether it is a robot that is elsewhere, of which there is less to end.
  expect(world.tap.calls.length).toBeLessThanOrEqual(9);
});

it('with sessions to more than a hundred robots, too, comes back to all of them', async () => {
  const { world, key } = await pair();
  for (let i = 0; i < 100; i++) {
    const id = `many-${i}`;
    await welcomed(world, user(id, 'robots', 'fleet:demo'));
    await opened(world, a, { robotId: robotId.parse(id), mode: 'view' });
  }
  const socket = await connected(world, operator1, { name: 'B' });
  granted(await hello(world, socket, { resume: key }));
  expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: true, clientId: 'client-1' }]);
  expect([...disorder(world), ...misinformed(world)]).toEqual([]);
});

describe.each(['post peerBack to robot', 'sessions.noteReceived', 'robots.get', 'clients.settle'])(
  'I8: a robot that cannot be told of its client because of %s',
  (call) => {
    it('does not undo the return, and is told when hello is said again on the connection', async () => {
      const { world, sessionId, key } = await pair();
      await lose(world, a);
      const socket = await connected(world, operator1, { name: 'B' });
      const again = () => hello(world, socket, { resume: key, received: { [sessionId]: 7 } });
      for (let times = 0; times < 3; times += 1) {
        world.tap.fail(call);
        expect(await again()).toMatchObject({ refusal: { code: 'unavailable', retryAfterMs: 10_000 } });
        expect(world.session(sessionId)?.socket).toMatchObject(b);
        expect(sent(world, b, 'welcome')).toHaveLength(times + 1);
      }
      granted(await again());
      expect(sent(world, robot, 'peerBack').at(-1)).toEqual({ type: 'peerBack', sessionId, received: 7 });
      expect([...disorder(world), ...misinformed(world)]).toEqual([]);
    });
  },
);
