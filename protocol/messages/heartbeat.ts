import * as z from 'zod/mini';
import { clientMessage } from './envelope.ts';

export const ping = clientMessage('ping', {}).check(
  z.describe('Answered with `pong` by the gateway itself, hence without `requestId`.'),
);

export const keepAlive = clientMessage('keepAlive', {}).check(
  z.describe('Keeps the connection from idling out. No answer, half the price of `ping`.'),
);

export const pong = z.object({ type: z.literal('pong') }).check(z.describe('Answers `ping`.'));

/** The very text that the gateway's mock integration sends. */
export const pongText = JSON.stringify({ type: 'pong' } satisfies z.infer<typeof pong>);
