import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import {
  cleanUpUntil,
  codeOf,
  connected,
  hello,
  keyOf,
  open,
  opened,
  sent,
  welcomed,
} from './support/cast.ts';
import { failedAtEachStep, overtakenAtEachStep } from './support/interruption.ts';
import { operator1, operator2, rover1, roverId } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

/** Opens a session, and does something else when the opening has come to a step. */
async function openMeanwhile(
  step: string,
  act: (of: { world: World; robot: SocketAddress; client: SocketAddress }) => Promise<unknown>,
) {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { name: 'A' });
  const client = await welcomed(world, operator1, { name: 'client' });
  const held = world.tap.hold(step);
  const opening = open(world, client);
  await held.reachedBy(opening);
  await act({ world, robot, client });
  held.release();
  return { world, robot, client, answer: await opening };
}

const steps = [
  'clients.addSession',
  'sessions.create',
  'clients.addSession again',
  'robots.takeControl',
  'post sessionRequested to A',
];
const beforeItIsListed = ['sessions.create', 'clients.addSession again'];

/**
 * Of the opening that is taken back the robot hears at most that it is over, and that control is free: a `welcome` may
 * have said otherwise.
 */
function expectNoWordOfIt(world: World, robot: SocketAddress) {
  const [welcome, ...rest] = world.gateway.to(robot);
  expect(welcome?.type).toBe('welcome');
  const isOver = new Set<string>(['peerAway', 'sessionClosed']);
  expect(rest.filter(({ type }) => !isOver.has(type))).toEqual([
    expect.objectContaining({ type: 'controlChanged', sessionId: null }),
  ]);
}

describe('a client that goes by bye in the middle', () => {
  const goes = ({ world, client }: { world: World; client: SocketAddress }) =>
    bye(world.deps, { caller: client, signOut: false });

  it.each(steps)('leaves no row, and control free: held at %s', async (step) => {
    const { world } = await openMeanwhile(step, goes);
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(await opened(world, await welcomed(world, operator2))).toMatchObject({ mode: 'control' });
  });

  it.each(beforeItIsListed)('is unauthenticated: held at %s', async (step) => {
    const { answer, robot, world } = await openMeanwhile(step, goes);
    expect(codeOf(answer)).toBe('unauthenticated');
    expectNoWordOfIt(world, robot);
  });
});

describe('a client that goes by $disconnect in the middle', () => {
  const goes = ({ world, client }: { world: World; client: SocketAddress }) => disconnect(world.deps, client);

  it.each(['robots.takeControl', ...beforeItIsListed])(
    'I7: leaves no row, and control free: held at %s',
    async (step) => {
      const { world, answer, robot } = await openMeanwhile(step, goes);
      expect(codeOf(answer)).toBe('unauthenticated');
      expect(world.sessions()).toEqual([]);
      expect(world.state.clients.size).toBe(0);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expectNoWordOfIt(world, robot);
      expect(await opened(world, await welcomed(world, operator2))).toMatchObject({ mode: 'control' });
    },
  );

  it('I7: leaves a session that waits for it, in control, once it is listed; and nothing after the window', async () => {
    const { world, robot } = await openMeanwhile('post sessionRequested to A', goes);
    const [session] = world.sessions();
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    expect(world.sessions()).toMatchObject([{ mode: 'control', resumeEndsAt }]);
    expect(session).not.toHaveProperty('socket');
    expect(world.robot()).toMatchObject({ controllerSessionId: session?.sessionId });
    await cleanUpUntil(world, resumeEndsAt);
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(sent(world, robot, 'sessionClosed')).toMatchObject([{ reason: 'resume_ended' }]);
  });
});

it('I7: an opening whose control goes to another before it stands is not granted, and leaves nothing', async () => {
  const { world, robot, answer } = await openMeanwhile('robots.confirmControl', async ({ world }) => {
    const opening = world.robot()?.controllerSessionId;
    if (opening === undefined) throw new Error('no control');
    await world.deps.robots.dropControl(roverId, opening);
  });
  expect(codeOf(answer)).toBe('unavailable');
  expect(world.sessions()).toEqual([]);
  expect(disorder(world)).toEqual([]);
  // The robot was never asked, and has nothing to be told.
  expect(world.gateway.to(robot).map(({ type }) => type)).toEqual(['welcome']);
  expect(world.noted('session_opened')).toEqual([]);
});

it('an opening of which the robot was told, and only the answer lost, is taken back there too', async () => {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { name: 'A' });
  const client = await welcomed(world, operator1, { name: 'client' });
  world.tap.fail('post sessionRequested to A', { when: 'after' });
  await expect(open(world, client, { mode: 'view' })).rejects.toThrow('unavailable');
  const sessionId = sent(world, robot, 'sessionRequested')[0]?.sessionId;
  expect(sent(world, robot, 'sessionClosed')).toEqual([
    { type: 'sessionClosed', sessionId, reason: 'closed' },
  ]);
  expect(world.sessions()).toEqual([]);
  expect(disorder(world)).toEqual([]);
});

it('a session that is opened to view asks nothing of control', async () => {
  const world = newWorld();
  await welcomed(world, rover1);
  const client = await welcomed(world, operator1);
  world.tap.forget();
  await opened(world, client, { mode: 'view' });
  expect(world.tap.calls).not.toContain('robots.confirmControl');
});

describe('a robot that is asked for a session just when its client', () => {
  const at = 'post sessionRequested to A';
  /** What the robot hears after it was asked. */
  const heardAfter = (world: World, robot: SocketAddress) => {
    const heard = world.gateway.to(robot);
    return heard.slice(heard.findIndex(({ type }) => type === 'sessionRequested') + 1);
  };

  it('goes, hears that after it was asked, too', async () => {
    const { world, robot } = await openMeanwhile(at, ({ world, client }) => disconnect(world.deps, client));
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    const sessionId = world.sessions()[0]?.sessionId;
    expect(heardAfter(world, robot)).toEqual([{ type: 'peerAway', sessionId, resumeEndsAt }]);
  });

  it('goes for good, hears that it is over, and the opening is not granted', async () => {
    const { world, robot, answer } = await openMeanwhile(at, ({ world, client }) =>
      bye(world.deps, { caller: client, signOut: false }),
    );
    expect(codeOf(answer)).toBe('unavailable');
    expect(heardAfter(world, robot)).toMatchObject([{ type: 'sessionClosed' }]);
  });

  it('stays, hears nothing, and that costs one look', async () => {
    const { world, robot, answer } = await openMeanwhile(at, async ({ world }) => world.tap.forget());
    expect(answer.ok).toBe(true);
    expect(heardAfter(world, robot)).toEqual([]);
    expect(world.tap.count('sessions.get')).toBe(1);
  });

  it('goes and is back at once, hears of it once', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { name: 'A' });
    const client = await welcomed(world, operator1, { name: 'client' });
    const asking = world.tap.hold(at);
    const opening = open(world, client);
    await asking.reachedBy(opening);
    await disconnect(world.deps, client);
    const looking = world.tap.hold('sessions.get again');
    asking.release();
    await looking.reachedBy(opening);
    const next = await connected(world, operator1, { name: 'next' });
    await hello(world, next, { resume: keyOf(world, client) });
    looking.release();
    expect((await opening).ok).toBe(true);
    expect(heardAfter(world, robot)).toMatchObject([{ type: 'peerBack' }]);
  });
});

it('a request that is repeated, and of which a call fails, leaves the session that is open in its list', async () => {
  const wrong = await failedAtEachStep({
    scene: async () => {
      const world = newWorld();
      await welcomed(world, rover1);
      const client = await welcomed(world, operator1);
      const { sessionId } = await opened(world, client, { requestId: 'request-1' });
      return { world, client, sessionId };
    },
    action: ({ world, client }) => open(world, client, { requestId: 'request-1' }),
    judge: ({ world, sessionId }) => {
      expect(world.sessions().map((session) => session.sessionId)).toEqual([sessionId]);
      expect(disorder(world)).toEqual([]);
    },
  });
  expect(wrong).toEqual([]);
});

it('I7: a robot that is welcomed while an opening has control, and is then undone, knows that it is free', async () => {
  const { world, robot } = await openMeanwhile(
    'clients.addSession again',
    async ({ world, robot, client }) => {
      await hello(world, robot, { resume: true });
      await bye(world.deps, { caller: client, signOut: false });
    },
  );
  expect(sent(world, robot, 'welcome').at(-1)?.sessions).toMatchObject([{ mode: 'control', leaseEpoch: 1 }]);
  expect(sent(world, robot, 'controlChanged')).toMatchObject([{ sessionId: null, leaseEpoch: 2 }]);
});

it('I7: a robot that is welcomed before a session in control is written is told of both together', async () => {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { name: 'A' });
  const client = await welcomed(world, operator1, { name: 'client' });
  await opened(world, client, { mode: 'view' });
  const held = world.tap.hold('sessions.create');
  const opening = open(world, client);
  await held.reachedBy(opening);
  await hello(world, robot, { resume: true });
  held.release();
  expect(await opening).toMatchObject({ ok: true, value: { mode: 'control', leaseEpoch: 1 } });
  expect(sent(world, robot, 'welcome').at(-1)?.sessions).toMatchObject([{ mode: 'view', leaseEpoch: 0 }]);
  expect(sent(world, robot, 'sessionRequested').at(-1)).toMatchObject({ mode: 'control', leaseEpoch: 1 });
});

it('I7: a second session that is opened while the first is about to have control does not say that it has', async () => {
  const { world, robot } = await openMeanwhile('clients.addSession again', ({ world, client }) =>
    open(world, client, { mode: 'view' }),
  );
  expect(sent(world, robot, 'sessionRequested')).toMatchObject([
    { sessionId: 'session-2', controller: null, leaseEpoch: 0 },
    { sessionId: 'session-1', controller: 'session-1', leaseEpoch: 1 },
  ]);
});

describe('a robot that is taken over in the middle', () => {
  const takeOver = async ({ world }: { world: World }) => {
    world.pass(1);
    await hello(world, await connected(world, rover1, { name: 'B' }));
  };

  it('is told at its new connection where the session came after it', async () => {
    const { world, answer } = await openMeanwhile('sessions.create', takeOver);
    expect(answer).toMatchObject({ ok: true, value: { state: 'open', mode: 'control' } });
    expect(world.gateway.posted).toContainEqual({
      to: 'B',
      message: expect.objectContaining({ type: 'sessionRequested' }),
    });
    expect(world.sessions()).toHaveLength(1);
  });

  it.each(['clients.addSession again', 'robots.takeControl'])(
    'I7: leaves control free where the session came before it and was ended: held at %s',
    async (step) => {
      const { world } = await openMeanwhile(step, takeOver);
      const control = world.robot()?.controllerSessionId;
      const sessions = world.sessions().map(({ sessionId }) => sessionId);
      expect(control === undefined || sessions.includes(control)).toBe(true);
    },
  );
});

describe('a robot that leaves in the middle', () => {
  it.each(['sessions.create', 'clients.addSession again', 'robots.takeControl'])(
    'has no session waiting for it, nor one in control: held at %s',
    async (step) => {
      const { world, answer } = await openMeanwhile(step, ({ world, robot }) =>
        bye(world.deps, { caller: robot, signOut: false }),
      );
      expect(world.robot()).toMatchObject({ state: 'offline' });
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expect(world.sessions()).toEqual([]);
      expect(answer.ok).toBe(false);
    },
  );
});

describe('one request that is sent twice at once', () => {
  it('I7: while control becomes free, never leaves control with a session that only views', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const holder = await welcomed(world, operator2);
    await opened(world, holder);
    const client = await welcomed(world, operator1);
    const request = { mode: 'control', requestId: 'request-1' } as const;

    const firstRow = world.tap.hold('sessions.create');
    const first = open(world, client, request);
    await firstRow.reachedBy(first);
    await bye(world.deps, { caller: holder, signOut: false });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    const secondRow = world.tap.hold('sessions.create');
    const second = open(world, client, request);
    await secondRow.reachedBy(second);
    firstRow.release();
    await first;
    secondRow.release();
    await second;

    const control = world.robot()?.controllerSessionId;
    const holds = world.sessions().find(({ sessionId }) => sessionId === control);
    expect(control === undefined || holds?.mode === 'control').toBe(true);
  });
});

it('I1: a robot that was given back to an expired connection in the middle is not told there', async () => {
  const world = newWorld();
  const a = await welcomed(world, rover1, { name: 'A', lifeMs: 60_000 });
  const client = await welcomed(world, operator1, { name: 'client' });
  world.pass(60_000);
  const b = await connected(world, rover1, { name: 'B' });
  const welcome = world.tap.hold('post welcome to B');
  const saying = hello(world, b);
  await welcome.reachedBy(saying);
  const held = world.tap.hold('clients.addSession again');
  const opening = open(world, client);
  await held.reachedBy(opening);
  world.gateway.drop(b);
  welcome.release();
  await saying;
  expect(world.robot()).toMatchObject({ socket: a });
  held.release();
  await opening;
  expect(world.gateway.to(a).map(({ type }) => type)).toEqual(['welcome']);
});

it('of two that open the last session at once, in whatever order, no more than one gets it', async () => {
  const wrong = await overtakenAtEachStep({
    scene: async () => {
      const world = newWorld({ maxSessionsPerRobot: 1 });
      await welcomed(world, rover1);
      const first = await welcomed(world, operator1);
      const second = await welcomed(world, operator2);
      return { world, first, second };
    },
    action: ({ world, first }) => open(world, first),
    by: ({ world, second }) => open(world, second),
    judge: async ({ world, first }) => {
      expect(world.sessions().length).toBeLessThanOrEqual(1);
      const holder = world.robot()?.controllerSessionId;
      expect(holder === undefined || world.session(holder) !== undefined).toBe(true);
      // Nobody is locked out for good.
      if (world.sessions().length === 0) await opened(world, first);
    },
  });
  expect(wrong).toEqual([]);
});

describe('I2, I3: a request that is repeated while the session that it opened is closed', () => {
  const again = { mode: 'control', requestId: 'request-1' } as const;

  async function scene() {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { name: 'A' });
    const client = await welcomed(world, operator1, { name: 'client' });
    const { sessionId } = await opened(world, client, again);
    return { world, robot, client, sessionId };
  }
  type Scene = Awaited<ReturnType<typeof scene>>;
  const repeats = ({ world, client }: Scene) => open(world, client, again);
  const closes = ({ world, client, sessionId }: Scene) =>
    closeSession(world.deps, { caller: client, robotId: roverId, sessionId, reason: 'closed' });

  /** Whatever the repetition found: the rows fit, and a session that is there is in control. */
  async function fits({ world, client, sessionId }: Scene) {
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
    expect(world.session(sessionId)).toBeUndefined();
    const [next] = world.sessions();
    expect(world.robot()?.controllerSessionId).toBe(next?.sessionId);
    expect(await opened(world, client, again)).toMatchObject({ mode: 'control' });
  }

  it('is a session of its own, of which the end of the first takes nothing: at whatever step', async () => {
    expect(await overtakenAtEachStep({ scene, action: closes, by: repeats, judge: fits })).toEqual([]);
  });

  it('or is refused, and leaves nothing of the first: at whatever step', async () => {
    expect(await overtakenAtEachStep({ scene, action: repeats, by: closes, judge: fits })).toEqual([]);
  });
});
