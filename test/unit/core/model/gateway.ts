import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import { DependencyUnavailable } from '../../../../functions/core/ports/dependency-unavailable.ts';
import type { PeerGateway } from '../../../../functions/core/ports/peer-gateway.ts';
import type { ConnectionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import type { Fault } from './steps.ts';

type Listeners = {
  attempted(to: ConnectionId, what: ServerMessage['type'] | 'close'): void;
  delivered(to: ConnectionId, message: ServerMessage): void;
};

const dismissing: ReadonlySet<string> = new Set(['goAway', 'error', 'welcome']);

/** A gateway that fails as it is told, and owes a `$disconnect` for each socket that it has closed. */
export function modelGateway() {
  const open = new Set<ConnectionId>();
  const owed: ConnectionId[] = [];
  let faults: readonly Fault[] = [];
  let calls = 0;

  function next(to: SocketAddress): 'there' | 'gone' {
    const fault = faults[calls++] ?? 'deliver';
    if (fault === 'throw') throw new DependencyUnavailable('gateway', 'BrokenInModel', undefined);
    // Gone is gone: the gateway has lost the socket, and owes the `$disconnect`.
    if (fault === 'gone') shut(to.connectionId);
    return open.has(to.connectionId) ? 'there' : 'gone';
  }

  function shut(connectionId: ConnectionId) {
    if (open.delete(connectionId)) owed.push(connectionId);
  }

  return {
    open: open as ReadonlySet<ConnectionId>,
    owed: owed as readonly ConnectionId[],

    port: ({ attempted, delivered }: Listeners): PeerGateway => ({
      async post(to, message) {
        if (dismissing.has(message.type)) attempted(to.connectionId, message.type);
        if (next(to) === 'gone') return 'gone';
        delivered(to.connectionId, message);
        return 'delivered';
      },
      async close(socket) {
        attempted(socket.connectionId, 'close');
        if (next(socket) === 'gone') return 'gone';
        shut(socket.connectionId);
        return 'closed';
      },
    }),

    /** `$connect` has returned. */
    admit: (connectionId: ConnectionId) => void open.add(connectionId),
    /** The holder is gone, or its way to us. */
    cut: shut,
    tell(planned: readonly Fault[]) {
      faults = planned;
      calls = 0;
    },
    /** Whether the faults of this round were all of them harmless. */
    get isWell() {
      return faults.every((fault) => fault === 'deliver');
    },
  };
}
