import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import {
  cleanUp,
  cleanUpUntil,
  granted,
  inSession,
  nothingDone,
  refresh,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1 } from './support/people.ts';
import { newWorld, t0, type World } from './support/world.ts';

const minuteMs = 60_000;
const socket = socketNamed('A');
const kinds = [{ who: rover1 }, { who: operator1 }];
const surelyGoneMs = 130 * minuteMs;
/** Several times before a connection rolls over. */
const often = { policy: { checkEveryMs: 30 * minuteMs } };

/** The gateway cannot be asked nor told anything about the socket. */
function unreachable(world: World, name = 'A') {
  for (const call of ['find', 'post tokenExpiring to', 'post tokenExpired to', 'post goAway to', 'close']) {
    world.tap.fail(`${call} ${name}`, { times: 999 });
  }
}

describe('a socket that is gone and whose $disconnect never came', () => {
  it('rests for a minute when the run that finds it dies, and is ended by a later one', async () => {
    const world = newWorld();
    const { robotSocket } = await inSession(world, rover1, operator1);
    world.gateway.drop(robotSocket);
    world.pass(world.policy.checkEveryMs);
    world.tap.fail('robots.release');
    await cleanUp(world);
    const nextDeadlineAt = world.clock.at + retryMs;
    expect(world.connection(robotSocket)).toMatchObject({ state: 'closing', nextDeadlineAt });
    world.pass(retryMs);
    await cleanUp(world);
    expect(world.connection(robotSocket)).toBeUndefined();
  });

  it('is no fault when its $disconnect comes just then', async () => {
    const world = newWorld();
    const { robotSocket } = await inSession(world, rover1, operator1);
    world.gateway.drop(robotSocket);
    world.pass(world.policy.checkEveryMs);
    const marking = world.tap.hold('connections.markClosing');
    const cleaning = cleanUp(world);
    await marking.reachedBy(cleaning);
    await disconnect(world.deps, robotSocket);
    marking.release();
    expect(await cleaning).toEqual({ ...nothingDone, checked: 1 });
    expect(world.noted('fault')).toEqual([]);
    expect(world.noted('disconnected')).toHaveLength(1);
  });

  it('I3: of a robot makes it away at the next check, and its resume window runs', async () => {
    const world = newWorld();
    const { robotSocket, clientSocket, sessionId } = await inSession(world, rover1, operator1);
    const { checkEveryMs, resumeWindowMs } = world.policy;
    world.gateway.drop(robotSocket);
    world.pass(checkEveryMs - 1);
    expect(await cleanUp(world)).toEqual(nothingDone);
    world.pass(1);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 1, checked: 1 });
    expect(world.connection(robotSocket)).toBeUndefined();
    expect(world.robot()).toMatchObject({
      state: 'away',
      resumeEndsAt: world.clock.at + resumeWindowMs,
      controllerSessionId: sessionId,
    });
    expect(world.session(sessionId)).toBeDefined();
    expect(world.noted('disconnected')).toEqual([
      {
        type: 'disconnected',
        connectionId: robotSocket.connectionId,
        kind: 'robot',
        how: 'gone',
        lifetimeMs: checkEveryMs,
        tokenRemainingMs: world.policy.tokenMs - checkEveryMs,
        refreshes: 0,
      },
    ]);
    await cleanUpUntil(world, world.clock.at + resumeWindowMs);
    expect(world.robot()).toMatchObject({ state: 'offline' });
    expect(world.gateway.to(clientSocket).at(-1)).toEqual({
      type: 'sessionClosed',
      sessionId,
      reason: 'robot_offline',
    });
  });

  it('I3: of a client suspends its sessions at the next check and tells the robot; then its window runs', async () => {
    const world = newWorld();
    const { robotSocket, clientSocket, sessionId } = await inSession(world, rover1, operator1);
    const robotBefore = world.robot();
    world.gateway.drop(clientSocket);
    world.pass(world.policy.checkEveryMs);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 1, checked: 1 });
    expect(world.connection(clientSocket)).toBeUndefined();
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt });
    expect(world.session(sessionId)).not.toHaveProperty('socket');
    expect(world.robot()).toEqual(robotBefore);
    expect(world.gateway.to(robotSocket).at(-1)).toEqual({ type: 'peerAway', sessionId, resumeEndsAt });
    expect(world.noted('disconnected')).toMatchObject([{ how: 'gone', kind: 'client' }]);
    await cleanUpUntil(world, resumeEndsAt);
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
    const { controllerSessionId: _, controlHolder: __, ...rest } = robotBefore ?? {};
    expect(world.robot()).toEqual({ ...rest, leaseEpoch: 2 });
    expect(sent(world, robotSocket, 'sessionClosed')).toEqual([
      { type: 'sessionClosed', sessionId, reason: 'resume_ended' },
    ]);
  });

  it.each(kinds)('of $who.userName is found however often it had refreshed before', async ({ who }) => {
    const world = newWorld(often);
    await welcomed(world, who, { name: 'A' });
    for (let i = 0; i < 29; i++) {
      world.pass(minuteMs);
      granted(await refresh(world, socket, world.tokens.issue(who)));
      await cleanUp(world);
    }
    world.gateway.drop(socket);
    world.pass(minuteMs);
    expect(await cleanUp(world)).toMatchObject({ closed: 1, checked: 0 });
    expect(world.noted('disconnected')).toMatchObject([{ how: 'gone', refreshes: 29 }]);
  });

  it.each(kinds)('of $who.userName is ended by the warning that finds it gone', async ({ who }) => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A', lifeMs: 1_500_000 });
    world.gateway.drop(socket);
    world.pass(900_000);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 1 });
    expect(world.connection(socket)).toBeUndefined();
    expect(world.noted('disconnected')).toMatchObject([{ how: 'gone' }]);
    expect(world.noted('token_expiring')).toEqual([]);
    if (who === rover1) expect(world.robot()).toMatchObject({ state: 'away' });
  });

  it('I4: of a robot that has a newer connection touches nothing of it', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    world.tap.fail('close A');
    await welcomed(world, rover1, { name: 'B' });
    const before = world.robot();
    world.gateway.drop(socket);
    world.pass(world.policy.checkEveryMs);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 1, checked: 1 });
    expect(world.robot()).toEqual(before);
  });

  it.each(kinds)(
    'of $who.userName is ended once by two runs, wherever the one overtakes',
    async ({ who }) => {
      const wrong = await overtakenAtEachStep({
        scene: () => gone(who),
        action: ({ world }) => cleanUp(world),
        by: ({ world }) => cleanUp(world),
        judge: endedOnce,
      });
      expect(wrong).toEqual([]);
    },
  );

  it.each(kinds)(
    'of $who.userName is ended once with a $disconnect that comes after all',
    async ({ who }) => {
      const actions = [
        ({ world }: { world: World }) => cleanUp(world),
        ({ world }: { world: World }) => disconnect(world.deps, socket),
      ] as const;
      for (const [action, by] of [actions, [...actions].reverse()]) {
        if (action === undefined || by === undefined) throw new Error('two actions are needed');
        const wrong = await overtakenAtEachStep({ scene: () => gone(who), action, by, judge: endedOnce });
        expect(wrong).toEqual([]);
      }
    },
  );

  async function gone(who: typeof rover1) {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    world.gateway.drop(socket);
    world.pass(world.policy.checkEveryMs);
    return { world };
  }

  function endedOnce({ world }: { world: World }, { outcome }: { outcome: PromiseSettledResult<unknown> }) {
    expect(outcome.status).toBe('fulfilled');
    expect(world.connection(socket)).toBeUndefined();
    expect(world.noted('disconnected')).toHaveLength(1);
    expect(world.noted('dependency_unavailable')).toEqual([]);
  }
});

describe('a socket that is there', () => {
  it.each(kinds)('of $who.userName is left alone, and asked after again a period later', async ({ who }) => {
    const world = newWorld(often);
    await welcomed(world, who, { name: 'A' });
    const { checkEveryMs } = world.policy;
    const before = world.connection(socket);
    for (const round of [1, 2, 3]) {
      world.clock.at = t0 + round * checkEveryMs - 1;
      expect(await cleanUp(world)).toEqual(nothingDone);
      world.pass(1);
      expect(await cleanUp(world)).toEqual({ ...nothingDone, checked: 1 });
      expect(await cleanUp(world)).toEqual(nothingDone);
      expect(world.connection(socket)).toEqual({
        ...before,
        settledUntil: world.clock.at,
        nextDeadlineAt: expect.any(Number),
      });
    }
    expect(world.tap.count('find A')).toBe(3);
    expect(world.gateway.to(socket).map(({ type }) => type)).toEqual(['welcome']);
  });

  it('is not asked after where something was posted to it in the period', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A', lifeMs: 1_500_000 });
    await cleanUpUntil(world, t0 + 1_500_000);
    granted(await refresh(world, socket, world.tokens.issue(operator1)));
    world.clock.at = t0 + 1_500_000 + world.policy.checkEveryMs - 1;
    await cleanUp(world);
    expect(world.tap.count('find A')).toBe(0);
    world.pass(1);
    expect(await cleanUp(world)).toMatchObject({ checked: 1 });
  });
});

describe('a gateway that cannot be asked', () => {
  it.each(kinds)('leaves everything of $who.userName as it was, and is asked again', async ({ who }) => {
    const world = newWorld();
    await welcomed(world, who, { name: 'A' });
    world.pass(world.policy.checkEveryMs);
    const before = structuredClone(world.state);
    world.tap.fail('find A');
    expect(await cleanUp(world)).toEqual({ ...nothingDone, failed: 1 });
    expect(world.state).toEqual(before);
    expect(world.noted('disconnected')).toEqual([]);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, checked: 1 });
  });

  it.each(
    kinds.flatMap(({ who }) => [
      { who, ageMs: 60 * minuteMs, isEnded: false },
      { who, ageMs: surelyGoneMs - 1, isEnded: false },
      { who, ageMs: surelyGoneMs, isEnded: true },
    ]),
  )('about $who.userName: a row of $ageMs ms with a valid token is ended: $isEnded', async (of) => {
    const world = newWorld();
    await welcomed(world, of.who, { name: 'A' });
    unreachable(world);
    world.pass(of.ageMs);
    const [ended, failed] = of.isEnded ? [1, 0] : [0, 1];
    expect(await cleanUp(world)).toEqual({
      ...nothingDone,
      closed: ended,
      failed,
      lagMs: expect.any(Number),
    });
    expect(world.connection(socket)?.state).toBe(of.isEnded ? undefined : 'ready');
    expect(world.noted('disconnected').map(({ how }) => how)).toEqual(of.isEnded ? ['gone'] : []);
    if (of.who === rover1) expect(world.robot()).toMatchObject({ state: of.isEnded ? 'away' : 'online' });
  });

  it('ends one whose roll-over was said while its endpoint could still be reached', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    await cleanUpUntil(world, t0 + 111 * minuteMs);
    expect(sent(world, socket, 'goAway')).toHaveLength(1);
    unreachable(world);
    await cleanUpUntil(world, t0 + 3 * 60 * minuteMs);
    expect(world.noted('disconnected')).toMatchObject([{ how: 'gone' }]);
    expect(world.connection(socket)).toBeUndefined();
  });

  it.each([
    { what: 'younger than the gateway lets it be', lifeMs: 60 * minuteMs, isEnded: false },
    { what: 'older than that', lifeMs: surelyGoneMs, isEnded: true },
  ])('lets a connection whose token ran out stay closing while it is $what', async ({ lifeMs, isEnded }) => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A', lifeMs });
    unreachable(world);
    world.pass(lifeMs + world.policy.graceMs);
    await cleanUp(world);
    expect(world.connection(socket)?.state).toBe(isEnded ? undefined : 'closing');
    expect(world.noted('disconnected').map(({ how }) => how)).toEqual(isEnded ? ['expired'] : []);
    if (isEnded) return;
    world.tap.heal();
    world.pass(retryMs);
    expect(await cleanUp(world)).toMatchObject({ closed: 1 });
    expect(world.noted('disconnected')).toMatchObject([{ how: 'expired' }]);
    expect(sent(world, socket, 'goAway')).toMatchObject([{ code: 'token_expired' }]);
  });
});

it('F4, I6: no row of a robot is ever deleted for its age', async () => {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { name: 'A' });
  await disconnect(world.deps, robot);
  await cleanUpUntil(world, t0 + world.policy.resumeWindowMs);
  const offline = world.robot();
  expect(offline).toMatchObject({ state: 'offline' });
  for (let day = 0; day < 400; day++) {
    world.pass(24 * 60 * minuteMs);
    expect(await cleanUp(world)).toEqual(nothingDone);
  }
  expect(world.robot()).toEqual(offline);
});
