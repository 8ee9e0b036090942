import * as z from 'zod/mini';
import { clientId, robotId } from '../../ids.ts';
import { timestampMs } from '../timestamp.ts';
import { serverMessage } from './envelope.ts';

export const robotState = z.enum(['online', 'away', 'offline']);
export type RobotState = z.infer<typeof robotState>;

/** Who holds control, for people. */
export const controlledBy = z.optional(
  z
    .object({
      clientId,
      userName: z.optional(
        z.string().check(z.describe('as the user pool has it; absent where it is not known')),
      ),
      sinceAt: timestampMs.check(z.describe('since when')),
    })
    .check(
      z.describe(
        'whose session holds control; absent when nobody does, and while it changes hands. To be shown: what decides is `controller` and `leaseEpoch`',
      ),
    ),
);

export const robotEntry = z.object({
  robotId,
  state: robotState,
  sinceAt: z.optional(timestampMs.check(z.describe('since when it is in this state'))),
  fleets: z.array(z.string()),
  controlled: z.boolean().check(z.describe('whether a session holds control')),
  controlledBy,
});
export type RobotEntry = z.infer<typeof robotEntry>;

export const robots = serverMessage('robots', {
  robots: z.array(robotEntry),
  cursor: z.optional(z.string().check(z.describe('absent on the last page'))),
}).check(z.describe('Answers `listRobots`.'));
