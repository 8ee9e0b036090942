import * as z from 'zod/mini';
import { clientId, connectionId, principalId, robotId, sessionId } from '../ids.ts';
import { clientMessage, sentAt, serverMessage, timestampMs } from './envelope.ts';
import { leaseEpoch, sessionMode, sessionState } from './session.ts';

export const hello = clientMessage('hello', {
  protocol: z.int().check(z.describe('the protocol version spoken: 1')),
  resume: z.optional(
    z
      .union([z.string().check(z.minLength(1), z.maxLength(256)), z.literal(true)])
      .check(
        z.describe(
          'clients: the `resumeKey` of the last `welcome`; robots: `true`. Without it the sessions of before end, or stay with the other tab',
        ),
      ),
  ),
  received: z.optional(
    z
      .record(sessionId, z.int().check(z.nonnegative()))
      .check(
        z.describe('by session, the highest `seq` without a gap that has arrived; passed on as `peerBack`'),
      ),
  ),
  agent: z.optional(
    z.string().check(z.maxLength(128), z.describe('name and version of the client software')),
  ),
}).check(
  z.describe(
    'The first message on every connection. Claims the robot or client session; nothing else is to be sent before `welcome`.',
  ),
);

export const kind = z.enum(['robot', 'client']);
export type Kind = z.infer<typeof kind>;

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
