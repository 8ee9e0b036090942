import { createHash } from 'node:crypto';
import type { IceHolder } from '../../core/ports/ice-servers.ts';

const digestLength = 22;

/**
 * What follows the end in a TURN user name. It crosses networks in the clear and stands in the TURN
 * server's log: ids of sessions and clients, which name nobody, but a digest of a robot's id, which is
 * the name that it signs in with, and may hold quotes and backslashes, which coturn refuses.
 * A plain digest, not one by the secret: signing what somebody else has named would be signing for them.
 */
export function turnUserId(holder: IceHolder): string {
  if ('sessionId' in holder) return `${holder.side}.${holder.sessionId}`;
  if ('clientId' in holder) return `client.${holder.clientId}`;
  return `robot.${createHash('sha256').update(holder.robotId).digest('base64url').slice(0, digestLength)}`;
}
