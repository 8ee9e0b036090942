import fc from 'fast-check';
import { oneByOne } from '../steps.ts';
import { policy } from '../world.ts';
import { cleanups } from './cleanup.ts';
import { connects } from './connect.ts';
import { hellos } from './hello.ts';
import { byes, cuts, disconnects } from './leave.ts';
import { opens } from './open-session.ts';
import { refreshes } from './refresh.ts';
import { closes, signals } from './signal.ts';

/** What can happen, the common more often. */
export const anything = fc.oneof(
  { weight: 4, arbitrary: connects.any },
  { weight: 10, arbitrary: hellos.any },
  { weight: 8, arbitrary: refreshes.any },
  { weight: 9, arbitrary: opens.any },
  { weight: 14, arbitrary: signals.any },
  { weight: 1, arbitrary: closes.any },
  { weight: 2, arbitrary: cuts.any },
  { weight: 4, arbitrary: disconnects.any },
  { weight: 1, arbitrary: byes.any },
  { weight: 4, arbitrary: cleanups.any },
);

const robot = { user: 0, lifeMs: policy.tokenMs };
const person = { user: 2, lifeMs: policy.tokenMs };
const aRobot = oneByOne(connects.of(robot), hellos.of(0));
const andAClient = oneByOne(connects.of(person), hellos.of(0));
const andASession = oneByOne(opens.of({ back: 0, mode: 'control', requestId: undefined }));
const andAnother = oneByOne(connects.of({ ...robot, user: 1 }));

/** Where a program begins: most with somebody there, or little would come of it. */
export const beginnings = fc.constantFrom(
  [],
  aRobot,
  [...aRobot, ...andAClient],
  [...aRobot, ...andAClient, ...andASession],
  [...aRobot, ...andAClient, ...andASession, ...andAnother],
);
