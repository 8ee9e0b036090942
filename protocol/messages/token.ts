import * as z from 'zod';
import { goAwayCodeNames } from '../go-away-codes.ts';
import { clientMessage, serverMessage, timestampMs } from './envelope.ts';

export const refreshToken = clientMessage('refreshToken', {
  token: z.string().min(1).max(16_384).describe('a newer token of the same user'),
}).describe('Lengthens the life of the open connection. Works until the grace after expiry has ended.');

export const tokenRefreshed = serverMessage('tokenRefreshed', {
  tokenExpiresAt: timestampMs,
  refreshAt: timestampMs,
}).describe('Answers `refreshToken`.');

export const goAway = serverMessage('goAway', {
  code: z.enum(goAwayCodeNames),
  reconnect: z.boolean().describe('whether a new connection is worth a try'),
  reconnectAfterMs: z.int().nonnegative().optional(),
}).describe('Sent before the server closes the socket.');

export type TokenRefreshed = z.infer<typeof tokenRefreshed>;
export type GoAway = z.infer<typeof goAway>;
