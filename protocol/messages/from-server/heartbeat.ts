import * as z from 'zod/mini';

export const pong = z.object({ type: z.literal('pong') }).check(z.describe('Answers `ping`.'));

/** The very text that the gateway's mock integration sends. */
export const pongText = JSON.stringify({ type: 'pong' } satisfies z.infer<typeof pong>);
