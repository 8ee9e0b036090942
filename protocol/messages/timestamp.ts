import * as z from 'zod/mini';

/** A moment: Unix milliseconds. */
export const timestampMs = z.int().check(z.nonnegative(), z.describe('Unix milliseconds'));
