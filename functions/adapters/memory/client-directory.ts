import type { ClientDirectory } from '../../core/ports/client-directory.ts';
import { called, type MemoryState, sessionName } from './memory-state.ts';

export function memoryClientDirectory({ clients }: MemoryState): ClientDirectory {
  return {
    enter: ({ clientId, connectionId }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.isDetached && client.connectionId === connectionId) return;
        const sessions = client?.sessions ?? new Map();
        clients.set(clientId, { connectionId, isDetached: false, sessions });
      }),

    sessionsOf: (clientId) => called(() => [...(clients.get(clientId)?.sessions.values() ?? [])]),

    addSession: (clientId, { connectionId, session }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId !== connectionId || client.isDetached) return false;
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

    detach: (clientId, connectionId) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId !== connectionId) return [];
        clients.set(clientId, { ...client, isDetached: true });
        return [...client.sessions.values()];
      }),

    remove: (clientId, connectionId) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId === connectionId && client.isDetached) clients.delete(clientId);
      }),
  };
}
