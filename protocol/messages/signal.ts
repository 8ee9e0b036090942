import * as z from 'zod/mini';
import { robotId, sessionId } from '../ids.ts';
import { clientMessage, serverMessage } from './envelope.ts';
import { kind } from './hello.ts';

export const signalKind = z.enum(['offer', 'answer', 'candidate', 'candidatesEnd', 'restart', 'custom']);
export type SignalKind = z.infer<typeof signalKind>;

const seq = z
  .int()
  .check(z.positive(), z.describe('counts from 1 per sender and session; the server does not check it'));

export const signal = clientMessage('signal', {
  sessionId,
  robotId,
  seq,
  kind: signalKind,
  data: z.optional(z.unknown().check(z.describe('passed on as it is; for `candidate` one or an array'))),
}).check(z.describe('Sends one signal to the other side of a session.'));

export const signalAck = serverMessage('signalAck', { sessionId, seq }).check(
  z.describe(
    'Only when the `signal` had a `requestId`: the gateway has accepted it for the peer. No proof of arrival.',
  ),
);

export const relayedSignal = serverMessage('signal', {
  sessionId,
  robotId,
  from: kind.check(z.describe('which side sent it')),
  seq,
  kind: signalKind,
  data: z.optional(z.unknown()),
  leaseEpoch: z.int().check(z.nonnegative(), z.describe('the control lease under which it was sent')),
}).check(z.describe('A signal from the other side. Several can arrive out of order: sort by `seq`.'));

export type Signal = z.infer<typeof signal>;
export type RelayedSignal = z.infer<typeof relayedSignal>;
