import * as z from 'zod/mini';
import { robotId, sessionId } from '../../ids.ts';
import { seq, signalKind } from '../signal-words.ts';
import { clientMessage } from './envelope.ts';

export const signal = clientMessage('signal', {
  sessionId,
  robotId,
  seq,
  kind: signalKind,
  data: z.optional(z.unknown().check(z.describe('passed on as it is; for `candidate` one or an array'))),
}).check(z.describe('Sends one signal to the other side of a session.'));

export type Signal = z.infer<typeof signal>;
