import * as z from 'zod/mini';
import { closeReasonNames } from '../../close-reasons.ts';
import { clientId, robotId, sessionId } from '../../ids.ts';
import { iceServersOfOne } from '../ice-server.ts';
import { leaseEpoch, sessionMode, sessionState } from '../session-words.ts';
import { serverMessage } from './envelope.ts';

/** Who may drive the robot. */
const lease = {
  controller: z.nullable(sessionId).check(z.describe('the session that holds control, or null')),
  leaseEpoch,
};

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

export const sessionClosed = serverMessage('sessionClosed', {
  sessionId,
  reason: z.enum(closeReasonNames),
}).check(z.describe('Answers `closeSession`, and tells the other side.'));

export type SessionOpened = z.infer<typeof sessionOpened>;

export type SessionClosed = z.infer<typeof sessionClosed>;
