import * as z from 'zod/mini';
import { clientId, robotId, sessionId } from '../../ids.ts';
import { serverMessage } from './envelope.ts';

export const controlChanged = serverMessage('controlChanged', {
  robotId,
  sessionId: z.nullable(sessionId).check(z.describe('the session that holds control now, or null')),
  leaseEpoch: z
    .int()
    .check(z.nonnegative(), z.describe('rises with each change: what is older is not to be obeyed')),
}).check(z.describe('Answers the three above, and tells the robot and all of its sessions.'));

export const controlRequested = serverMessage('controlRequested', { sessionId, clientId }).check(
  z.describe('Tells the holder of control, and the robot, that this session asks for it.'),
);

export type ControlChanged = z.infer<typeof controlChanged>;
