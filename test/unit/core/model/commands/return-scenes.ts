import fc from 'fast-check';
import { littleTime, untilWindow } from '../passing.ts';
import { type Round, roundOf, type Step, type Trouble } from '../steps.ts';
import { policy } from '../world.ts';
import { cleanups } from './cleanup.ts';
import { backOf, helloAgain, returns } from './come-back.ts';
import { arrivals } from './connect.ts';
import { controls } from './control.ts';
import { byes, cuts, deafenings, disconnects, losses } from './leave.ts';
import { moments } from './moment.ts';
import { opens } from './open-session.ts';
import { refreshes } from './refresh.ts';
import { closes } from './signal.ts';

/** What may be slow where somebody comes back. */
export const ofReturns: Trouble = {
  blindOften: 0,
  slow: [
    ...['clients.takeOver', 'clients.detach', 'clients.giveBack', 'clients.settle', 'clients.rejoin'],
    ...['sessions.moveTo', 'sessions.suspend', 'sessions.get', 'sessions.remove', 'sessions.listByRobot'],
    ...['connections.markReady', 'connections.get', 'robots.get', 'robots.release', 'robots.claim'],
    ...['robots.takeControl', 'robots.passControl', 'robots.dropControl', 'peers.post', 'peers.post'],
  ],
};

type Scene = fc.Arbitrary<readonly Round[]>;

const round = (steps: fc.Arbitrary<readonly Step[]>, thenPass = littleTime) =>
  roundOf(steps, { trouble: ofReturns, thenPass });

/** What meets: a loss, a return, a late `$disconnect`, the end of the window, a change of control, a close. */
const whatMeets = fc.oneof(
  { weight: 2, arbitrary: losses.any },
  { weight: 4, arbitrary: returns.any },
  { weight: 2, arbitrary: disconnects.any },
  { weight: 2, arbitrary: cleanups.any },
  { weight: 3, arbitrary: controls.any },
  { weight: 1, arbitrary: closes.any },
  { weight: 1, arbitrary: deafenings.any },
  { weight: 1, arbitrary: opens.any },
  { weight: 1, arbitrary: helloAgain.any },
  { weight: 1, arbitrary: byes.any },
  { weight: 1, arbitrary: refreshes.any },
);

/** Another one opens a session, and then control is asked for, given and taken at once. */
export const contested: Scene = fc
  .record({
    user: fc.constantFrom(2, 3, 4),
    coming: round(fc.constant([])),
    opening: round(fc.constant([])),
    asking: round(fc.tuple(controls.any, fc.oneof(controls.any, whatMeets))),
  })
  .map(({ user, coming, opening, asking }) => [
    {
      ...coming,
      steps: [arrivals.of({ user, signIn: 'latest', lifeMs: policy.tokenMs, ageMs: 0 })],
      thenPass: 0,
    },
    { ...opening, steps: [opens.of({ back: 0, mode: 'view', requestId: undefined })], thenPass: 0 },
    asking,
  ]);

/** Two or three of them at once. */
export const meeting: Scene = round(fc.array(whatMeets, { minLength: 2, maxLength: 3 })).map((met) => [met]);

/** Somebody is lost, with or without a word of it, and comes back, while something else happens. */
export const lostAndBack: Scene = fc
  .record({
    back: fc.constantFrom(0, 0, 1, 2),
    loss: fc.constantFrom(losses, cuts),
    losing: round(fc.constant([])),
    other: fc.oneof(whatMeets, moments.any),
    coming: round(fc.constant([])),
  })
  .map(({ back, loss, losing, other, coming }) => [
    { ...losing, steps: [loss.of(back)] },
    // Who came last is not always who was lost: then both are there, for a while.
    { ...coming, steps: [backOf(back), other] },
  ]);

/** Somebody is lost, and a return or a change meets the cleanup at the end of the window. */
export const atWindowsEnd: Scene = fc
  .record({
    losing: roundOf(
      fc.tuple(losses.any).map((loss): readonly Step[] => loss),
      { trouble: ofReturns, thenPass: untilWindow },
    ),
    meeting: round(
      fc.tuple(
        cleanups.any,
        fc.oneof(returns.any, controls.any, disconnects.any, closes.any, helloAgain.any),
        fc.oneof(moments.any, returns.any, whatMeets),
      ),
    ),
  })
  .map(({ losing, meeting: met }) => [losing, met]);
