import * as z from 'zod/mini';
import { clientId, robotId, sessionId } from '../ids.ts';
import { clientMessage, serverMessage } from './envelope.ts';

export const requestControl = clientMessage('requestControl', {
  sessionId,
  robotId,
  force: z.optional(z.boolean().check(z.describe('takes control from whoever holds it; admins only'))),
}).check(
  z.describe(
    'Asks for control. Free control is given at once; held control is refused with `control_held`, and the holder and the robot are told.',
  ),
);

export const grantControl = clientMessage('grantControl', {
  sessionId: sessionId.check(z.describe('the own session, which holds control')),
  robotId,
  to: sessionId.check(z.describe('the session that is to have it')),
}).check(z.describe('Hands control over to another session with the same robot.'));

export const releaseControl = clientMessage('releaseControl', { sessionId, robotId }).check(
  z.describe('Gives control back; the session goes on as a view.'),
);

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
