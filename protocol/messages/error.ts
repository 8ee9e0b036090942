import * as z from 'zod';
import { errorCodeNames } from '../error-codes.ts';
import { sessionId } from '../ids.ts';
import { serverMessage } from './envelope.ts';

export const errorMessage = serverMessage('error', {
  code: z.enum(errorCodeNames),
  message: z.string().describe('for people; says what happened and what to do, never a secret'),
  retryable: z.boolean(),
  retryAfterMs: z.int().positive().optional(),
  supported: z.array(z.int()).optional().describe('with `protocol_unsupported`'),
  sessionId: sessionId.optional().describe('echoed for a `signal`'),
  seq: z.int().optional().describe('echoed for a `signal`'),
}).describe('Something was refused or failed.');

export type ErrorMessage = z.infer<typeof errorMessage>;
