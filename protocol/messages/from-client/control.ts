import * as z from 'zod/mini';
import { robotId, sessionId } from '../../ids.ts';
import { clientMessage } from './envelope.ts';

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
