import * as z from 'zod/mini';
import { robotId, sessionId } from '../../ids.ts';
import { kind } from '../kind.ts';
import { seq, signalKind } from '../signal-words.ts';
import { serverMessage } from './envelope.ts';

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

export type RelayedSignal = z.infer<typeof relayedSignal>;
