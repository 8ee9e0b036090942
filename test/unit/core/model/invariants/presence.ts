import { type Holder, standingHolder } from '../../../../../functions/core/model/robot-session.ts';
import type { ConnectionId, RobotId } from '../../../../../protocol/ids.ts';
import { beliefs, isListening } from '../beliefs.ts';
import { known } from '../known-limits.ts';
import { type Invariant, mustHold } from '../look.ts';

/** Who watches is told of each change; how it is at the beginning, `listRobots` says. */
export const presence: Invariant = {
  name: 'presence: at rest the last status that a watcher was told is how the robot is, and who controls it',
  look() {
    const believed = beliefs<RobotId, string>();
    const holders = beliefs<RobotId, string>();
    const doubt = (id: ConnectionId) => {
      believed.doubt(id);
      holders.doubt(id);
    };
    const begins = new Set<ConnectionId>();
    return {
      connection({ clock }, { before, after }) {
        if (before !== undefined && after !== undefined && before.token.expiresAt <= clock.at) {
          doubt(before.connectionId);
        }
      },
      robot(world, { by, before, after }) {
        if (!known.untoldArrivalReplaced || by.name !== 'hello' || after === undefined) return;
        const isUntold = world.state.arrivals.get(after.robotId)?.isTold === false;
        const isReplaced = before?.socket?.connectionId !== after.socket?.connectionId;
        if (isUntold && isReplaced) for (const { connectionId } of world.sockets) doubt(connectionId);
      },
      failed(_world, { to, message }) {
        if (message?.type === 'robotStatus') doubt(to);
      },
      heard(_world, { to, message }) {
        if (message.type === 'watching') begins.add(to);
        if (message.type !== 'robotStatus') return;
        believed.told(to, message.robotId, message.state);
        holders.told(to, message.robotId, inWords(message.controlledBy));
      },
      afterRound(world) {
        for (const robot of world.state.robots.values()) {
          const { robotId, state } = robot;
          const holder = inWords(standingHolder(robot));
          for (const id of begins) {
            believed.told(id, robotId, state);
            holders.told(id, robotId, holder);
          }
          for (const { connectionId: id } of world.sockets) {
            const row = world.state.connections.get(id);
            if (row !== undefined && row.token.expiresAt <= world.clock.at) doubt(id);
            if (!isListening(world, id) || row?.watching.length === 0) continue;
            if (world.state.arrivals.get(robotId)?.isTold === false) continue;
            const word = believed.of(id, robotId);
            mustHold(
              word === undefined || word === state,
              `${id} believes ${robotId} ${word}, and it is ${state}`,
            );
            // Pending control is told by who settles it.
            const told = robot.controlUnconfirmed === true ? undefined : holders.of(id, robotId);
            mustHold(
              told === undefined || told === holder,
              `${id} believes ${robotId} controlled by ${told}, and it is by ${holder}`,
            );
          }
        }
        begins.clear();
        believed.nextRound();
        holders.nextRound();
      },
    };
  },
};

function inWords(holder: Pick<Holder, 'clientId' | 'sinceAt'> | undefined): string {
  return holder === undefined ? 'nobody' : `${holder.clientId} since ${holder.sinceAt}`;
}
