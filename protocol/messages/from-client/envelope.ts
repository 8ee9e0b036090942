import * as z from 'zod/mini';
import { requestId } from '../../ids.ts';

/** Every client message: an `action`, and a `requestId` where an answer is to be matched. Unknown fields are ignored. */
export function clientMessage<Action extends string, Fields extends z.core.$ZodShape>(
  action: Action,
  fields: Fields,
) {
  return z.object({
    action: z.literal(action),
    requestId: z.optional(requestId.check(z.describe('copied into the answer; up to 64 characters'))),
    ...fields,
  });
}
