import * as z from 'zod/mini';

export const sessionMode = z.enum(['control', 'view']);
export type SessionMode = z.infer<typeof sessionMode>;

/** `suspended`: one side is away, and the session waits for it. */
export const sessionState = z.enum(['open', 'suspended']);
export type SessionState = z.infer<typeof sessionState>;

/** Rises with each change of control: of two words about it the higher one holds, and of equals the first. */
export const leaseEpoch = z.int().check(z.nonnegative());
