import * as z from 'zod';
import { clientId, connectionId, principalId, robotId, sessionId } from '../ids.ts';
import { clientMessage, sentAt, serverMessage, timestampMs } from './envelope.ts';
import { sessionMode, sessionState } from './session.ts';

export const hello = clientMessage('hello', {
  protocol: z.int().describe('the protocol version spoken: 1'),
  resume: z
    .union([z.string().min(1).max(256), z.literal(true)])
    .optional()
    .describe(
      'clients: the `resumeKey` of the last `welcome`; robots: `true`. Without it the sessions of before end, or stay with the other tab',
    ),
  received: z
    .record(sessionId, z.int().nonnegative())
    .optional()
    .describe('by session, the highest `seq` without a gap that has arrived; passed on as `peerBack`'),
  agent: z.string().max(128).optional().describe('name and version of the client software'),
}).describe(
  'The first message on every connection. Claims the robot or client session; nothing else is to be sent before `welcome`.',
);

export const kind = z.enum(['robot', 'client']);
export type Kind = z.infer<typeof kind>;

export const welcome = serverMessage('welcome', {
  connectionId,
  kind,
  principalId: principalId.describe('the `sub` of the token'),
  robotId: robotId.optional().describe('robots only'),
  clientId: clientId.optional().describe('clients only'),
  resumeKey: z
    .string()
    .optional()
    .describe(
      'clients only: takes over this client, its sessions and its control; a new one in each `welcome`',
    ),
  groups: z.array(z.string()),
  sentAt,
  tokenExpiresAt: timestampMs,
  refreshAt: timestampMs.describe('when `refreshToken` should be sent'),
  connectionExpiresAt: timestampMs.describe('by when a second connection should have taken over'),
  resumed: z.boolean().describe('whether sessions of an earlier connection were taken over'),
  sessions: z.array(
    z.object({
      sessionId,
      robotId,
      clientId,
      mode: sessionMode,
      state: sessionState,
      received: z
        .int()
        .nonnegative()
        .describe('highest `seq` of yours that the other side has told to have; send again what is above it'),
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
}).describe(
  'Answers `hello`: who the server takes the caller for, its open sessions, and every time it must keep.',
);

export type Welcome = z.infer<typeof welcome>;
