import * as z from 'zod/mini';
import { closeReasonNames } from '../close-reasons.ts';
import { clientId, robotId, sessionId } from '../ids.ts';
import { clientMessage, serverMessage } from './envelope.ts';
import { iceServersOfOne } from './ice.ts';

export const sessionMode = z.enum(['control', 'view']);
export type SessionMode = z.infer<typeof sessionMode>;

/** `suspended`: one side is away, and the session waits for it. */
export const sessionState = z.enum(['open', 'suspended']);
export type SessionState = z.infer<typeof sessionState>;

/** Rises with each change of control: of two words about it the higher one holds, and of equals the first. */
export const leaseEpoch = z.int().check(z.nonnegative());

/** Who may drive the robot. */
const lease = {
  controller: z.nullable(sessionId).check(z.describe('the session that holds control, or null')),
  leaseEpoch,
};

export const openSession = clientMessage('openSession', {
  robotId,
  mode: sessionMode.check(
    z.describe('`control` asks for control, and gets `view` when another session holds it'),
  ),
}).check(
  z.describe(
    'Opens a session with a robot. Repeated with the same `requestId` it gives the same session. The client then sends the first offer.',
  ),
);

export const sessionOpened = serverMessage('sessionOpened', {
  sessionId,
  robotId,
  mode: sessionMode.check(z.describe('what was granted')),
  state: sessionState,
  ...lease,
  iceServers: iceServersOfOne,
}).check(z.describe('Answers `openSession`.'));

export const sessionRequested = serverMessage('sessionRequested', {
  sessionId,
  clientId,
  mode: sessionMode,
  ...lease,
  iceServers: iceServersOfOne,
}).check(
  z.describe(
    'Tells the robot of a new session. Its answer to the offer accepts, its `closeSession` refuses.',
  ),
);

export const closeSession = clientMessage('closeSession', {
  sessionId,
  robotId,
  reason: z.optional(z.enum(['closed', 'refused', 'busy']).check(z.describe('default: `closed`'))),
}).check(z.describe('Ends a session, from either side.'));

export const sessionClosed = serverMessage('sessionClosed', {
  sessionId,
  reason: z.enum(closeReasonNames),
}).check(z.describe('Answers `closeSession`, and tells the other side.'));

export type SessionOpened = z.infer<typeof sessionOpened>;
export type SessionClosed = z.infer<typeof sessionClosed>;
