import { describe, expect, it } from 'vitest';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import {
  cleanUp,
  cleanUpUntil,
  connected,
  granted,
  nothingDone,
  refresh,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1, rover1 } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const lifeMs = 1_800_000;
const tokenExpiresAt = t0 + lifeMs;
const graceMs = 60_000;
const firstMs = 600_000;
const secondMs = 120_000;
const socket = socketNamed('A');
const kinds = [{ who: rover1 }, { who: operator1 }];

async function scene(who = operator1, life = lifeMs) {
  const world = newWorld();
  await welcomed(world, who, { name: 'A', lifeMs: life });
  return world;
}

const warning = (remainingMs: number, expiresAt = tokenExpiresAt) => ({
  type: 'tokenExpiring',
  tokenExpiresAt: expiresAt,
  remainingMs,
});
const expiry = { type: 'tokenExpired', graceEndsAt: tokenExpiresAt + graceMs };
const goodbye = { type: 'goAway', code: 'token_expired', reconnect: true };
const announced = { ...nothingDone, announced: 1 };

describe.each(kinds)('F3: a token of $who.userName that nobody refreshes', ({ who }) => {
  it('is warned of twice, said to have run out, and ends in goAway: each once, however often the cleanup runs', async () => {
    const world = await scene(who);
    await cleanUpUntil(world, tokenExpiresAt + 10 * graceMs);
    expect(world.gateway.to(socket).slice(1)).toEqual([warning(firstMs), warning(secondMs), expiry, goodbye]);
    expect(world.gateway.closed).toEqual(['A']);
    const of = { connectionId: 'A', kind: who === rover1 ? 'robot' : 'client' };
    expect(world.noted('token_expiring')).toEqual([
      { type: 'token_expiring', ...of, remainingMs: firstMs },
      { type: 'token_expiring', ...of, remainingMs: secondMs },
    ]);
    expect(world.noted('token_expired')).toEqual([{ type: 'token_expired', ...of }]);
  });

  it.each([
    { what: 'the first warning', beforeMs: firstMs, message: warning(firstMs) },
    { what: 'the second warning', beforeMs: secondMs, message: warning(secondMs) },
    { what: 'the expiry', beforeMs: 0, message: expiry },
  ])('is not told of $what a millisecond before its time, and not again after it', async (of) => {
    const world = await scene(who);
    world.clock.at = tokenExpiresAt - of.beforeMs - 1;
    await cleanUp(world);
    const before = world.gateway.to(socket).length;
    expect(await cleanUp(world)).toEqual(nothingDone);
    world.pass(1);
    expect(await cleanUp(world)).toEqual(announced);
    expect(await cleanUp(world)).toEqual(nothingDone);
    world.pass(1);
    expect(await cleanUp(world)).toEqual(nothingDone);
    expect(world.gateway.to(socket).slice(before)).toEqual([of.message]);
    expect(world.connection(socket)).toMatchObject({ state: 'ready', settledUntil: world.clock.at - 1 });
  });
});

describe('F3: a cleanup that comes late', () => {
  it('says several warnings in one, with what is really left', async () => {
    const world = await scene();
    world.clock.at = tokenExpiresAt - 45_000;
    expect(await cleanUp(world)).toEqual({ ...announced, lagMs: firstMs - 45_000 });
    expect(world.gateway.to(socket).slice(1)).toEqual([warning(45_000)]);
    expect(await cleanUp(world)).toEqual(nothingDone);
  });

  it.each([0, 1, graceMs - 1])('says nothing of warnings %i ms after the expiry', async (late) => {
    const world = await scene();
    world.clock.at = tokenExpiresAt + late;
    expect(await cleanUp(world)).toEqual({ ...announced, lagMs: firstMs + late });
    expect(world.gateway.to(socket).slice(1)).toEqual([expiry]);
    expect(world.noted('token_expiring')).toEqual([]);
  });

  it('says nothing but goAway once the grace has ended', async () => {
    const world = await scene();
    world.clock.at = tokenExpiresAt + graceMs;
    await cleanUp(world);
    expect(world.gateway.to(socket).slice(1)).toEqual([goodbye]);
  });
});

describe('F2: a refresh', () => {
  it('brings the warnings of the next life, and of every life after it', async () => {
    const world = await scene();
    const expected = [];
    let expiresAt = tokenExpiresAt;
    for (let life = 0; life < 3; life++) {
      await cleanUpUntil(world, expiresAt - graceMs);
      expected.push(warning(firstMs, expiresAt), warning(secondMs, expiresAt));
      expiresAt = world.clock.at + lifeMs;
      granted(await refresh(world, socket, world.tokens.issue(operator1, { lifeMs })));
    }
    expect(world.gateway.to(socket).slice(1)).toEqual(expected);
    expect(world.gateway.closed).toEqual([]);
  });

  it('just before a warning leaves nothing to warn of', async () => {
    const world = await scene();
    world.clock.at = tokenExpiresAt - firstMs - 1;
    granted(await refresh(world, socket, world.tokens.issue(operator1, { lifeMs })));
    world.pass(1);
    expect(await cleanUp(world)).toEqual(nothingDone);
    expect(sent(world, socket, 'tokenExpiring')).toEqual([]);
  });

  it('I2: after tokenExpired begins anew, and the next expiry is told again', async () => {
    const world = await scene();
    world.clock.at = tokenExpiresAt;
    await cleanUp(world);
    granted(await refresh(world, socket, world.tokens.issue(operator1, { lifeMs })));
    const next = world.clock.at + lifeMs;
    await cleanUpUntil(world, next);
    expect(world.gateway.to(socket).slice(1)).toEqual([
      expiry,
      warning(firstMs, next),
      warning(secondMs, next),
      { type: 'tokenExpired', graceEndsAt: next + graceMs },
    ]);
  });
});

describe('a token that is almost over when its holder connects', () => {
  it.each([
    { leftMs: 300_000, warnedWith: [300_000, secondMs] },
    { leftMs: 90_000, warnedWith: [90_000] },
  ])('of $leftMs ms is warned of by the first cleanup', async ({ leftMs, warnedWith }) => {
    const world = await scene(operator1, leftMs);
    await cleanUp(world);
    expect(sent(world, socket, 'tokenExpiring')).toEqual([warning(leftMs, t0 + leftMs)]);
    await cleanUpUntil(world, t0 + leftMs);
    expect(sent(world, socket, 'tokenExpiring').map(({ remainingMs }) => remainingMs)).toEqual(warnedWith);
    expect(sent(world, socket, 'tokenExpired')).toHaveLength(1);
  });
});

describe.each(kinds)('before hello $who.userName', ({ who }) => {
  it.each([
    { what: 'nears its end', life: 300_000, parting: 'error' },
    { what: 'runs out', life: 20_000, parting: 'goAway' },
  ])('is told nothing of a token that $what, but what it is closed with', async ({ life, parting }) => {
    const world = newWorld();
    await connected(world, who, { name: 'A', lifeMs: life });
    for (let i = 0; i < 6; i++) {
      world.pass(4_999);
      expect(await cleanUp(world)).toEqual(nothingDone);
    }
    world.pass(6);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 1 });
    expect(world.gateway.to(socket).map(({ type }) => type)).toEqual([parting]);
  });
});

it('before hello a row that is due too early is put right, and nothing is said', async () => {
  const world = newWorld();
  await connected(world, operator1, { name: 'A', lifeMs: 300_000 });
  const row = world.connection(socket);
  if (row === undefined) throw new Error('no row');
  // As a refresh leaves it that read the row when it was ready, and wrote after its `hello` was taken back.
  world.state.connections.set(row.connectionId, { ...row, nextDeadlineAt: t0 });
  expect(await cleanUp(world)).toEqual(nothingDone);
  expect(world.connection(socket)).toEqual(row);
  expect(world.gateway.posted).toEqual([]);
});

describe('a warning that cannot be posted', () => {
  it('is counted as failed and sent after a rest, not before', async () => {
    const world = await scene();
    world.clock.at = tokenExpiresAt - firstMs;
    world.tap.fail('post tokenExpiring to A');
    expect(await cleanUp(world)).toEqual({ ...nothingDone, failed: 1 });
    expect(world.noted('dependency_unavailable')).toEqual([
      { type: 'dependency_unavailable', where: 'cleanup', code: 'BrokenInTest' },
    ]);
    expect(world.noted('token_expiring')).toEqual([]);
    world.pass(retryMs - 1);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, lagMs: retryMs - 1 });
    world.pass(1);
    expect(await cleanUp(world)).toEqual({ ...announced, lagMs: retryMs });
    expect(world.gateway.to(socket).slice(1)).toEqual([warning(firstMs - retryMs)]);
    expect(world.noted('token_expiring')).toHaveLength(1);
  });

  it('rests no longer than until the next thing that is due', async () => {
    const world = await scene();
    world.clock.at = tokenExpiresAt - secondMs - 10_000;
    world.tap.fail('post tokenExpiring to A');
    expect(await cleanUp(world)).toMatchObject({ failed: 1 });
    world.pass(10_000);
    expect(await cleanUp(world)).toEqual({ ...announced, lagMs: firstMs - secondMs });
    expect(world.gateway.to(socket).slice(1)).toEqual([warning(secondMs)]);
  });

  it('does not keep the connection open beyond its grace', async () => {
    const world = await scene();
    world.tap.fail('post tokenExpiring to A', { times: 99 });
    world.tap.fail('post tokenExpired to A', { times: 99 });
    await cleanUpUntil(world, tokenExpiresAt + graceMs);
    expect(world.gateway.to(socket).slice(1)).toEqual([goodbye]);
    expect(world.gateway.closed).toEqual(['A']);
  });

  it('does not keep the warnings of others from being sent', async () => {
    const world = await scene();
    await welcomed(world, rover1, { name: 'B', lifeMs });
    world.clock.at = tokenExpiresAt - firstMs;
    world.tap.fail('post tokenExpiring to A');
    expect(await cleanUp(world)).toEqual({ ...announced, failed: 1 });
    expect(sent(world, socketNamed('B'), 'tokenExpiring')).toHaveLength(1);
  });
});

describe('how late a cleanup was', () => {
  it('is the lateness of its latest item, of whatever kind', async () => {
    const world = await scene();
    await connected(world, rover1, { name: 'B' });
    world.clock.at = tokenExpiresAt - firstMs + 7_000;
    const sinceHelloMs = world.clock.at - t0 - world.policy.helloWithinMs;
    expect(await cleanUp(world)).toEqual({ ...announced, closed: 1, lagMs: sinceHelloMs });
    expect(world.noted('cleanup_done')).toMatchObject([{ lagMs: sinceHelloMs }]);
    expect(await cleanUp(world)).toMatchObject({ lagMs: 0 });
  });

  it('is that of the latest, in whatever order they were taken up', async () => {
    for (let latest = 0; latest < 8; latest++) {
      const world = newWorld();
      await connected(world, operator1, { name: `socket-${latest}` });
      world.pass(1_000);
      for (let i = 0; i < 8; i++) {
        if (i !== latest) await connected(world, operator1, { name: `socket-${i}` });
      }
      world.pass(world.policy.helloWithinMs);
      expect(await cleanUp(world)).toEqual({ ...nothingDone, closed: 8, lagMs: 1_000 });
    }
  });

  it('counts what failed, which gets later with every run', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    world.tap.fail('connections.get', { times: 2 });
    world.pass(world.policy.helloWithinMs);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, failed: 1 });
    world.pass(5_000);
    expect(await cleanUp(world)).toEqual({ ...nothingDone, failed: 1, lagMs: 5_000 });
  });
});
