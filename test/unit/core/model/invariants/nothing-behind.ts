import { type Invariant, mustHold } from '../look.ts';

/** When all sockets are gone, time and cleanups leave nothing of them. */
export const nothingBehind: Invariant = {
  name: 'nothing stays behind: no connection, no session, no robot that seems to be there, no control',
  look: () => ({
    atTheEnd({ state }) {
      const connections = [...state.connections.keys()];
      mustHold(connections.length === 0, `connections were left behind: ${connections}`);
      const sessions = [...state.sessions.keys()];
      mustHold(sessions.length === 0, `sessions were left behind: ${sessions}`);
      for (const robot of state.robots.values()) {
        mustHold(robot.state === 'offline', `the robot is ${robot.state}`);
        mustHold(robot.controllerSessionId === undefined, 'an offline robot is controlled');
      }
    },
  }),
};
