import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Program, stresses } from './commands/all.ts';
import { lastCleanup } from './commands/cleanup.ts';
import { invariants } from './invariants/all.ts';
import type { Invariant, Look } from './look.ts';
import { runs, sayHowToRepeat } from './seed.ts';
import { modelWorld } from './world.ts';

const timeoutMs = Math.max(60_000, runs * 200);

beforeAll(sayHowToRepeat);

/** Plays a program to its end: then everybody goes, most without a word, nobody tells of it, and time passes. */
async function live(scheduler: fc.Scheduler, { setting, rounds }: Program, looks: readonly Look[]) {
  const world = modelWorld(scheduler, looks, setting);
  for (const round of rounds) await world.play(round);
  for (const { connectionId } of world.sockets) world.gateway.cut(connectionId);
  for (let i = 0; i < 10; i++) await world.play({ steps: [lastCleanup], faults: [], thenPass: 120_000 });
  for (const look of looks) look.atTheEnd?.(world);
}

/** The look of an invariant, which says whose it is when it fails. */
function namedLook({ name, look }: Invariant): Look {
  const entries = Object.entries(look()).map(([hook, act]) => [
    hook,
    (...seen: unknown[]) => {
      try {
        return Reflect.apply(act, undefined, seen);
      } catch (failure) {
        throw new Error(`${name} — ${failure instanceof Error ? failure.message : failure}`);
      }
    },
  ]);
  return Object.fromEntries(entries);
}

describe.each(stresses)('$stress, in every order', ({ programs }) => {
  let failure: string | undefined;
  let cause = '';

  // One program shows all of the invariants at once: to play it is what takes the time.
  beforeAll(async () => {
    const property = fc.asyncProperty(fc.scheduler(), programs, async (scheduler, program) => {
      await live(scheduler, program, invariants.map(namedLook));
    });
    const report = await fc.check(property, { numRuns: runs });
    if (!report.failed) return;
    failure = await fc.asyncDefaultReportMessage(report);
    cause = report.errorInstance instanceof Error ? report.errorInstance.message : '';
  }, timeoutMs);

  it.each(invariants)('$name', ({ name }) => {
    if (cause.startsWith(name)) throw new Error(`${cause}\n${failure}`);
  });

  it('and nothing else fails', () => {
    const isOfInvariant = invariants.some(({ name }) => cause.startsWith(name));
    if (failure !== undefined && !isOfInvariant) throw new Error(failure);
  });
});

/** How often a thing must happen in 100 programs of each kind. */
const often = 20;
const nowAndThen = 5;

it('the programs are no idle talk: much of what can happen does', { timeout: timeoutMs }, async () => {
  const seen = new Map<string, number>();
  const count = (what: string) => void seen.set(what, (seen.get(what) ?? 0) + 1);
  const counting: Look = {
    delivered: (_world, { message }) => {
      count(message.type === 'goAway' ? `goAway ${message.code}` : message.type);
      if (message.type === 'welcome') count(`${message.kind} ${message.resumed ? 'resumed' : 'anew'}`);
      if (message.type === 'sessionClosed') count(`ended: ${message.reason}`);
      if (message.type === 'peerBack' && message.received > 0) count('peerBack with a count');
    },
    noted: (_world, { type }) => count(`noted: ${type}`),
    robot: (_world, { after }) => count(`the robot is ${after?.state}`),
    connection(_world, { by, before, after }) {
      if (before?.state !== 'closing' && after?.state === 'closing') count(`${by.name}: ${after.endsAs}`);
    },
    answered: (_world, { by, refusal }) => count(`${by.name}: ${refusal ?? 'yes'}`),
    failed: (_world, { by }) => count(`${by.name}: gateway failed`),
    blinded: (_world, { name }) => count(`${name}: unreadable`),
  };
  for (const { programs } of stresses) {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), programs, (scheduler, program) =>
        live(scheduler, program, [counting]),
      ),
      { numRuns: 100, seed: 7 },
    );
  }
  const rarerThan = (times: number, ...all: string[]) => all.filter((what) => (seen.get(what) ?? 0) < times);
  expect(
    rarerThan(
      often,
      ...['welcome', 'signal', 'sessionRequested', 'sessionClosed', 'tokenExpiring', 'tokenExpired', 'error'],
      ...['goAway replaced', 'goAway token_expired', 'goAway connection_max_age', 'goAway revoked'],
      ...['the robot is online', 'the robot is away', 'the robot is offline'],
      ...['connect: yes', 'connect: 401', 'hello: yes', 'hello: unauthenticated', 'hello: token_expired'],
      ...['openSession: yes', 'openSession: forbidden', 'signal: yes', 'signal: peer_away'],
      ...['refresh: yes', 'refresh: token_expired', 'refresh: token_not_newer', 'refresh: token_invalid'],
      ...['refresh (demoted): yes', 'refresh (older): token_not_newer'],
      ...['$disconnect: disconnect', 'bye: bye', 'cleanup: expired', 'cleanup: no_hello', 'cleanup: gone'],
      ...['revoke: revoked', 'revoke: regrouped', 'cleanup: gateway failed', 'hello: gateway failed'],
      ...['client resumed', 'client anew', 'robot resumed', 'robot anew'],
      ...['peerAway', 'peerBack', 'robotStatus', 'controlChanged', 'controlRequested'],
      ...['requestControl: yes', 'requestControl: control_held', 'watchRobots: yes'],
    ),
  ).toEqual([]);
  expect(
    rarerThan(
      nowAndThen,
      ...['noted: client_given_back', 'noted: claim_given_back'],
      ...['grantControl: yes', 'forceControl: forbidden', 'ended: robot_offline'],
      ...['ended: resume_ended', 'releaseControl: yes'],
      ...['hello: revoked', 'refresh: revoked', 'bye: revoked', 'revoke: gateway failed'],
      ...['connect: unreadable', 'hello: unreadable', 'refresh: unreadable', 'revoke: unreadable'],
    ),
  ).toEqual([]);
  expect(rarerThan(1, 'peerBack with a count', 'forceControl: yes')).toEqual([]);
});
