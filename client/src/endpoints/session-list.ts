import type { SignalingClient } from '../signaling/contract.ts';
import type { ServerMessage } from '../wire/messages.ts';
import type { OwnSession } from './session.ts';

/** The open sessions of an endpoint, kept in step with what the server says of them. */
export type SessionList = {
  add(session: OwnSession): void;
  get(sessionId: string): OwnSession | undefined;
  all(): readonly OwnSession[];
};

export function createSessionList(client: SignalingClient): SessionList {
  const sessions = new Map<string, OwnSession>();
  const leaseEpochs = new Map<string, number>();
  let wasReady = false;

  function hear(message: ServerMessage) {
    switch (message.type) {
      case 'sessionClosed':
        return sessions.get(message.sessionId)?.end(message.reason);
      case 'peerAway':
        return sessions.get(message.sessionId)?.emit('peerAway', message);
      case 'peerBack':
        return sessions.get(message.sessionId)?.emit('peerBack', undefined);
      case 'controlChanged':
        // Two can arrive out of order: the later lease holds (I7).
        if (message.leaseEpoch < (leaseEpochs.get(message.robotId) ?? 0)) return;
        leaseEpochs.set(message.robotId, message.leaseEpoch);
        for (const session of sessions.values()) {
          if (session.robotId !== message.robotId) continue;
          session.setMode(session.sessionId === message.sessionId ? 'control' : 'view');
        }
        return;
      default:
        return;
    }
  }

  client.on('message', hear);
  client.on('sessionsGone', (keys) => {
    for (const { sessionId } of keys) sessions.get(sessionId)?.end('gone');
  });
  client.on('state', (state) => {
    if (state.status === 'closed') for (const session of [...sessions.values()]) session.end('client_closed');
    if (state.status !== 'ready') return;
    // Control may have changed hands while this side was away.
    for (const { sessionId, mode } of state.welcome.sessions) sessions.get(sessionId)?.setMode(mode);
    if (wasReady) for (const session of sessions.values()) session.emit('resumed', undefined);
    wasReady = true;
  });

  return {
    add(session) {
      sessions.set(session.sessionId, session);
      session.on('closed', () => sessions.delete(session.sessionId));
    },
    get: (sessionId) => sessions.get(sessionId),
    all: () => [...sessions.values()],
  };
}
