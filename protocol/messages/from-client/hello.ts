import * as z from 'zod/mini';
import { sessionId } from '../../ids.ts';
import { clientMessage } from './envelope.ts';

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
