import * as z from 'zod/mini';
import { clientMessage } from './envelope.ts';

export const ping = clientMessage('ping', {}).check(
  z.describe('Answered with `pong` by the gateway itself, hence without `requestId`.'),
);

export const keepAlive = clientMessage('keepAlive', {}).check(
  z.describe('Keeps the connection from idling out. No answer, half the price of `ping`.'),
);
