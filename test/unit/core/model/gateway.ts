import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import { DependencyUnavailable } from '../../../../functions/core/ports/dependency-unavailable.ts';
import type { PeerGateway } from '../../../../functions/core/ports/peer-gateway.ts';
import type { ConnectionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import type { Fault } from './steps.ts';

type Listeners = {
  attempted(to: ConnectionId, what: ServerMessage['type'] | 'close'): void;
  delivered(to: ConnectionId, message: ServerMessage): void;
  failed(to: ConnectionId): void;
};

const dismissing: ReadonlySet<string> = new Set(['goAway', 'error', 'welcome']);

/** A gateway that fails as it is told, and owes a `$disconnect` for each socket that it has closed. */
export function modelGateway(clock: { now(): number }) {
  const open = new Set<ConnectionId>();
  const shutAt = new Map<ConnectionId, number>();
  const owed: ConnectionId[] = [];
  let faults: readonly Fault[] = [];
  let calls = 0;

  function shut(connectionId: ConnectionId) {
    if (!open.delete(connectionId)) return;
    owed.push(connectionId);
    shutAt.set(connectionId, clock.now());
  }

  /** Does what was asked for, as far as the next fault lets it. */
  function call({ connectionId }: SocketAddress, listeners: Listeners, act: () => void): 'there' | 'gone' {
    const fault = faults[calls++] ?? 'deliver';
    const fail = () => {
      listeners.failed(connectionId);
      throw new DependencyUnavailable('gateway', 'BrokenInModel', undefined);
    };
    if (fault === 'throw') return fail();
    // Gone is gone: the gateway has lost the socket, and owes the `$disconnect`.
    if (fault === 'gone') shut(connectionId);
    const isThere = open.has(connectionId);
    if (isThere) act();
    if (fault === 'lost') return fail();
    return isThere ? 'there' : 'gone';
  }

  return {
    open: open as ReadonlySet<ConnectionId>,
    /** When a socket was closed or cut. */
    shutAt: shutAt as ReadonlyMap<ConnectionId, number>,
    owed: owed as readonly ConnectionId[],

    port: (listeners: Listeners): PeerGateway => ({
      async post(to, message) {
        if (dismissing.has(message.type)) listeners.attempted(to.connectionId, message.type);
        const found = call(to, listeners, () => listeners.delivered(to.connectionId, message));
        return found === 'gone' ? 'gone' : 'delivered';
      },
      async find(socket) {
        return call(socket, listeners, () => {}) === 'gone' ? 'gone' : 'open';
      },
      async close(socket) {
        listeners.attempted(socket.connectionId, 'close');
        return call(socket, listeners, () => shut(socket.connectionId)) === 'gone' ? 'gone' : 'closed';
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
