import type { ClientId, ConnectionId, PrincipalId, SessionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import type { User } from '../support/people.ts';

/** A key by which a client may come back, as its holder heard it. */
export type HeardKey = {
  readonly key: string;
  readonly clientId: ClientId;
  readonly principalId: PrincipalId;
};

type Listener = { readonly connectionId: ConnectionId; readonly user: User };

export type Side = 'robot' | 'client';

const nameOf = (side: Side, sessionId: SessionId) => `${side} of ${sessionId}`;

/** What robots and clients keep for themselves, across their connections: keys, and counts of signals. */
export function memories() {
  const keys: HeardKey[] = [];
  const clientAt = new Map<ConnectionId, ClientId>();
  const sent = new Map<string, number>();
  const received = new Map<string, number>();

  return {
    keys: keys as readonly HeardKey[],

    /** The client that a connection was last welcomed as. */
    clientAt: (connectionId: ConnectionId) => clientAt.get(connectionId),

    /** The number of the next signal that a side sends. */
    nextSeq(side: Side, sessionId: SessionId): number {
      const seq = (sent.get(nameOf(side, sessionId)) ?? 0) + 1;
      sent.set(nameOf(side, sessionId), seq);
      return seq;
    },

    /** How many of the other's signals a side has, without a gap. */
    receivedBy: (side: Side, sessionId: SessionId) => received.get(nameOf(side, sessionId)) ?? 0,

    /** What a side says with its `hello` to have received. */
    countsOf(side: Side, sessionIds: readonly SessionId[]): Readonly<Record<string, number>> {
      return Object.fromEntries(sessionIds.map((id) => [id, received.get(nameOf(side, id)) ?? 0]));
    },

    heard({ connectionId: to, user: { principalId } }: Listener, message: ServerMessage) {
      if (message.type === 'welcome' && message.clientId !== undefined) {
        const { clientId, resumeKey } = message;
        clientAt.set(to, clientId);
        if (resumeKey !== undefined) keys.push({ key: resumeKey, clientId, principalId });
      }
      if (message.type !== 'signal') return;
      const { from, sessionId, seq } = message;
      const side = from === 'robot' ? 'client' : 'robot';
      if (seq === (received.get(nameOf(side, sessionId)) ?? 0) + 1)
        received.set(nameOf(side, sessionId), seq);
    },
  };
}
