import { known } from '../known-limits.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { Actor } from '../steps.ts';
import type { ModelSocket, ModelWorld } from '../world.ts';

const relayed = new Set([
  ...['signal', 'sessionRequested', 'sessionClosed', 'peerAway', 'peerBack'],
  ...['controlChanged', 'controlRequested', 'robotStatus'],
]);
/** All but `refreshToken`, `ping` and `bye`. */
const forTheLiving = new Set([
  ...['hello', 'openSession', 'signal', 'closeSession', 'watchRobots'],
  ...['requestControl', 'forceControl', 'grantControl', 'releaseControl'],
]);
const byCopies = new Set(['signal', 'closeSession']);

/** Whether a connection had expired when a step began: what runs out while it is at work is not seen by it. */
function wasExpired({ state }: ModelWorld, socket: ModelSocket, by: Actor): boolean {
  const { tokenExpiresAt, offeredUntil, offeredEver, connectionId } = socket;
  // A refresh that is refused because somebody has begun to close has written its copies already, of a
  // token that was good.
  const isClosing = state.connections.get(connectionId)?.state === 'closing';
  return Math.max(tokenExpiresAt, offeredUntil, isClosing ? offeredEver : 0) <= by.startedAt;
}

/** The same as the copies have it, until the row is closed. */
function seemedExpired(world: ModelWorld, socket: ModelSocket, by: Actor): boolean {
  const isThere = world.state.connections.has(socket.connectionId);
  const isAhead = known.copiedAhead && isThere && socket.leftUntil > by.startedAt;
  return !isAhead && wasExpired(world, socket, by);
}

/** I1: nothing is relayed for or to an expired connection; after the grace the next cleanup closes it. */
export const expiry: Invariant = {
  name: 'I1: after its end a token relays nothing, and after the grace the next cleanup closes the connection',
  look: () => ({
    delivered(world, { by, to, message }) {
      if (!relayed.has(message.type)) return;
      const receiver = world.socketOf(to);
      mustHold(
        receiver === undefined || !seemedExpired(world, receiver, by),
        `${message.type} was relayed to ${to}, which has expired`,
      );
      if (message.type !== 'signal' || by.connectionId === undefined) return;
      const sender = world.socketOf(by.connectionId);
      mustHold(
        sender === undefined || !seemedExpired(world, sender, by),
        `a signal of ${by.connectionId}, which has expired, was relayed`,
      );
    },

    answered(world, { by, refusal }) {
      const socket = by.connectionId === undefined ? undefined : world.socketOf(by.connectionId);
      if (socket === undefined || !forTheLiving.has(by.name)) return;
      const isOver = byCopies.has(by.name) ? seemedExpired : wasExpired;
      mustHold(
        refusal !== undefined || !isOver(world, socket, by),
        `${by.name} of ${by.connectionId}, which has expired, was granted`,
      );
    },

    afterRound(world, { cleanedUpAt }) {
      for (const { connectionId, tokenExpiresAt, saidBye } of world.sockets) {
        const graceEndsAt = tokenExpiresAt + world.policy.graceMs;
        if (cleanedUpAt === undefined || graceEndsAt > cleanedUpAt) continue;
        const row = world.state.connections.get(connectionId);
        const isRetriedLater = row?.state === 'closing' && row.nextDeadlineAt > cleanedUpAt;
        mustHold(row === undefined || isRetriedLater, `${connectionId} was not closed by the cleanup`);
        // A bye that could not close the socket is answered `unavailable`, and repeated by who said it.
        const isOpen = world.gateway.open.has(connectionId) && !saidBye;
        mustHold(!isOpen || isRetriedLater, `${connectionId} has no row, and is still open`);
      }
    },
  }),
};
