import * as z from 'zod/mini';
import { errorCodeNames } from '../../error-codes.ts';
import { sessionId } from '../../ids.ts';
import { serverMessage } from './envelope.ts';

export const errorMessage = serverMessage('error', {
  code: z.enum(errorCodeNames),
  message: z.string().check(z.describe('for people; says what happened and what to do, never a secret')),
  retryable: z.boolean(),
  retryAfterMs: z.optional(z.int().check(z.positive())),
  supported: z.optional(z.array(z.int()).check(z.describe('with `protocol_unsupported`'))),
  sessionId: z.optional(sessionId.check(z.describe('echoed for a `signal`'))),
  seq: z.optional(z.int().check(z.describe('echoed for a `signal`'))),
}).check(z.describe('Something was refused or failed.'));

export type ErrorMessage = z.infer<typeof errorMessage>;
