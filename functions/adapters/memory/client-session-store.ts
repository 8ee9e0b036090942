import type { ClientSession, SessionKey } from '../../core/model/client-session.ts';
import type { ClientSessionStore } from '../../core/ports/client-session-store.ts';
import { shardOf } from '../dynamodb/deadline.ts';
import { called, dueIn, type MemoryState, placeName, sessionName } from './memory-state.ts';

export function memoryClientSessionStore({ sessions }: MemoryState): ClientSessionStore {
  const find = (key: SessionKey) => {
    const session = sessions.get(placeName(key));
    return session?.sessionId === key.sessionId ? session : undefined;
  };
  const take = (session: ClientSession | undefined) => {
    if (session !== undefined) sessions.delete(placeName(session));
    return session;
  };

  return {
    create: (session) =>
      called(() => {
        const existing = sessions.get(placeName(session));
        if (existing !== undefined) return { created: false, session: existing };
        sessions.set(placeName(session), session);
        return { created: true, session };
      }),

    get: (key) => called(() => find(key)),

    listByRobot: (robotId) =>
      called(() => [...sessions.values()].filter((session) => session.robotId === robotId)),

    remove: (key, onlyOn) =>
      called(() => {
        const session = find(key);
        const on = session?.socket?.connectionId;
        const isElsewhere = onlyOn === 'anyConnection' ? on === undefined : onlyOn !== on;
        return onlyOn !== undefined && isElsewhere ? undefined : take(session);
      }),

    removeUnadopted: (key) =>
      called(() => {
        const session = find(key);
        return session?.isAdopted === true ? undefined : take(session);
      }),

    removeIfDue: (key, now) =>
      called(() => {
        const session = find(key);
        return session !== undefined && session.nextDeadlineAt <= now ? take(session) : undefined;
      }),

    copyToken: (key, { connectionId, tokenExpiresAt, nextDeadlineAt }) =>
      called(() => {
        const session = find(key);
        if (session?.socket?.connectionId !== connectionId) return false;
        if (tokenExpiresAt >= session.socket.tokenExpiresAt) {
          const socket = { ...session.socket, tokenExpiresAt };
          sessions.set(placeName(key), { ...session, socket, nextDeadlineAt });
        }
        return true;
      }),

    suspend: (key, { clientId, clientEpoch, resumeEndsAt }) =>
      called(() => {
        const session = find(key);
        if (session?.socket === undefined || session.clientId !== clientId) return false;
        if (session.clientEpoch > clientEpoch) return false;
        const { socket: _, ...rest } = session;
        sessions.set(placeName(key), { ...rest, clientEpoch, resumeEndsAt, nextDeadlineAt: resumeEndsAt });
        return true;
      }),

    moveTo: (key, { clientId, clientEpoch, ...place }) =>
      called(() => {
        const session = find(key);
        if (session?.clientId !== clientId || session.clientEpoch > clientEpoch) return undefined;
        if (session.clientEpoch === clientEpoch && session.socket === undefined) return undefined;
        const { resumeEndsAt: _, ...rest } = session;
        const moved = { ...rest, clientEpoch, ...place };
        sessions.set(placeName(key), moved);
        return moved;
      }),

    noteReceived: (key, received) =>
      called(() => {
        const session = find(key);
        if (session === undefined) return;
        sessions.set(placeName(key), { ...session, received: { ...session.received, ...received } });
      }),

    due: (of) =>
      called(() =>
        dueIn(
          sessions.values(),
          {
            keyOf: ({ robotId, sessionId }) => ({ robotId, sessionId }),
            shardOf: (session) => shardOf(sessionName(session)),
            deadlineOf: ({ nextDeadlineAt }) => nextDeadlineAt,
          },
          of,
        ),
      ),
  };
}
