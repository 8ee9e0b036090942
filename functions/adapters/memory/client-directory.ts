import type { SessionKey } from '../../core/model/client-session.ts';
import type { ClientDirectory } from '../../core/ports/client-directory.ts';
import { called, type MemoryClient, type MemoryState, sessionName } from './memory-state.ts';

export function memoryClientDirectory({ clients }: MemoryState): ClientDirectory {
  const sessionsIn = (client: MemoryClient | undefined): readonly SessionKey[] => [
    ...(client?.sessions.values() ?? []),
  ];

  return {
    enter: ({ clientId, principalId, connectionId, keyHash }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client !== undefined && client.connectionId !== connectionId) return false;
        clients.set(clientId, {
          ...client,
          principalId,
          connectionId,
          epoch: client?.epoch ?? 1,
          keyHashes: [keyHash, client?.keyHashes[0] ?? keyHash],
          sessions: client?.sessions ?? new Map(),
        });
        return true;
      }),

    takeOver: (clientId, { principalId, connectionId, presentedHash, keyHash, now }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.principalId !== principalId || !client.keyHashes.includes(presentedHash))
          return undefined;
        const { connectionId: before, resumeEndsAt, keyHashes, sessions } = client;
        if (before === connectionId) return undefined;
        if (before === undefined && (resumeEndsAt ?? 0) <= now) return undefined;
        const epoch = client.epoch + 1;
        clients.set(clientId, {
          principalId,
          connectionId,
          epoch,
          keyHashes: [keyHash, presentedHash],
          sessions,
          arrival: before === undefined ? {} : { replaced: before },
          cameBack: true,
        });
        const previous = {
          keyHashes,
          ...(before !== undefined && { connectionId: before }),
          ...(resumeEndsAt !== undefined && { resumeEndsAt }),
          ...(client.arrival !== undefined && { arrival: client.arrival }),
        };
        return { epoch, sessions: sessionsIn(client), previous };
      }),

    rejoin: (clientId, { connectionId, keyHash, presentedHash }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId !== connectionId) return undefined;
        const [before = keyHash] = client.keyHashes;
        const isKnown = presentedHash !== undefined && client.keyHashes.includes(presentedHash);
        // Of a settled one nothing can be given back.
        const epoch = client.arrival === undefined ? client.epoch : client.epoch + 1;
        clients.set(clientId, { ...client, epoch, keyHashes: [keyHash, isKnown ? presentedHash : before] });
        const { arrival, cameBack: resumed = false } = client;
        return { epoch, resumed, sessions: sessionsIn(client), ...(arrival !== undefined && { arrival }) };
      }),

    settle: (clientId, connectionId) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId !== connectionId) return false;
        const { arrival: _, ...settled } = client;
        clients.set(clientId, settled);
        return true;
      }),

    giveBack: (clientId, { epoch, previous, from }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.epoch !== epoch) return false;
        const { principalId, sessions } = client;
        const { connectionId, resumeEndsAt = 0, keyHashes } = previous;
        const again = { principalId, sessions, keyHashes, epoch: epoch + 1 };
        clients.set(
          clientId,
          connectionId === undefined
            ? { ...again, detachedFrom: from, resumeEndsAt }
            : { ...again, connectionId },
        );
        return true;
      }),

    sessionsOf: (clientId) => called(() => sessionsIn(clients.get(clientId))),

    addSession: (clientId, { connectionId, session }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client?.connectionId !== connectionId) return false;
        const sessions = new Map(client.sessions).set(sessionName(session), session);
        clients.set(clientId, { ...client, sessions });
        return true;
      }),

    removeSession: (clientId, session, onlyIf) =>
      called(() => {
        const client = clients.get(clientId);
        if (client === undefined) return;
        if (onlyIf === 'onlyIfAway' && client.connectionId !== undefined) return;
        const sessions = new Map(client.sessions);
        sessions.delete(sessionName(session));
        clients.set(clientId, { ...client, sessions });
      }),

    detach: (clientId, { connectionId, resumeEndsAt }) =>
      called(() => {
        const client = clients.get(clientId);
        if (client === undefined) return undefined;
        if (client.connectionId !== connectionId && client.detachedFrom !== connectionId) return undefined;
        const { connectionId: _, ...rest } = client;
        clients.set(clientId, {
          ...rest,
          detachedFrom: connectionId,
          // Repeated, the window does not begin anew.
          resumeEndsAt: client.resumeEndsAt ?? resumeEndsAt,
        });
        return { epoch: client.epoch, sessions: sessionsIn(client) };
      }),

    remove: (clientId, connectionId) =>
      called(() => {
        if (clients.get(clientId)?.detachedFrom === connectionId) clients.delete(clientId);
      }),

    removeIfIdle: (clientId) =>
      called(() => {
        const client = clients.get(clientId);
        if (client === undefined || client.connectionId !== undefined || client.sessions.size > 0) return;
        clients.delete(clientId);
      }),
  };
}
