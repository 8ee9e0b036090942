import * as z from 'zod';
import { clientMessage, serverMessage, timestampMs } from './envelope.ts';

/** As `RTCConfiguration.iceServers` takes it. */
export const iceServer = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof iceServer>;

export const getIceServers = clientMessage('getIceServers', {}).describe('Asks for STUN and TURN servers.');

export const iceServers = serverMessage('iceServers', {
  iceServers: z.array(iceServer),
  expiresAt: timestampMs.describe('ask again after this moment'),
}).describe('Answers `getIceServers`.');
