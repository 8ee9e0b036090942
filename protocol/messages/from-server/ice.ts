import * as z from 'zod/mini';
import { iceServersOfOne } from '../ice-server.ts';
import { timestampMs } from '../timestamp.ts';
import { serverMessage } from './envelope.ts';

export const iceServers = serverMessage('iceServers', {
  iceServers: iceServersOfOne,
  expiresAt: timestampMs.check(
    z.describe('ask again after this moment, before anything new is to be gathered'),
  ),
}).check(z.describe('Answers `getIceServers`.'));
