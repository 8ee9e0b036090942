import { describe, expect, it } from 'vitest';
import {
  cleanUp,
  cleanUpUntil,
  codeOf,
  granted,
  nothingDone,
  opened,
  refresh,
  send,
  sent,
  signalOf,
  welcomed,
} from './support/cast.ts';
import { operator1, rover1, viewer1 } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const lifeMs = 1_800_000;
const tokenExpiresAt = t0 + lifeMs;

const sides = [
  { who: rover1, isRobot: true },
  { who: operator1, isRobot: false },
];

describe.each(sides)('the token of $who.userName runs out in the middle of a session', ({ who, isRobot }) => {
  async function scene() {
    const world = newWorld();
    const robot = await welcomed(world, rover1, isRobot ? { lifeMs } : {});
    const client = await welcomed(world, operator1, isRobot ? {} : { lifeMs });
    const { sessionId } = await opened(world, client);
    const [own, other] = isRobot ? [robot, client] : [client, robot];
    await cleanUpUntil(world, tokenExpiresAt);
    expect(sent(world, own, 'tokenExpired')).toEqual([
      { type: 'tokenExpired', graceEndsAt: tokenExpiresAt + world.policy.graceMs },
    ]);
    return { world, own, other, sessionId };
  }

  it('I1: nothing is passed on to it or for it, and neither side is closed', async () => {
    const { world, own, other, sessionId } = await scene();
    const posted = world.gateway.posted.length;
    expect(codeOf(await send(world, own, signalOf(sessionId)))).toBe('token_expired');
    expect(codeOf(await send(world, other, signalOf(sessionId)))).toBe('peer_away');
    expect(world.gateway.posted).toHaveLength(posted);
    expect(world.gateway.closed).toEqual([]);
  });

  it('I2: a refresh within the grace brings everything back as it was', async () => {
    const { world, own, other, sessionId } = await scene();
    const [robotBefore, sessionBefore, rowBefore] = [
      world.robot(),
      world.session(sessionId),
      world.connection(own),
    ];
    world.pass(world.policy.graceMs - 1);
    granted(await refresh(world, own, world.tokens.issue(who)));
    const expiresAt = world.clock.at + world.policy.tokenMs;
    expect(world.connection(own)).toEqual({
      ...rowBefore,
      token: expect.objectContaining({ expiresAt }),
      refreshes: 1,
      nextDeadlineAt: expect.any(Number),
    });
    const socket = { ...(isRobot ? robotBefore?.socket : sessionBefore?.socket), tokenExpiresAt: expiresAt };
    expect(world.robot()).toEqual(isRobot ? { ...robotBefore, socket } : robotBefore);
    expect(world.session(sessionId)).toEqual(
      isRobot ? sessionBefore : { ...sessionBefore, socket, nextDeadlineAt: expect.any(Number) },
    );
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, epoch: 1, leaseEpoch: 1 });
    for (const [from, to] of [
      [own, other],
      [other, own],
    ] as const) {
      granted(await send(world, from, signalOf(sessionId)));
      expect(world.gateway.to(to).at(-1)).toMatchObject({ type: 'signal', sessionId });
    }
    world.pass(1);
    expect(await cleanUp(world)).toMatchObject({ ...nothingDone, lagMs: expect.any(Number) });
    expect(world.gateway.closed).toEqual([]);
    expect(world.noted('session_closed')).toEqual([]);
  });

  it('I1: a refresh after the grace is refused, and what is left is closed', async () => {
    const { world, own, sessionId } = await scene();
    world.pass(world.policy.graceMs);
    const before = structuredClone(world.state);
    expect(codeOf(await refresh(world, own, world.tokens.issue(who)))).toBe('token_expired');
    expect(world.state).toEqual(before);
    expect(codeOf(await send(world, own, signalOf(sessionId)))).toBe('token_expired');
    expect(await cleanUp(world)).toMatchObject({ closed: 1 });
    expect(codeOf(await refresh(world, own, world.tokens.issue(who)))).toBe('unauthenticated');
    expect(sent(world, own, 'goAway').map(({ code }) => code)).toEqual(['token_expired']);
  });
});

it('I2: refreshed life after life, a connection keeps its id, session and control', async () => {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { lifeMs });
  const client = await welcomed(world, operator1, { lifeMs });
  const { sessionId } = await opened(world, client);
  const viewer = await welcomed(world, viewer1);
  await opened(world, viewer, { mode: 'view' });
  for (let life = 1; life <= 10; life++) {
    // Now before the end, now in the grace after it.
    const late = life % 2 === 0 ? world.policy.graceMs - 1 : -1;
    await cleanUpUntil(world, (world.connection(client)?.token.expiresAt ?? 0) + late);
    granted(await refresh(world, robot, world.tokens.issue(rover1, { lifeMs })));
    granted(await refresh(world, client, world.tokens.issue(operator1, { lifeMs })));
    granted(await refresh(world, viewer, world.tokens.issue(viewer1)));
    for (const from of [robot, client]) granted(await send(world, from, signalOf(sessionId)));
  }
  expect(world.connection(robot)).toMatchObject({ state: 'ready', refreshes: 10 });
  expect(world.connection(client)).toMatchObject({ state: 'ready', refreshes: 10 });
  expect(world.robot()).toMatchObject({ epoch: 1, leaseEpoch: 1, controllerSessionId: sessionId });
  expect(world.noted('session_closed')).toEqual([]);
  expect(world.gateway.closed).toEqual([]);
});
