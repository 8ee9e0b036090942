import fc from 'fast-check';
import { littleTime, muchTime, untilSomething } from '../passing.ts';
import { type Fault, type Round, roundOf, type Step, type Trouble } from '../steps.ts';
import { policy } from '../world.ts';
import { cleanups } from './cleanup.ts';
import { arrivals, connects } from './connect.ts';
import { hellos } from './hello.ts';
import { moments } from './moment.ts';
import { opens } from './open-session.ts';
import { refreshes } from './refresh.ts';
import { revokes } from './revoke.ts';
import { signals } from './signal.ts';

/** What may be slow, and how often nothing can be read, by what a program stresses. */
export const troubles = {
  any: {
    blindOften: 1,
    slow: [
      ...['revocations.of', 'connections.create', 'connections.get', 'connections.markReady'],
      ...['connections.refresh', 'connections.markClosing', 'sessions.create', 'peers.post'],
    ],
  },
  ofLives: {
    blindOften: 0,
    slow: [
      ...['connections.get', 'connections.refresh', 'connections.markReady', 'connections.rest'],
      ...['connections.settle', 'connections.beginClosing', 'peers.post', 'peers.find'],
    ],
  },
  ofRevoking: {
    blindOften: 3,
    slow: [
      ...['revocations.of', 'connections.create', 'connections.get', 'connections.markReady'],
      ...['connections.refresh', 'connections.refresh', 'connections.markClosing', 'peers.post'],
    ],
  },
} satisfies Record<string, Trouble>;

type Scene = fc.Arbitrary<readonly Round[]>;

const noSteps = fc.constant<readonly Step[]>([]);
const youngest = fc.constantFrom(0, 0, 1, 2);

/** A round whose steps are put in afterwards, so that they can have something in common. */
const emptyRound = (trouble: Trouble, thenPass = littleTime) => roundOf(noSteps, { trouble, thenPass });

const refreshOf = refreshes.data.map((data) => (back: number) => refreshes.of({ ...data, back }));
const helloOf = fc.constant((back: number) => hellos.of(back));
const arrivalOf = arrivals.any.map((step) => () => step);

/** Somebody refreshes, says hello or comes just when the cleanup is at work. */
export const atTheMoment: Scene = fc
  .record({
    back: youngest,
    own: fc.oneof(
      { weight: 4, arbitrary: refreshOf },
      { weight: 1, arbitrary: helloOf },
      { weight: 1, arbitrary: arrivalOf },
    ),
    others: fc.tuple(cleanups.any, moments.any),
    before: roundOf(noSteps, { trouble: troubles.ofLives, thenPass: untilSomething }),
    meeting: emptyRound(troubles.ofLives, muchTime),
  })
  .map(({ back, own, others, before, meeting }) => [
    { ...before, thenPass: { ...before.thenPass, of: back } },
    { ...meeting, steps: [own(back), ...others] },
  ]);

/** Somebody refreshes in the last moment of the grace, while a cleanup comes for what is over. */
export const atTheLast: Scene = fc
  .record({
    back: youngest,
    refresh: refreshes.data,
    ms: fc.constantFrom(1, 1000),
    before: emptyRound(troubles.ofLives),
    meeting: emptyRound(
      { blindOften: 0, slow: ['connections.beginClosing', 'connections.refresh', 'connections.get'] },
      muchTime,
    ),
  })
  .map(({ back, refresh, ms, before, meeting }) => [
    { ...before, thenPass: { until: 'close', of: back, plusMs: -ms } },
    {
      ...meeting,
      steps: [
        refreshes.of({ ...refresh, kind: 'good', back }),
        moments.of(ms),
        cleanups.of({ runs: 1, turnsLater: 6 }),
      ],
    },
  ]);

const device = { lifeMs: policy.tokenMs, ageMs: 0, signIn: 'latest' } as const;

/** A robot says hello, the gateway fails at its welcome, and something else happens to it at that moment. */
export const badWelcome: Scene = fc
  .record({
    first: fc.constantFrom<Fault>('throw', 'gone', 'lost', 'lost'),
    lifeMs: fc.constantFrom(policy.tokenMs, 40_000),
    other: fc.oneof(refreshOf, helloOf),
    more: fc.oneof(cleanups.any, arrivals.any),
    connecting: emptyRound(troubles.any),
    greeting: emptyRound(troubles.any),
  })
  .map(({ first, lifeMs, other, more, connecting, greeting }) => [
    { ...connecting, steps: [connects.of({ ...device, user: 1, lifeMs })] },
    { ...greeting, faults: [first, ...greeting.faults], steps: [hellos.of(0), other(0), more] },
  ]);

/** A session is opened while its client refreshes: it may hold the end of the old token, which then passes. */
export const oldCopy: Scene = fc
  .record({
    opening: emptyRound({ blindOften: 0, slow: ['sessions.create'] }),
    talking: emptyRound(troubles.any),
    came: emptyRound(troubles.any),
  })
  .map(({ came, opening, talking }) => [
    { ...came, steps: [arrivals.of({ ...device, user: 3, lifeMs: 40_000 })], thenPass: 1 },
    {
      ...opening,
      steps: [
        opens.of({ back: 0, mode: 'view', requestId: undefined }),
        refreshes.of({ back: 0, kind: 'good', signIn: 'latest' }),
      ],
      thenPass: 45_000,
    },
    { ...talking, steps: [signals.of({ back: 0, session: 0 })] },
  ]);

/** Somebody refreshes, says hello or comes just when their sign-ins are revoked. */
export const whileRevoked: Scene = fc
  .record({
    back: youngest,
    own: fc.oneof(
      { weight: 4, arbitrary: refreshOf },
      { weight: 1, arbitrary: helloOf },
      { weight: 2, arbitrary: arrivalOf },
    ),
    revoke: revokes.data,
    other: fc.oneof(moments.any, arrivals.any),
    round: emptyRound(troubles.ofRevoking),
  })
  .map(({ back, own, revoke, other, round }) => [
    { ...round, steps: [own(back), revokes.of({ ...revoke, back }), other] },
  ]);

/** Somebody refreshes with a token of a new sign-in, and that one is revoked while the refresh is under way. */
export const theOffered: Scene = fc
  .record({
    back: youngest,
    refresh: refreshes.data,
    revoke: revokes.data,
    other: fc.oneof(moments.any, moments.any, cleanups.any, hellos.any),
    round: emptyRound({
      ...troubles.ofRevoking,
      slow: ['connections.refresh', 'revocations.of', 'connections.get'],
    }),
  })
  .map(({ back, refresh, revoke, other, round }) => {
    const offered = refreshes.of({ ...refresh, back, signIn: 'new' });
    const end = revokes.of({ ...revoke, back, what: 'sign-in', signIn: 'latest' });
    return [{ ...round, steps: [offered, end, other] }];
  });
