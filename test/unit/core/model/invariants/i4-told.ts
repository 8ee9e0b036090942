import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';

/**
 * I4, F8 as its holder sees it: who was welcomed as the robot and not told otherwise is the robot. A
 * device that thinks it is connected and is not would stay so for hours.
 */
export const told: Invariant = {
  name: 'I4, F8: a connection that was welcomed as the robot is the robot, or was told that it is not',
  look() {
    const welcomed = new Set<ConnectionId>();
    return {
      attempted(_world, { to, what }) {
        // An attempt counts: a gateway that fails is another matter.
        if (what !== 'welcome') welcomed.delete(to);
      },
      delivered(_world, { to, message }) {
        if (message.type === 'welcome' && message.kind === 'robot') welcomed.add(to);
      },
      afterRound({ state, gateway, clock }) {
        const [robot] = state.robots.values();
        for (const connectionId of welcomed) {
          const row = state.connections.get(connectionId);
          const isThere = row?.state === 'ready' && row.token.expiresAt > clock.at;
          if (!isThere || !gateway.open.has(connectionId)) continue;
          const isRobot = robot?.socket?.connectionId === connectionId;
          mustHold(isRobot, `${connectionId} was welcomed, and the robot is ${robot?.socket?.connectionId}`);
        }
      },
    };
  },
};
