import * as z from 'zod';
import { clientMessage } from './envelope.ts';

export const ping = clientMessage('ping', {}).describe(
  'Answered with `pong` by the gateway itself, hence without `requestId`.',
);

export const keepAlive = clientMessage('keepAlive', {}).describe(
  'Keeps the connection from idling out. No answer, half the price of `ping`.',
);

export const pong = z.object({ type: z.literal('pong') }).describe('Answers `ping`.');

/** The very text that the gateway's mock integration sends. */
export const pongText = JSON.stringify({ type: 'pong' } satisfies z.infer<typeof pong>);
