import { describe, expect, it } from 'vitest';
import { disorder, misinformed } from './support/at-rest.ts';
import { cleanUpUntil, granted, send, sent, signalOf } from './support/cast.ts';
import { a, b, back, lose, pair, robot, robot2, robotBack } from './support/returning.ts';

const losses = [
  { lost: 'the robot, then the client', order: [robot, a] },
  { lost: 'the client, then the robot', order: [a, robot] },
];

describe.each(losses)('both sides are lost: $lost', ({ order }) => {
  async function scene() {
    const made = await pair();
    for (const socket of order) {
      await lose(made.world, socket);
      made.world.pass(1_000);
    }
    return { ...made, lostAt: made.world.clock.at - 2_000 };
  }

  it('the session waits, in control; who was there was told of the other, who was not is told nothing', async () => {
    const { world, sessionId } = await scene();
    const [first, second] = order;
    if (first === undefined || second === undefined) throw new Error('two are lost');
    expect(world.session(sessionId)).not.toHaveProperty('socket');
    expect(world.robot()).toMatchObject({ state: 'away', controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(sent(world, second, 'peerAway')).toMatchObject([{ sessionId }]);
    expect(sent(world, first, 'peerAway')).toEqual([]);
    expect(disorder(world)).toEqual([]);
  });

  it.each(['the robot first', 'the client first'])(
    'both come back, %s: each learns when the other is there, and from where to go on',
    async (who) => {
      const { world, sessionId, key } = await scene();
      const robotFirst = who === 'the robot first';
      const robotReturns = () => robotBack(world, { received: { [sessionId]: 3 } });
      const clientReturns = () => back(world, { resume: key, received: { [sessionId]: 8 } });
      const entry = (socket: typeof b) => sent(world, socket, 'welcome')[0]?.sessions[0];
      if (robotFirst) {
        await robotReturns();
        expect(entry(robot2)).toMatchObject({ mode: 'control', state: 'suspended', received: 0 });
        await clientReturns();
        expect(entry(b)).toMatchObject({ mode: 'control', state: 'open', received: 3 });
        expect(sent(world, robot2, 'peerBack')).toEqual([{ type: 'peerBack', sessionId, received: 8 }]);
        expect(sent(world, b, 'peerBack')).toEqual([]);
      } else {
        await clientReturns();
        expect(entry(b)).toMatchObject({ mode: 'control', state: 'suspended', received: 0 });
        await robotReturns();
        expect(entry(robot2)).toMatchObject({ mode: 'control', state: 'open', received: 8 });
        expect(sent(world, b, 'peerBack')).toEqual([{ type: 'peerBack', sessionId, received: 3 }]);
        expect(sent(world, robot2, 'peerBack')).toEqual([]);
      }
      expect([...disorder(world), ...misinformed(world)]).toEqual([]);
      granted(await send(world, b, signalOf(sessionId)));
      granted(await send(world, robot2, signalOf(sessionId)));
      expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
      await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
      expect(world.session(sessionId)).toMatchObject({ socket: b });
    },
  );

  it('only the robot comes back: the session ends with resume_ended, told to it, and control is free', async () => {
    const { world, sessionId } = await scene();
    await robotBack(world);
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(sent(world, robot2, 'sessionClosed')).toEqual([
      { type: 'sessionClosed', sessionId, reason: 'resume_ended' },
    ]);
    expect(sent(world, robot2, 'controlChanged')).toMatchObject([{ sessionId: null, leaseEpoch: 2 }]);
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
  });

  it('only the client comes back: the session ends with robot_offline, told to it', async () => {
    const { world, sessionId, key } = await scene();
    await back(world, { resume: key });
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(sent(world, b, 'sessionClosed')).toEqual([
      { type: 'sessionClosed', sessionId, reason: 'robot_offline' },
    ]);
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).toMatchObject({ state: 'offline' });
    expect(world.connection(b)).toMatchObject({ state: 'ready' });
  });

  it('nobody comes back: the robot is offline, and no session and no control stays', async () => {
    const { world } = await scene();
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).toMatchObject({ state: 'offline' });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(world.noted('session_closed')).toHaveLength(1);
  });

  it('nobody comes back: two windows later nothing stays of the client either', async () => {
    const { world } = await scene();
    await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
    expect([...world.state.clients.keys()]).toEqual([]);
  });

  it('the robot begins anew: the session ends, and the client that comes back has none', async () => {
    const { world, sessionId, key } = await scene();
    await robotBack(world, { resume: undefined });
    expect(world.session(sessionId)).toBeUndefined();
    await back(world, { resume: key });
    expect(sent(world, b, 'welcome')).toMatchObject([{ sessions: [] }]);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
  });

  it('the client begins anew: its old session waits for its window beside the new one', async () => {
    const { world, sessionId } = await scene();
    await robotBack(world);
    await back(world);
    expect(world.session(sessionId)).not.toHaveProperty('socket');
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(world.sessions()).toEqual([]);
    expect([...world.state.clients.keys()]).toEqual(['client-2']);
  });
});

describe('a client that is away, whose last session is ended by the robot', () => {
  it('leaves nothing when its window is over', async () => {
    const { world } = await pair();
    await lose(world, a);
    await robotBack(world, { resume: undefined });
    expect(world.sessions()).toEqual([]);
    await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
    expect([...world.state.clients.keys()]).toEqual([]);
  });
});
