import * as z from 'zod/mini';

export const signalKind = z.enum(['offer', 'answer', 'candidate', 'candidatesEnd', 'restart', 'custom']);
export type SignalKind = z.infer<typeof signalKind>;

export const seq = z
  .int()
  .check(z.positive(), z.describe('counts from 1 per sender and session; the server does not check it'));
