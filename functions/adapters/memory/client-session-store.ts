import type { ClientSession } from '../../core/model/client-session.ts';
import type { ClientSessionStore } from '../../core/ports/client-session-store.ts';
import { shardOf } from '../dynamodb/deadline.ts';
import { called, dueIn, type MemoryState, sessionName } from './memory-state.ts';

export function memoryClientSessionStore({ sessions }: MemoryState): ClientSessionStore {
  const take = (session: ClientSession | undefined) => {
    if (session !== undefined) sessions.delete(sessionName(session));
    return session;
  };

  return {
    create: (session) =>
      called(() => {
        const existing = sessions.get(sessionName(session));
        if (existing !== undefined) return { created: false, session: existing };
        sessions.set(sessionName(session), session);
        return { created: true, session };
      }),

    get: (key) => called(() => sessions.get(sessionName(key))),

    listByRobot: (robotId) =>
      called(() => [...sessions.values()].filter((session) => session.robotId === robotId)),

    remove: (key, onlyOn) =>
      called(() => {
        const session = sessions.get(sessionName(key));
        const isElsewhere = onlyOn !== undefined && session?.socket?.connectionId !== onlyOn;
        return isElsewhere ? undefined : take(session);
      }),

    removeIfDue: (key, now) =>
      called(() => {
        const session = sessions.get(sessionName(key));
        return session !== undefined && session.nextDeadlineAt <= now ? take(session) : undefined;
      }),

    copyToken: (key, { connectionId, tokenExpiresAt, nextDeadlineAt }) =>
      called(() => {
        const session = sessions.get(sessionName(key));
        if (session?.socket?.connectionId !== connectionId) return false;
        if (tokenExpiresAt >= session.socket.tokenExpiresAt) {
          const socket = { ...session.socket, tokenExpiresAt };
          sessions.set(sessionName(key), { ...session, socket, nextDeadlineAt });
        }
        return true;
      }),

    suspend: (key, { clientId, clientEpoch, resumeEndsAt }) =>
      called(() => {
        const session = sessions.get(sessionName(key));
        if (session?.socket === undefined || session.clientId !== clientId) return false;
        if (session.clientEpoch > clientEpoch) return false;
        const { socket: _, ...rest } = session;
        sessions.set(sessionName(key), { ...rest, clientEpoch, resumeEndsAt, nextDeadlineAt: resumeEndsAt });
        return true;
      }),

    moveTo: (key, { clientId, clientEpoch, socket, nextDeadlineAt }) =>
      called(() => {
        const session = sessions.get(sessionName(key));
        if (session?.clientId !== clientId || session.clientEpoch > clientEpoch) return undefined;
        if (session.clientEpoch === clientEpoch && session.socket === undefined) return undefined;
        const { resumeEndsAt: _, ...rest } = session;
        const moved = { ...rest, clientEpoch, socket, nextDeadlineAt };
        sessions.set(sessionName(key), moved);
        return moved;
      }),

    noteReceived: (key, received) =>
      called(() => {
        const session = sessions.get(sessionName(key));
        if (session === undefined) return;
        sessions.set(sessionName(key), { ...session, received: { ...session.received, ...received } });
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
