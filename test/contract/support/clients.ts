import type { ClientSession, SessionKey } from '../../../functions/core/model/client-session.ts';
import type { ClientDirectory } from '../../../functions/core/ports/client-directory.ts';
import { client, connectionId, entering, holder, leaving, robot, session, t0 } from './samples.ts';

type By = Parameters<ClientDirectory['takeOver']>[1];

/** A return by the key that a client has entered with, unless said otherwise. */
export function returning(connection: string, more: Partial<By> = {}): By {
  return {
    principalId: holder,
    connectionId: connectionId(connection),
    presentedHash: 'key-1',
    keyHash: 'key-2',
    tokenExpiresAt: t0 + 60_000,
    now: t0,
    ...more,
  };
}

/** Until when a client that was detached may come back, unless said otherwise. */
export const { resumeEndsAt } = leaving('c1');

export const sessionKey = (sessionId: string, robotId = 'rover-1'): SessionKey => ({
  robotId: robot(robotId),
  sessionId: session(sessionId),
});

export const bySessionId = (keys: readonly (SessionKey | ClientSession)[]) =>
  [...keys].sort((one, other) => one.sessionId.localeCompare(other.sessionId));

/** One client of a directory, as a case speaks of it. */
export function clientIn(directory: () => ClientDirectory, name = 'k') {
  const k = client(name);
  return {
    enter: (connection: string, keyHash = 'key-1') =>
      directory().enter(entering(name, { connectionId: connectionId(connection), keyHash })),
    takeOver: (connection: string, more: Partial<By> = {}) =>
      directory().takeOver(k, returning(connection, more)),
    detach: async (connection: string, until = resumeEndsAt) =>
      (await directory().detach(k, leaving(connection, until)))?.sessions ?? [],
    rejoin: (connection: string, more: { keyHash?: string; presentedHash?: string } = {}) =>
      directory().rejoin(k, {
        connectionId: connectionId(connection),
        keyHash: 'key-again',
        presentedHash: undefined,
        ...more,
      }),
    settle: (connection: string) => directory().settle(k, connectionId(connection)),
    add: (connection: string, sessionId: string) =>
      directory().addSession(k, { connectionId: connectionId(connection), session: sessionKey(sessionId) }),
    sessions: () => directory().sessionsOf(k),
    giveBack: (of: Parameters<ClientDirectory['giveBack']>[1]) => directory().giveBack(k, of),
    removeSession: (sessionId: string) => directory().removeSession(k, sessionKey(sessionId)),
    remove: (connection: string) => directory().remove(k, connectionId(connection)),
    removeIfIdle: () => directory().removeIfIdle(k),
  };
}
