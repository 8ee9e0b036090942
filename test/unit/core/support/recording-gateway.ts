import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import type { PeerGateway } from '../../../../functions/core/ports/peer-gateway.ts';
import type { ConnectionId } from '../../../../protocol/ids.ts';
import { type ServerMessage, serverMessage } from '../../../../protocol/messages.ts';

export type Posted = { readonly to: ConnectionId; readonly message: ServerMessage };

/** A gateway that keeps what it delivered. Every socket is open until it is dropped or closed. */
export function recordingGateway() {
  const posted: Posted[] = [];
  const closed: ConnectionId[] = [];
  const lost = new Set<ConnectionId>();
  const refusedOnce: ConnectionId[] = [];
  let onClose: (socket: SocketAddress) => Promise<void> = async () => {};

  const port: PeerGateway = {
    async post(to, message) {
      const at = refusedOnce.indexOf(to.connectionId);
      if (at >= 0) refusedOnce.splice(at, 1);
      if (at >= 0 || lost.has(to.connectionId)) return 'gone';
      // What is posted is what the wire says, or the test fails here.
      serverMessage.parse(message);
      posted.push({ to: to.connectionId, message });
      return 'delivered';
    },
    async find({ connectionId }) {
      return lost.has(connectionId) ? 'gone' : 'open';
    },
    async close({ connectionId, endpoint }) {
      if (lost.has(connectionId)) return 'gone';
      lost.add(connectionId);
      closed.push(connectionId);
      await onClose({ connectionId, endpoint });
      return 'closed';
    },
  };

  return {
    port,
    posted: posted as readonly Posted[],
    closed: closed as readonly ConnectionId[],

    /** What a socket was sent, in order. */
    to: ({ connectionId }: SocketAddress) =>
      posted.filter(({ to }) => to === connectionId).map(({ message }) => message),

    /** The socket is cut; nobody has been told yet. */
    drop({ connectionId }: SocketAddress) {
      lost.add(connectionId);
    },

    /** The next post to the socket finds it gone, later ones do not. */
    goneOnce({ connectionId }: SocketAddress) {
      refusedOnce.push(connectionId);
    },

    /** What happens while a close is under way: the gateway calls `$disconnect` when it likes. */
    whenClosing(act: (socket: SocketAddress) => Promise<void>) {
      onClose = act;
    },
  };
}

/** Names a post by what it says and to whom, so that an order of calls can be read. */
export function labelOfPeerCall(method: string, args: readonly unknown[]): string {
  const [socket, message] = args;
  const to = fieldOf(socket, 'connectionId');
  return method === 'post' ? `post ${fieldOf(message, 'type')} to ${to}` : `${method} ${to}`;
}

function fieldOf(value: unknown, field: string): string {
  return typeof value === 'object' && value !== null ? String(Reflect.get(value, field)) : '?';
}
