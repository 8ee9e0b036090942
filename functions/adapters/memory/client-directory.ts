import type { ClientDirectory } from '../../core/ports/client-directory.ts';
import { called, type MemoryState, sessionName } from './memory-state.ts';

export function memoryClientDirectory({ clients }: MemoryState): ClientDirectory {
  return {
    enter: ({ clientId, connectionId }) =>
      called(() => {
        const sessions = clients.get(clientId)?.sessions ?? new Map();
        clients.set(clientId, { connectionId, sessions });
      }),

    sessionsOf: (clientId) => called(() => [...(clients.get(clientId)?.sessions.values() ?? [])]),

    addSession: (clientId, { connectionId, session }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId !== connectionId) return false;
        const sessions = new Map(client.sessions).set(sessionName(session), session);
        clients.set(clientId, { ...client, sessions });
        return true;
      }),

    removeSession: (clientId, session) =>
      called(() => {
        const client = clients.get(clientId);
        if (client === undefined) return;
        const sessions = new Map(client.sessions);
        sessions.delete(sessionName(session));
        clients.set(clientId, { ...client, sessions });
      }),

    leave: (clientId, connectionId) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId !== connectionId) return [];
        clients.delete(clientId);
        return [...client.sessions.values()];
      }),
  };
}
