import * as z from 'zod/mini';
import { clientId, connectionId, principalId, robotId, sessionId } from '../../ids.ts';
import { kind } from '../kind.ts';
import { leaseEpoch, sessionMode, sessionState } from '../session-words.ts';
import { timestampMs } from '../timestamp.ts';
import { sentAt, serverMessage } from './envelope.ts';

export const welcome = serverMessage('welcome', {
  connectionId,
  kind,
  principalId: principalId.check(z.describe('the `sub` of the token')),
  robotId: z.optional(robotId.check(z.describe('robots only'))),
  clientId: z.optional(clientId.check(z.describe('clients only'))),
  resumeKey: z.optional(
    z
      .string()
      .check(
        z.describe(
          'clients only: takes over this client, its sessions and its control; a new one in each `welcome`',
        ),
      ),
  ),
  groups: z.array(z.string()),
  sentAt,
  tokenExpiresAt: timestampMs,
  refreshAt: timestampMs.check(z.describe('when `refreshToken` should be sent')),
  connectionExpiresAt: timestampMs.check(z.describe('by when a second connection should have taken over')),
  resumed: z.boolean().check(z.describe('whether sessions of an earlier connection were taken over')),
  sessions: z.array(
    z.object({
      sessionId,
      robotId,
      clientId,
      mode: sessionMode.check(z.describe('`control` for the one that holds it now')),
      leaseEpoch: leaseEpoch.check(z.describe('of the control of its robot')),
      state: sessionState,
      received: z
        .int()
        .check(
          z.nonnegative(),
          z.describe(
            'highest `seq` of yours that the other side has told to have; send again what is above it',
          ),
        ),
    }),
  ),
  policy: z.object({
    warnMs: z.array(z.int()),
    graceMs: z.int(),
    resumeWindowMs: z.int(),
    heartbeatMs: z.int(),
    reconnectSpreadMs: z.int(),
    maxMessageBytes: z.int(),
  }),
}).check(
  z.describe(
    'Answers `hello`: who the server takes the caller for, its open sessions, and every time it must keep.',
  ),
);

export type Welcome = z.infer<typeof welcome>;
