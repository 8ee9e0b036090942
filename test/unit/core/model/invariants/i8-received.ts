import type { ServerMessage } from '../../../../../protocol/messages.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { ModelWorld } from '../world.ts';

/** I8: a side is never told that the other has received what it has not: it would drop it. */
export const received: Invariant = {
  name: 'I8: nobody is told that the other side has received what it has not',
  look: () => ({
    delivered(world, { to, message }) {
      const other = world.socketOf(to)?.user.groups.includes('robots') === true ? 'client' : 'robot';
      for (const { sessionId, received: count } of countsIn(message)) {
        const has = world.remembered.receivedBy(other, sessionId);
        mustHold(count <= has, `${to} was told that ${count} have arrived in ${sessionId}, and ${has} have`);
      }
    },

    afterRound({ state, remembered }: ModelWorld) {
      for (const { sessionId, received: kept } of state.sessions.values()) {
        for (const [side, count] of [
          ['robot', kept.byRobot],
          ['client', kept.byClient],
        ] as const) {
          const has = remembered.receivedBy(side, sessionId);
          mustHold(count <= has, `${sessionId} keeps that the ${side} has ${count}, and it has ${has}`);
        }
      }
    },
  }),
};

function countsIn(message: ServerMessage) {
  if (message.type === 'peerBack') return [message];
  return message.type === 'welcome' ? message.sessions : [];
}
