import * as z from 'zod/mini';
import { clientMessage } from './envelope.ts';

export const refreshToken = clientMessage('refreshToken', {
  token: z.string().check(z.minLength(1), z.maxLength(16_384), z.describe('a newer token of the same user')),
}).check(
  z.describe('Lengthens the life of the open connection. Works until the grace after expiry has ended.'),
);
