import * as z from 'zod/mini';
import { robotId, sessionId } from '../../ids.ts';
import { timestampMs } from '../timestamp.ts';
import { serverMessage } from './envelope.ts';
import { controlledBy, robotState } from './robots.ts';

export const watching = serverMessage('watching', {}).check(
  z.describe('Answers `watchRobots`. List the robots after it: what changes from here on is told.'),
);

export const robotStatus = serverMessage('robotStatus', {
  robotId,
  state: robotState,
  sinceAt: timestampMs.check(z.describe('since when it is in this state')),
  controlledBy,
}).check(
  z.describe(
    'A robot that is watched has changed its state, or control of it has changed hands. May be said twice; the last word holds. A robot that fell silent without a goodbye is `online` until the gateway gives its connection up, after 10 minutes at most.',
  ),
);

export const peerAway = serverMessage('peerAway', {
  sessionId,
  resumeEndsAt: timestampMs.check(z.describe('until when the session waits for the other side')),
}).check(
  z.describe(
    'The other side of a session has lost its connection. Keep what is to be sent; `peerBack` or `sessionClosed` follows.',
  ),
);

export const peerBack = serverMessage('peerBack', {
  sessionId,
  received: z
    .int()
    .check(
      z.nonnegative(),
      z.describe('highest `seq` without a gap that the other side has of yours: send again what is above it'),
    ),
}).check(z.describe('The other side of a session is back, on a new connection.'));
