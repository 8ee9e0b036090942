import type { SignalingClient } from '../signaling/contract.ts';
import type { ServerMessage } from '../wire/messages.ts';
import type { OwnSession } from './session.ts';

type Lease = { readonly holder: string | null; readonly leaseEpoch: number };

/** The open sessions of an endpoint, kept in step with what the server says of them. */
export type SessionList = {
  /** With who controls its robot, as far as was told with it. */
  add(session: OwnSession, told: { controller: string | null; leaseEpoch: number }): void;
  get(sessionId: string): OwnSession | undefined;
  all(): readonly OwnSession[];
};

export function createSessionList(client: SignalingClient): SessionList {
  const sessions = new Map<string, OwnSession>();
  const leases = new Map<string, Lease>();
  let wasReady = false;

  /** Two words about control can arrive out of order, or before the session that it is of: the later lease holds (I7). */
  function hearLease(robotId: string, lease: Lease): void {
    const known = leases.get(robotId);
    const holding = known && known.leaseEpoch >= lease.leaseEpoch ? known : lease;
    leases.set(robotId, holding);
    for (const session of sessions.values()) {
      if (session.robotId !== robotId) continue;
      session.setMode(session.sessionId === holding.holder ? 'control' : 'view');
    }
  }

  function hear(message: ServerMessage) {
    switch (message.type) {
      case 'sessionClosed':
        return sessions.get(message.sessionId)?.end(message.reason);
      case 'peerAway':
        return sessions.get(message.sessionId)?.emit('peerAway', message);
      case 'peerBack':
        return sessions.get(message.sessionId)?.emit('peerBack', undefined);
      case 'controlChanged':
        return hearLease(message.robotId, { holder: message.sessionId, leaseEpoch: message.leaseEpoch });
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
    const entries = state.welcome.sessions;
    for (const { robotId, leaseEpoch } of entries) {
      const holder = entries.find((entry) => entry.robotId === robotId && entry.mode === 'control');
      hearLease(robotId, { holder: holder?.sessionId ?? null, leaseEpoch });
    }
    if (wasReady) for (const session of sessions.values()) session.emit('resumed', undefined);
    wasReady = true;
  });

  return {
    add(session, { controller, leaseEpoch }) {
      sessions.set(session.sessionId, session);
      hearLease(session.robotId, { holder: controller, leaseEpoch });
      session.on('closed', () => sessions.delete(session.sessionId));
    },
    get: (sessionId) => sessions.get(sessionId),
    all: () => [...sessions.values()],
  };
}
