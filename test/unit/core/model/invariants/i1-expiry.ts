import { type Invariant, mustHold } from '../look.ts';
import type { ModelSocket, ModelWorld } from '../world.ts';

const relayed = new Set(['signal', 'sessionRequested', 'sessionClosed']);

function isExpired({ clock }: ModelWorld, { tokenExpiresAt, offeredUntil }: ModelSocket): boolean {
  return Math.max(tokenExpiresAt, offeredUntil) <= clock.at;
}

/** I1: nothing is relayed for or to an expired connection; after the grace the next cleanup closes it. */
export const expiry: Invariant = {
  name: 'I1: after its end a token relays nothing, and after the grace the next cleanup closes the connection',
  look: () => ({
    delivered(world, { by, to, message }) {
      if (!relayed.has(message.type)) return;
      const receiver = world.socketOf(to);
      mustHold(
        receiver === undefined || !isExpired(world, receiver),
        `${message.type} was relayed to ${to}, which has expired`,
      );
      if (message.type !== 'signal' || by.connectionId === undefined) return;
      const sender = world.socketOf(by.connectionId);
      mustHold(
        sender === undefined || !isExpired(world, sender),
        `a signal of ${by.connectionId}, which has expired, was relayed`,
      );
    },

    afterRound(world, { cleanedUp }) {
      for (const socket of world.sockets) {
        // What was offered in this round has been granted by now, or has not.
        socket.offeredUntil = 0;
        const graceEndsAt = socket.tokenExpiresAt + world.policy.graceMs;
        if (!cleanedUp || graceEndsAt > world.clock.at) continue;
        const row = world.state.connections.get(socket.connectionId);
        const isRetriedLater = row?.state === 'closing' && row.nextDeadlineAt > world.clock.at;
        mustHold(row === undefined || isRetriedLater, `${socket.connectionId} was not closed by the cleanup`);
        // A bye that could not close the socket is answered `unavailable`, and repeated by who said it.
        const isOpen = world.gateway.open.has(socket.connectionId) && !socket.saidBye;
        mustHold(!isOpen || isRetriedLater, `${socket.connectionId} has no row, and is still open`);
      }
    },
  }),
};
