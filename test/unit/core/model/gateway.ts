import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import { DependencyUnavailable } from '../../../../functions/core/ports/dependency-unavailable.ts';
import type { PeerGateway } from '../../../../functions/core/ports/peer-gateway.ts';
import type { ConnectionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import type { Fault } from './steps.ts';

type Listeners = {
  /** It has arrived: nobody learns that of a post. */
  heard(to: ConnectionId, message: ServerMessage): void;
  attempted(to: ConnectionId, what: ServerMessage['type'] | 'close'): void;
  delivered(to: ConnectionId, message: ServerMessage): void;
  failed(to: ConnectionId, message?: ServerMessage): void;
};

const dismissing: ReadonlySet<string> = new Set(['goAway', 'error', 'welcome']);

/** A gateway that fails as it is told, and owes a `$disconnect` for each socket that it has closed. */
export function modelGateway(clock: { now(): number }) {
  const open = new Set<ConnectionId>();
  const shutAt = new Map<ConnectionId, number>();
  const owed: ConnectionId[] = [];
  const deaf = new Set<ConnectionId>();
  let faults: readonly Fault[] = [];
  let calls = 0;

  function shut(connectionId: ConnectionId) {
    if (!open.delete(connectionId)) return;
    owed.push(connectionId);
    shutAt.set(connectionId, clock.now());
  }

  const canHear = (connectionId: ConnectionId) => open.has(connectionId) && !deaf.has(connectionId);

  /** Does what was asked for, as far as the next fault lets it. */
  function call(
    { connectionId }: SocketAddress,
    { failed }: { failed: (to: ConnectionId) => void },
    act: () => void,
  ): 'there' | 'gone' {
    const fault = faults[calls++] ?? 'deliver';
    const fail = () => {
      failed(connectionId);
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
        const failed = (id: ConnectionId) => listeners.failed(id, message);
        const found = call(to, { failed }, () => {
          listeners.delivered(to.connectionId, message);
          if (canHear(to.connectionId)) listeners.heard(to.connectionId, message);
        });
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
    /** Its way to us is dead and nobody knows: what is posted is accepted, and lost (I8). */
    deafen: (connectionId: ConnectionId) => void deaf.add(connectionId),
    canHear,
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
