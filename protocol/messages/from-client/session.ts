import * as z from 'zod/mini';
import { robotId, sessionId } from '../../ids.ts';
import { sessionMode } from '../session-words.ts';
import { clientMessage } from './envelope.ts';

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

export const closeSession = clientMessage('closeSession', {
  sessionId,
  robotId,
  reason: z.optional(z.enum(['closed', 'refused', 'busy']).check(z.describe('default: `closed`'))),
}).check(z.describe('Ends a session, from either side.'));
