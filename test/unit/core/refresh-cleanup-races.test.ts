import { describe, expect, it } from 'vitest';
import { connectionDeadline } from '../../../functions/core/model/connection-deadline.ts';
import {
  cleanUp,
  cleanUpUntil,
  codeOf,
  granted,
  refresh,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1, type User } from './support/people.ts';
import { newWorld, t0, type World } from './support/world.ts';

const minuteMs = 60_000;
const lifeMs = 30 * minuteMs;
const graceMs = minuteMs;
const socket = socketNamed('A');
const kinds = [{ who: rover1 }, { who: operator1 }];

/** When the cleanup has something to do to a connection that may yet be refreshed. */
const moments = [
  { what: 'the first warning', at: t0 + lifeMs - 10 * minuteMs },
  { what: 'the second warning', at: t0 + lifeMs - 2 * minuteMs },
  { what: 'the expiry', at: t0 + lifeMs },
  { what: 'the last moment of the grace', at: t0 + lifeMs + graceMs - 1 },
  { what: 'the roll-over', at: t0 + 110 * minuteMs },
  { what: 'a check', at: t0 + 60 * minuteMs },
] as const;

type Moment = { readonly at: number; readonly stoodStill?: boolean };
type Race = { readonly world: World; readonly token: string; readonly expiresAt: number };

/** The connection at that moment, not yet cleaned up then, with a new token at hand. */
async function at({ at: moment, stoodStill }: Moment, who: User): Promise<Race> {
  const world = newWorld();
  await welcomed(world, who, { name: 'A', lifeMs });
  if (moment > t0 + lifeMs + graceMs) {
    granted(await refresh(world, socket, world.tokens.issue(who)));
    await cleanUpUntil(world, moment - 20 * minuteMs);
  } else if (!stoodStill) {
    await cleanUpUntil(world, moment - 1);
  }
  world.clock.at = moment;
  const issued = { lifeMs: world.policy.tokenMs };
  return { world, token: world.tokens.issue(who, issued), expiresAt: moment + issued.lifeMs };
}

const clean = ({ world }: Race) => cleanUp(world);
const renew = ({ world, token }: Race) => refresh(world, socket, token);

/** Whatever the order was: it is open, and its new life goes as a life goes. */
async function expectNewLife({ world, expiresAt }: Race) {
  expect(world.gateway.closed).toEqual([]);
  expect(world.connection(socket)).toMatchObject({ state: 'ready', token: { expiresAt } });
  const row = world.connection(socket);
  if (row === undefined) throw new Error('no row');
  // Early is harmless, since a look puts it right; late is a warning or a close that does not come.
  expect(row.nextDeadlineAt).toBeLessThanOrEqual(connectionDeadline(world.policy, row));
  const before = world.gateway.to(socket).length;
  await cleanUpUntil(world, world.clock.at + 3 * minuteMs);
  world.clock.at = expiresAt - 15 * minuteMs;
  await cleanUp(world);
  await cleanUpUntil(world, expiresAt + graceMs - 1);
  expect(world.gateway.closed).toEqual([]);
  const said = world.gateway.to(socket).slice(before);
  expect(said.filter(({ type }) => type !== 'goAway')).toEqual([
    { type: 'tokenExpiring', tokenExpiresAt: expiresAt, remainingMs: expect.any(Number) },
    { type: 'tokenExpiring', tokenExpiresAt: expiresAt, remainingMs: expect.any(Number) },
    { type: 'tokenExpired', graceEndsAt: expiresAt + graceMs },
  ]);
  const warnings = sent(world, socket, 'tokenExpiring').slice(-2);
  for (const [i, warnMs] of world.policy.warnMs.entries()) {
    const { remainingMs = 0 } = warnings[i] ?? {};
    expect(warnMs - remainingMs).toBeGreaterThanOrEqual(0);
    expect(warnMs - remainingMs).toBeLessThanOrEqual(minuteMs);
  }
  expect(sent(world, socket, 'goAway').map(({ code }) => code)).toEqual(['connection_max_age']);
  world.clock.at = expiresAt + graceMs;
  await cleanUp(world);
  expect(world.gateway.closed).toEqual(['A']);
  expect(world.noted('disconnected')).toMatchObject([{ how: 'expired' }]);
}

describe.each(moments)('I2, I6: a refresh at the moment of $what', (moment) => {
  it.each(kinds)('of $who.userName, overtaken anywhere by the cleanup, keeps it open', async ({ who }) => {
    const wrong = await overtakenAtEachStep({
      scene: () => at(moment, who),
      action: renew,
      by: clean,
      judge: async (race, { outcome }) => {
        expect(outcome).toMatchObject({ status: 'fulfilled', value: { ok: true } });
        await expectNewLife(race);
      },
    });
    expect(wrong).toEqual([]);
  });

  it.each(kinds)('of $who.userName, that overtakes the cleanup anywhere, keeps it open', async ({ who }) => {
    const wrong = await overtakenAtEachStep({
      scene: () => at(moment, who),
      action: clean,
      by: async (race) => granted(await renew(race)),
      judge: async (race, { outcome }) => {
        expect(outcome).toMatchObject({ status: 'fulfilled', value: { closed: 0, failed: 0 } });
        await expectNewLife(race);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe.each([
  { cleanup: 'that ran on time before', stoodStill: false },
  // Then something else is due as well, and a refresh leaves the row due.
  { cleanup: 'that had stood still until then', stoodStill: true },
])('I2: a refresh begun before the end of the grace, and a cleanup after it $cleanup', ({ stoodStill }) => {
  const graceEndsAt = t0 + lifeMs + graceMs;
  const last = { at: graceEndsAt - 1, stoodStill };

  async function expectOneWinner(race: Race, refreshed: Awaited<ReturnType<typeof renew>>) {
    const { world } = race;
    const goodbyes = sent(world, socket, 'goAway').length;
    const isOpen = world.connection(socket) !== undefined;
    if (isOpen) {
      expect(refreshed).toMatchObject({ ok: true });
      expect(goodbyes).toBe(0);
      await expectNewLife(race);
    } else {
      expect(['unauthenticated', 'token_expired']).toContain(codeOf(refreshed));
      expect(goodbyes).toBe(1);
      expect(world.gateway.closed).toEqual(['A']);
      expect(world.noted('refreshed')).toEqual([]);
    }
    return isOpen;
  }

  it.each(kinds)(
    'have one winner where the refresh of $who.userName is overtaken anywhere',
    async ({ who }) => {
      const wrong = await overtakenAtEachStep({
        scene: () => at(last, who),
        action: renew,
        by: async ({ world }) => {
          world.clock.at = graceEndsAt;
          await cleanUp(world);
        },
        judge: async (race, { outcome }) => {
          if (outcome.status === 'rejected') throw outcome.reason;
          await expectOneWinner(race, outcome.value);
        },
      });
      expect(wrong).toEqual([]);
    },
  );

  it.each(kinds)(
    'have one winner where the refresh of $who.userName is written anywhere in the cleanup',
    async ({ who }) => {
      const winners = new Set<boolean>();
      const wrong = await overtakenAtEachStep({
        scene: async () => {
          const race = await at(last, who);
          const held = race.world.tap.hold('connections.refresh');
          const refreshing = renew(race);
          await held.reachedBy(refreshing);
          race.world.clock.at = graceEndsAt;
          return { ...race, held, refreshing };
        },
        action: clean,
        by: async ({ held, refreshing }) => {
          held.release();
          await refreshing;
        },
        judge: async (race, { outcome }) => {
          expect(outcome.status).toBe('fulfilled');
          winners.add(await expectOneWinner(race, await race.refreshing));
        },
      });
      expect(wrong).toEqual([]);
      expect([...winners].sort()).toEqual([false, true]);
    },
  );
});
