import * as z from 'zod/mini';
import { requestId } from '../../ids.ts';
import { timestampMs } from '../timestamp.ts';

/** The server's clock in messages that name moments to act at: a clock that is minutes off must neither loop nor sleep too long. */
export const sentAt = timestampMs.check(
  z.describe(
    'when the server sent this, by its clock. Count the other moments from here, not from a clock of your own: `refreshAt - sentAt` is how long to wait',
  ),
);

/** Every server message: a `type`, and the `requestId` of what it answers. */
export function serverMessage<Type extends string, Fields extends z.core.$ZodShape>(
  type: Type,
  fields: Fields,
) {
  return z.object({
    type: z.literal(type),
    requestId: z.optional(requestId),
    ...fields,
  });
}
