import * as z from 'zod/mini';
import type { ClientId, PrincipalId, RobotId } from '../../../protocol/ids.ts';
import { robotId, sessionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../../core/model/client-session.ts';
import { parseRow } from './parse-row.ts';

/**
 * Keys of the directory. Whatever a fleet, a client or a user is named, its partition begins with its own
 * prefix and the name is the whole rest, so none can fall together with another's or with `robots`.
 */
export function clientKey(clientId: ClientId) {
  return { pk: `client#${clientId}`, sk: 'client' };
}

/** What was revoked of a user: as a whole, or one sign-in of theirs. */
export function revocationKey(principalId: PrincipalId, originJti?: string) {
  return { pk: `revoked#${principalId}`, sk: originJti === undefined ? 'all' : `signIn#${originJti}` };
}

export function watchPartition(topic: string): string {
  return `watch#${topic}`;
}

export function fleetPartition(fleet: string | undefined): string {
  return fleet === undefined ? 'robots' : `fleet#${fleet}`;
}

const robotPrefix = 'robot#';

/** Of no robot at all it is less than any robot's. */
export function robotSortKey(robotId: RobotId | ''): string {
  return `${robotPrefix}${robotId}`;
}

const robotRow = z.object({
  sk: z.pipe(
    z.pipe(
      z.string().check(z.startsWith(robotPrefix)),
      z.transform((sk) => sk.slice(robotPrefix.length)),
    ),
    robotId,
  ),
});

export function toRobotId(row: unknown): RobotId {
  return parseRow(robotRow, row).sk;
}

/** The session id first: it cannot hold a `#`, a robot's id can. */
export function sessionMember({ robotId, sessionId }: SessionKey): string {
  return `${sessionId}#${robotId}`;
}

export const sessionOfMember = z.pipe(
  z.pipe(
    z.string().check(z.regex(/^[^#]+#/)),
    z.transform((member) => {
      const end = member.indexOf('#');
      return { sessionId: member.slice(0, end), robotId: member.slice(end + 1) };
    }),
  ),
  z.object({ robotId, sessionId }),
);
