import fc from 'fast-check';
import { littleTime, muchTime, untilSomething } from '../passing.ts';
import {
  oneByOne,
  type Round,
  roundOf,
  type Step,
  sceneAfterScene,
  type Trouble,
  together,
} from '../steps.ts';
import { policy, type Setting } from '../world.ts';
import { cleanups } from './cleanup.ts';
import { arrivals, connects } from './connect.ts';
import { hellos } from './hello.ts';
import { byes, cuts, disconnects } from './leave.ts';
import { moments } from './moment.ts';
import { opens } from './open-session.ts';
import { refreshes } from './refresh.ts';
import { revokes } from './revoke.ts';
import { closes, signals } from './signal.ts';

const each = {
  connect: connects.any,
  arrive: arrivals.any,
  hello: hellos.any,
  refresh: refreshes.any,
  open: opens.any,
  signal: signals.any,
  close: closes.any,
  cut: cuts.any,
  disconnect: disconnects.any,
  bye: byes.any,
  revoke: revokes.any,
  cleanup: cleanups.any,
  moment: moments.any,
};

function often(weights: { readonly [What in keyof typeof each]?: number }): fc.Arbitrary<Step> {
  const weighted = Object.entries(each).map(([what, arbitrary]) => ({
    weight: weights[what as keyof typeof each] ?? 0,
    arbitrary,
  }));
  return fc.oneof(...weighted);
}

/** What can happen, the common more often. */
const anything = often({
  ...{ connect: 2, arrive: 3, hello: 8, refresh: 8, open: 9, signal: 14, close: 1, moment: 2 },
  ...{ cut: 2, disconnect: 4, bye: 1, revoke: 1, cleanup: 4 },
});

/** Tokens that run out and are refreshed, and the cleanup that sees to it. */
const lives = often({
  ...{ connect: 1, arrive: 4, hello: 5, refresh: 16, open: 5, signal: 5, moment: 6 },
  ...{ cut: 1, disconnect: 1, cleanup: 20 },
});

/** Sign-ins that are revoked while their holders come, refresh and go. */
const revoking = often({
  ...{ connect: 4, arrive: 10, hello: 8, refresh: 12, open: 4, signal: 3, moment: 3 },
  ...{ cut: 1, disconnect: 1, bye: 4, revoke: 10, cleanup: 2 },
});

const troubles = {
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
      ...['connections.get', 'connections.refresh', 'connections.markReady', 'connections.putOff'],
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

const oneRound = (round: fc.Arbitrary<Round>) => round.map((each) => [each]);
const youngest = fc.constantFrom(0, 0, 1, 2);
const noStep = fc.constant<Step | undefined>(undefined);
const noSteps = fc.constant<readonly Step[]>([]);

const refreshOf = refreshes.data.map((data) => (back: number) => refreshes.of({ ...data, back }));
const helloOf = fc.constant((back: number) => hellos.of(back));
const arrivalOf = arrivals.any.map((step) => () => step);

/** Somebody refreshes, says hello or comes just when the cleanup is at work. */
const atTheMoment = fc
  .record({
    back: youngest,
    own: fc.oneof(
      { weight: 3, arbitrary: refreshOf },
      { weight: 1, arbitrary: helloOf },
      { weight: 1, arbitrary: arrivalOf },
    ),
    others: fc.tuple(cleanups.any, moments.any),
    before: roundOf(noSteps, { trouble: troubles.ofLives, thenPass: untilSomething }),
    meeting: roundOf(noSteps, { trouble: troubles.ofLives, thenPass: muchTime }),
  })
  .map(({ back, own, others, before, meeting }) => [
    { ...before, thenPass: { ...before.thenPass, of: back } },
    { ...meeting, steps: [own(back), ...others] },
  ]);

/** Somebody refreshes, says hello or comes just when their sign-ins are revoked. */
const whileRevoked = fc
  .record({
    back: youngest,
    own: fc.oneof(
      { weight: 4, arbitrary: refreshOf },
      { weight: 1, arbitrary: helloOf },
      { weight: 2, arbitrary: arrivalOf },
    ),
    revoke: revokes.data,
    other: fc.oneof(moments.any, arrivals.any),
    round: roundOf(noSteps, { trouble: troubles.ofRevoking, thenPass: littleTime }),
  })
  .map(({ back, own, revoke, other, round }) => [
    { ...round, steps: [own(back), revokes.of({ ...revoke, back }), other] },
  ]);

/** Somebody refreshes with a token of a new sign-in, and that one is revoked while the refresh is under way. */
const theOffered = fc
  .record({
    back: youngest,
    refresh: refreshes.data,
    revoke: revokes.data,
    other: fc.oneof(noStep, cleanups.any, hellos.any),
    round: roundOf(noSteps, {
      trouble: { ...troubles.ofRevoking, slow: ['connections.refresh', 'revocations.of', 'connections.get'] },
      thenPass: littleTime,
    }),
  })
  .map(({ back, refresh, revoke, other, round }) => {
    const offered = refreshes.of({ ...refresh, back, signIn: 'new' });
    const end = revokes.of({ ...revoke, back, what: 'sign-in', signIn: 'latest' });
    return [{ ...round, steps: [offered, end, ...(other === undefined ? [] : [other])] }];
  });

const token = { signIn: 'latest', lifeMs: policy.tokenMs, ageMs: 0 } as const;
const aRobot = oneByOne(arrivals.of({ user: 0, ...token }));
const andAClient = oneByOne(arrivals.of({ user: 2, ...token }));
const andASession = oneByOne(opens.of({ back: 0, mode: 'control', requestId: undefined }));
const andAnother = oneByOne(connects.of({ user: 1, ...token }));
const andAnotherTab = oneByOne(arrivals.of({ user: 2, ...token, signIn: 'new' }));

/** Where a program begins: most with somebody there, or little would come of it. */
const beginnings = fc.constantFrom(
  [],
  aRobot,
  [...aRobot, ...andAClient],
  [...aRobot, ...andAClient, ...andASession],
  [...aRobot, ...andAClient, ...andASession, ...andAnother],
  [...aRobot, ...andAClient, ...andASession, ...andAnotherTab],
);

const setting: fc.Arbitrary<Setting> = fc.record({
  skewMs: fc.constantFrom(0, 0, 3000, -3000),
  indexLagMs: fc.constantFrom(0, 1500),
});

export type Program = { readonly setting: Setting; readonly rounds: readonly Round[] };

function programs(scene: fc.Arbitrary<readonly Round[]>): fc.Arbitrary<Program> {
  const rounds = fc
    .tuple(beginnings, sceneAfterScene(scene))
    .map(([beginning, then]) => [...beginning, ...then]);
  return fc.record({ setting, rounds });
}

const stressing = (steps: fc.Arbitrary<Step>, trouble: Trouble, thenPass: typeof littleTime) =>
  oneRound(roundOf(together(steps), { trouble, thenPass }));

/** Each is kept by each invariant; what they stress differs. */
export const stresses = [
  {
    stress: 'whatever can happen',
    programs: programs(stressing(anything, troubles.any, littleTime)),
  },
  {
    stress: 'tokens that run out',
    programs: programs(
      fc.oneof(
        { weight: 3, arbitrary: stressing(lives, troubles.ofLives, muchTime) },
        { weight: 1, arbitrary: atTheMoment },
      ),
    ),
  },
  {
    stress: 'sign-ins that are revoked',
    programs: programs(
      fc.oneof(
        { weight: 4, arbitrary: stressing(revoking, troubles.ofRevoking, littleTime) },
        { weight: 2, arbitrary: whileRevoked },
        { weight: 1, arbitrary: theOffered },
      ),
    ),
  },
] as const;
