import fc from 'fast-check';
import { littleTime, muchTime } from '../passing.ts';
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
import { helloAgain, returns } from './come-back.ts';
import { arrivals, connects } from './connect.ts';
import { controls } from './control.ts';
import { hellos } from './hello.ts';
import { byes, cuts, deafenings, disconnects, losses } from './leave.ts';
import { moments } from './moment.ts';
import { opens } from './open-session.ts';
import { refreshes } from './refresh.ts';
import { atWindowsEnd, contested, lostAndBack, meeting, ofReturns } from './return-scenes.ts';
import { revokes } from './revoke.ts';
import { atTheLast, atTheMoment, badWelcome, oldCopy, theOffered, troubles, whileRevoked } from './scenes.ts';
import { closes, signals } from './signal.ts';
import { watches } from './watch.ts';

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
  back: returns.any,
  helloAgain: helloAgain.any,
  lose: losses.any,
  deafen: deafenings.any,
  control: controls.any,
  watch: watches.any,
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
  ...{ back: 3, control: 4, watch: 1, deafen: 1 },
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

/** Who is lost and comes back, and who is in control. */
const returning = often({
  ...{ connect: 1, arrive: 3, hello: 1, helloAgain: 3, back: 14, lose: 6, deafen: 2, cut: 3, disconnect: 5 },
  ...{ open: 8, control: 17, signal: 6, close: 2, watch: 4, refresh: 3, bye: 1, cleanup: 5, moment: 2 },
});

const token = { signIn: 'latest', lifeMs: policy.tokenMs, ageMs: 0 } as const;
const aRobot = oneByOne(arrivals.of({ user: 0, ...token }));
const andAClient = oneByOne(arrivals.of({ user: 2, ...token }));
const andASession = oneByOne(opens.of({ back: 0, mode: 'control', requestId: undefined }));
const andAnother = oneByOne(connects.of({ user: 1, ...token }));
const andAnAdmin = [
  ...oneByOne(arrivals.of({ user: 4, ...token })),
  ...oneByOne(opens.of({ back: 0, mode: 'view', requestId: undefined })),
];
const andWatches = oneByOne(watches.of({ back: 0, named: false }));
const andAnotherTab = oneByOne(arrivals.of({ user: 2, ...token, signIn: 'new' }));

/** Where a program begins: most with somebody there, or little would come of it. */
const beginnings = fc.constantFrom(
  [],
  aRobot,
  [...aRobot, ...andAClient],
  [...aRobot, ...andAClient, ...andASession],
  [...aRobot, ...andAClient, ...andASession, ...andAnother],
  [...aRobot, ...andAClient, ...andASession, ...andAnotherTab],
  [...aRobot, ...andAClient, ...andASession, ...andAnAdmin, ...andWatches],
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

type Stress = {
  readonly trouble: Trouble;
  readonly thenPass: typeof littleTime;
  /** What comes instead of any steps at once, so many times out of 10. */
  readonly scenes: readonly fc.WeightedArbitrary<readonly Round[]>[];
};

function stressing(step: fc.Arbitrary<Step>, { trouble, thenPass, scenes }: Stress): fc.Arbitrary<Program> {
  const rounds = roundOf(together(step), { trouble, thenPass }).map((round) => [round]);
  const weight = scenes.reduce((rest, scene) => rest - scene.weight, 10);
  return programs(fc.oneof({ weight, arbitrary: rounds }, ...scenes));
}

/** Each is kept by each invariant; what they stress differs. */
export const stresses = [
  {
    stress: 'whatever can happen',
    programs: stressing(anything, {
      trouble: troubles.any,
      thenPass: littleTime,
      scenes: [
        { weight: 1, arbitrary: badWelcome },
        { weight: 1, arbitrary: oldCopy },
      ],
    }),
  },
  {
    stress: 'tokens that run out',
    programs: stressing(lives, {
      trouble: troubles.ofLives,
      thenPass: muchTime,
      scenes: [
        { weight: 2, arbitrary: atTheMoment },
        { weight: 1, arbitrary: atTheLast },
      ],
    }),
  },
  {
    stress: 'sign-ins that are revoked',
    programs: stressing(revoking, {
      trouble: troubles.ofRevoking,
      thenPass: littleTime,
      scenes: [
        { weight: 3, arbitrary: whileRevoked },
        { weight: 2, arbitrary: theOffered },
      ],
    }),
  },
  {
    stress: 'who comes back, and who is in control',
    programs: stressing(returning, {
      trouble: ofReturns,
      thenPass: littleTime,
      scenes: [
        { weight: 3, arbitrary: meeting },
        { weight: 2, arbitrary: lostAndBack },
        { weight: 1, arbitrary: atWindowsEnd },
        { weight: 1, arbitrary: contested },
      ],
    }),
  },
] as const;
