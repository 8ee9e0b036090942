import type { ConnectionId, SessionId } from '../../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../../protocol/messages.ts';
import { beliefs, isListening } from '../beliefs.ts';
import { known } from '../known-limits.ts';
import { type Invariant, mustHold } from '../look.ts';

/** Who is in control, by what the robot must believe: of words about control that with the highest lease epoch. */
type Lease = { readonly holder: SessionId | null; readonly leaseEpoch: number };

const words = new Set(['welcome', 'sessionRequested', 'controlChanged', 'sessionClosed']);

/** I7: at rest the robot obeys who has control by its row. */
export const controlTold: Invariant = {
  name: 'I7: at rest the robot was told last who has control, unless a post to it failed',
  look() {
    const believed = beliefs<'control', Lease>();
    const leases = new Map<ConnectionId, Lease>();
    /** The latest change that a robot could not be told of: a word of an earlier one leaves the doubt. */
    const untold = new Map<ConnectionId, number>();
    return {
      connection({ clock }, { before, after }) {
        if (before !== undefined && after !== undefined && before.token.expiresAt <= clock.at) {
          believed.doubt(before.connectionId);
        }
      },
      robot(_world, { by, after }) {
        const to = after?.socket?.connectionId;
        if (known.toldWhileClaimed && by.name === 'hello' && to !== undefined && to !== by.connectionId) {
          believed.doubt(to);
        }
      },
      failed(_world, { to, message }) {
        if (message === undefined || !words.has(message.type)) return;
        believed.doubt(to);
        if (message.type === 'controlChanged') {
          untold.set(to, Math.max(message.leaseEpoch, untold.get(to) ?? 0));
        }
      },
      heard(world, { to, message }) {
        if (world.socketOf(to)?.user.groups.includes('robots') !== true) return;
        // Who was replaced is the robot no more; should it say `hello` again here, it begins anew.
        if (message.type === 'goAway' && message.code === 'replaced') {
          leases.delete(to);
          believed.forget(to);
        }
        const before = leases.get(to) ?? { holder: null, leaseEpoch: 0 };
        const lease = leaseAfter(message, before);
        if (lease === undefined) return;
        leases.set(to, lease);
        believed.told(to, 'control', lease);
        if (lease.leaseEpoch < (untold.get(to) ?? 0)) believed.doubt(to);
      },
      afterRound(world) {
        const [robot] = world.state.robots.values();
        const { socket, controllerSessionId = null } = robot ?? {};
        for (const { connectionId } of world.sockets) {
          const row = world.state.connections.get(connectionId);
          if (row !== undefined && row.token.expiresAt <= world.clock.at) believed.doubt(connectionId);
        }
        if (socket !== undefined && isListening(world, socket.connectionId)) {
          const lease = believed.of(socket.connectionId, 'control');
          mustHold(
            lease === undefined || lease.holder === controllerSessionId,
            `${socket.connectionId} obeys ${lease?.holder}, and control is with ${controllerSessionId}`,
          );
        }
        believed.nextRound();
      },
    };
  },
};

function leaseAfter(message: ServerMessage, { holder, leaseEpoch }: Lease): Lease | undefined {
  switch (message.type) {
    case 'welcome': {
      const controller = message.sessions.find(({ mode }) => mode === 'control');
      const told = message.sessions[0]?.leaseEpoch ?? leaseEpoch;
      return told <= leaseEpoch ? undefined : { holder: controller?.sessionId ?? null, leaseEpoch: told };
    }
    case 'sessionRequested':
      return message.leaseEpoch <= leaseEpoch
        ? undefined
        : { holder: message.controller, leaseEpoch: message.leaseEpoch };
    case 'sessionClosed':
      return message.sessionId === holder ? { holder: null, leaseEpoch } : undefined;
    case 'controlChanged':
      return message.leaseEpoch < leaseEpoch
        ? undefined
        : { holder: message.sessionId, leaseEpoch: message.leaseEpoch };
    default:
      return undefined;
  }
}
