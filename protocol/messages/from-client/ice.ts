import * as z from 'zod/mini';
import { clientMessage } from './envelope.ts';

export const getIceServers = clientMessage('getIceServers', {}).check(
  z.describe('Asks for STUN and TURN servers.'),
);
