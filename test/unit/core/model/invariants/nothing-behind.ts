import { type Invariant, mustHold } from '../look.ts';

/** When all sockets are gone, time and cleanups leave nothing of them. */
export const nothingBehind: Invariant = {
  name: 'nothing stays behind: no connection, no client, no session, no watcher, no robot that seems to be there, no control',
  look: () => ({
    atTheEnd({ state }) {
      const connections = [...state.connections.keys()];
      mustHold(connections.length === 0, `connections were left behind: ${connections}`);
      const clients = [...state.clients.keys()];
      mustHold(clients.length === 0, `clients were left behind: ${clients}`);
      const watched = [...state.watchers.keys()];
      mustHold(watched.length === 0, `watchers were left behind: ${watched}`);
      mustHold(state.unsettled.size === 0, 'a robot is left to be settled');
      const sessions = [...state.sessions.keys()];
      mustHold(sessions.length === 0, `sessions were left behind: ${sessions}`);
      for (const robot of state.robots.values()) {
        mustHold(robot.state === 'offline', `the robot is ${robot.state}`);
        mustHold(robot.controllerSessionId === undefined, 'an offline robot is controlled');
      }
    },
  }),
};
