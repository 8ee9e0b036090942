import { describe, expect, it } from 'vitest';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import { cleanUpUntil, connected, hello, opened, sent, welcomed } from './support/cast.ts';
import {
  failedAtEachStep,
  killedAtEachStep,
  meanwhile,
  overtakenAtEachStep,
} from './support/interruption.ts';
import { operator1, rover1, roverId, viewer1 } from './support/people.ts';
import { a, b, back, c, lose, pair, replaced, robot, robot2, robotBack } from './support/returning.ts';
import type { World } from './support/world.ts';

/** Who comes back, and whether its old connection is still there. */
const returns = [
  { what: 'a client that was away', isAway: true, isRobot: false },
  { what: 'a client that was still there', isAway: false, isRobot: false },
  { what: 'a robot that was away', isAway: true, isRobot: true },
  { what: 'a robot that was still there', isAway: false, isRobot: true },
];

describe.each(returns)('$what', ({ isAway, isRobot }) => {
  const old = isRobot ? robot : a;
  const next = isRobot ? robot2 : b;
  const other = isRobot ? a : robot;

  async function scene() {
    const { world, sessionId, key } = await pair();
    if (isAway) await lose(world, old);
    await connected(world, isRobot ? rover1 : operator1, { name: next.connectionId });
    return { world, sessionId, key };
  }
  type Scene = Awaited<ReturnType<typeof scene>>;
  const say = ({ world, sessionId, key }: Scene, requestId = 'request-1') =>
    hello(world, next, { resume: isRobot ? true : key, received: { [sessionId]: 4 }, requestId });

  /** It has its session and control, each side is welcomed and told, and nobody else is there any more. */
  function expectBack({ world, sessionId }: Scene) {
    expect(world.gateway.closed).not.toContain(next.connectionId);
    expect(world.robot()).toMatchObject({ state: 'online', controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(world.session(sessionId)).toMatchObject({ mode: 'control', socket: isRobot ? a : b });
    expect(sent(world, next, 'welcome').at(-1)?.sessions).toMatchObject([
      { sessionId, mode: 'control', state: 'open' },
    ]);
    expect(disorder(world)).toEqual([]);
  }

  function expectToldAndReplaced({ world, sessionId }: Scene) {
    expect(sent(world, other, 'peerBack')).toContainEqual({ type: 'peerBack', sessionId, received: 4 });
    expect(misinformed(world)).toEqual([]);
    if (isAway) return;
    expect(sent(world, old, 'goAway')).toContainEqual(replaced);
    expect(world.gateway.closed).toEqual([old.connectionId]);
  }

  it('says hello a second time: everything is as after the first, nobody is told again', async () => {
    const made = await scene();
    await say(made);
    const before = structuredClone({ robot: made.world.robot(), sessions: made.world.sessions() });
    const posted = made.world.gateway.posted.length;
    await say(made, 'request-2');
    expect({ robot: made.world.robot(), sessions: made.world.sessions() }).toEqual(before);
    expect(made.world.gateway.posted).toHaveLength(posted + 1);
    expectBack(made);
    expectToldAndReplaced(made);
  });

  it('is told the second time, too, whether it has its sessions of before', async () => {
    const made = await scene();
    await say(made);
    await say(made);
    const [first, second] = sent(made.world, next, 'welcome');
    expect(first?.resumed).toBe(true);
    expect(second?.resumed).toBe(true);
  });

  it('says hello again anywhere within the first, as one does whose answer is late', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: say,
      by: (made) => say(made, 'request-2'),
      judge: (made, { outcome }) => {
        expect(outcome).toMatchObject({ status: 'fulfilled', value: { ok: true } });
        expectBack(made);
        expectToldAndReplaced(made);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('that was killed at any step of its hello has its session and its control when it repeats it', async () => {
    const wrong = await killedAtEachStep({
      scene,
      action: say,
      judge: async (made) => {
        await say(made, 'request-2');
        expectBack(made);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('that was killed at any step of its hello: the others know when it has repeated it', async () => {
    const wrong = await killedAtEachStep({
      scene,
      action: say,
      judge: async (made) => {
        await say(made, 'request-2');
        expectToldAndReplaced(made);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('of whose hello any one call fails has everything, at once or when it repeats what was refused', async () => {
    const wrong = await failedAtEachStep({ scene, action: say, judge: afterAnOutage });
    expect(wrong).toEqual([]);
  });

  it('of whose hello any one answer is lost, too', async () => {
    const wrong = await failedAtEachStep({ scene, action: say, judge: afterAnOutage }, 'after');
    expect(wrong).toEqual([]);
  });

  /** What was answered stands, though a word to others may be missing; what was refused is repeated. */
  async function afterAnOutage(made: Scene, how: { step: string; outcome: PromiseSettledResult<unknown> }) {
    if (how.outcome.status === 'rejected') {
      await say(made, 'request-2');
      // Whose claim was made, and its answer lost, does not know whom it has replaced: that one is a stranger now.
      if (how.step !== 'robots.claim') expectToldAndReplaced(made);
    }
    expectBack(made);
  }

  it('that was killed at any step of its hello and is lost: what it had ends with its window', async () => {
    const wrong = await killedAtEachStep({
      scene,
      action: say,
      judge: async ({ world, sessionId }) => {
        for (const socket of [old, next]) await lose(world, socket);
        await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
        expect(world.sessions()).toEqual([]);
        expect(world.robot()).not.toHaveProperty('controllerSessionId');
        const reason = isRobot ? 'robot_offline' : 'resume_ended';
        expect(sent(world, other, 'sessionClosed')).toEqual([{ type: 'sessionClosed', sessionId, reason }]);
        if (isRobot) expect(world.robot()).toMatchObject({ state: 'offline' });
        else expect([...world.state.clients.keys()]).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe('a client that comes back by its key, and is not told the end of it', () => {
  it.each([
    { what: 'is closed for want of hello', lifeMs: 3_600_000, how: 'no_hello' },
    { what: 'is closed when its token has run out', lifeMs: 10_000, how: 'expired' },
  ])('keeps its sessions for a window, when the connection that took it $what', async ({ lifeMs, how }) => {
    const { world, sessionId, key } = await pair();
    await connected(world, operator1, { name: 'B', lifeMs });
    const marking = world.tap.hold('connections.markReady');
    // It is never heard of again.
    await marking.reachedBy(hello(world, b, { resume: key }));
    await lose(world, a);
    await cleanUpUntil(world, world.clock.at + 2 * world.policy.helloWithinMs);
    expect(world.noted('disconnected').at(-1)).toMatchObject({ connectionId: 'B', how });
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt: expect.any(Number) });
    await back(world, { name: 'C', resume: key });
    expect(sent(world, c, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('has what it took when it says hello again on the connection, also where it does not name the key', async () => {
    const { world, sessionId, key } = await pair();
    await connected(world, operator1, { name: 'B' });
    // It has taken the client, and died before the row of its connection said so.
    const marking = world.tap.hold('connections.markReady');
    const saying = hello(world, b, { resume: key }).catch(() => {});
    await marking.reachedBy(saying);
    expect(world.connection(b)).not.toHaveProperty('client');
    expect(await hello(world, b)).toMatchObject({ ok: true });
    expect(sent(world, b, 'welcome')).toMatchObject([{ clientId: 'client-1', sessions: [{ sessionId }] }]);
    marking.release();
    await saying;
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });
});

describe('a robot that says hello again when everybody has been told of the first', () => {
  async function again(act: (made: Awaited<ReturnType<typeof pair>>) => Promise<unknown>, hasViewer = false) {
    const made = await pair();
    if (hasViewer) {
      const viewer = await welcomed(made.world, viewer1, { name: 'viewer' });
      await opened(made.world, viewer, { mode: 'view' });
    }
    const outcome = await meanwhile(made.world, {
      at: 'post welcome to robot',
      action: () => hello(made.world, robot, { resume: true }),
      act: () => act(made),
    });
    expect(outcome).toEqual({ ok: true, value: undefined });
    const heard = made.world.gateway.to(robot);
    return { ...made, afterWelcome: heard.slice(heard.findLastIndex(({ type }) => type === 'welcome') + 1) };
  }

  it('and a client ends its session while welcome is under way: hears of that after it, too', async () => {
    const { sessionId, afterWelcome } = await again(({ world, sessionId }) =>
      closeSession(world.deps, { caller: a, robotId: roverId, sessionId, reason: 'closed' }),
    );
    expect(afterWelcome).toEqual([{ type: 'sessionClosed', sessionId, reason: 'closed' }]);
  });

  it('and a client goes while welcome is under way: hears of that after it, too', async () => {
    const { sessionId, afterWelcome } = await again(({ world }) => lose(world, a));
    expect(afterWelcome).toMatchObject([{ type: 'peerAway', sessionId }]);
  });

  it('and one client of two goes: hears of that one alone', async () => {
    const { sessionId, afterWelcome } = await again(async ({ world, sessionId }) => {
      expect(world.sessions().map((session) => session.sessionId)).toContain(sessionId);
      await lose(world, a);
    }, true);
    expect(afterWelcome).toMatchObject([{ type: 'peerAway', sessionId }]);
  });

  it('and it cannot be looked at what has changed meanwhile: is welcomed, and it is noted', async () => {
    const { world } = await again(async ({ world }) => world.tap.fail('sessions.listByRobot'));
    expect(world.noted('dependency_unavailable')).toMatchObject([{ where: 'hello.tell-changed' }]);
  });

  it('and whose socket is gone by then is refused nothing: there is nobody to hear it', async () => {
    const { world, sessionId } = await pair();
    const before = structuredClone(world.robot());
    world.gateway.goneOnce(robot);
    expect(await hello(world, robot, { resume: true })).toEqual({ ok: true, value: undefined });
    expect(world.robot()).toEqual(before);
    expect(world.session(sessionId)).toBeDefined();
    expect(world.noted('claim_given_back')).toEqual([]);
  });
});

describe('a robot that is welcomed', () => {
  const resumes = (world: World) =>
    world
      .noted('welcomed')
      .filter(({ kind }) => kind === 'robot')
      .map(({ resume }) => resume);

  it('is counted as one whose sessions were kept where it was there, or away; and not where it begins', async () => {
    const { world } = await pair();
    await robotBack(world);
    await lose(world, robot2);
    await robotBack(world, { name: 'robot-3' });
    expect(resumes(world)).toEqual([undefined, 'kept', 'kept']);
  });

  it('is not, where it was offline, or does not ask for them', async () => {
    const { world } = await pair();
    await robotBack(world, { resume: undefined });
    await lose(world, robot2);
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    await robotBack(world, { name: 'robot-3' });
    expect(resumes(world)).toEqual([undefined, undefined, undefined]);
  });
});

describe('a robot that begins anew', () => {
  it('keeps what was opened after it had begun, though it was not welcomed yet', async () => {
    const { world, sessionId } = await pair();
    await connected(world, rover1, { name: 'robot-2' });
    const opening = await meanwhile(world, {
      at: 'sessions.listByRobot',
      action: () => hello(world, robot2),
      act: async () => {
        world.pass(1);
        await opened(world, a, { mode: 'view' });
      },
    });
    expect(opening).toMatchObject({ ok: true });
    const left = world.sessions().map((session) => session.sessionId);
    expect(left).toHaveLength(1);
    expect(left).not.toContain(sessionId);
    expect(sent(world, robot2, 'welcome')).toMatchObject([
      { resumed: false, sessions: [{ sessionId: left[0] }] },
    ]);
  });
});

describe('a robot that begins anew, and says so twice', () => {
  it('is not said to have gone on with anything', async () => {
    const { world } = await pair();
    await lose(world, robot);
    await connected(world, rover1, { name: 'robot-2' });
    await hello(world, robot2);
    await hello(world, robot2);
    expect(sent(world, robot2, 'welcome').map(({ resumed }) => resumed)).toEqual([false, false]);
  });

  it('and was killed at any step of its hello: has no session of before when it repeats it', async () => {
    const wrong = await killedAtEachStep({
      scene: async () => {
        const { world, sessionId } = await pair();
        const viewer = await welcomed(world, viewer1, { name: 'viewer' });
        await opened(world, viewer, { mode: 'view' });
        await lose(world, robot);
        await connected(world, rover1, { name: 'robot-2' });
        return { world, sessionId };
      },
      action: ({ world }) => hello(world, robot2),
      judge: async ({ world }) => {
        await hello(world, robot2);
        expect(world.sessions()).toEqual([]);
        expect(sent(world, robot2, 'welcome').at(-1)?.sessions).toEqual([]);
        expect(world.robot()).not.toHaveProperty('controllerSessionId');
      },
    });
    expect(wrong).toEqual([]);
  });
});
