import * as z from 'zod/mini';

export const kind = z.enum(['robot', 'client']);
export type Kind = z.infer<typeof kind>;
