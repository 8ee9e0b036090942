import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { known } from '../known-limits.ts';
import { type Invariant, mustHold } from '../look.ts';

/** When all sockets are gone, time and cleanups leave nothing of them. */
export const nothingBehind: Invariant = {
  name: 'nothing stays behind: no connection, no client, no session, no watcher, no robot that seems to be there, no control',
  look() {
    /** Who has watched twice at once, or while its token was refreshed. */
    const watchedAtOnce = new Set<ConnectionId>();
    return {
      afterRound({ sockets }, { writersOf }) {
        for (const { connectionId } of sockets) {
          const names = [...writersOf(connectionId)].map(({ name }) => name);
          const watching = names.filter((name) => name === 'watchRobots' || name.startsWith('refresh'));
          if (known.watchedAtOnce && watching.length > 1) watchedAtOnce.add(connectionId);
        }
      },

      atTheEnd({ state }) {
        const connections = [...state.connections.keys()];
        mustHold(connections.length === 0, `connections were left behind: ${connections}`);
        const clients = [...state.clients.keys()];
        mustHold(clients.length === 0, `clients were left behind: ${clients}`);
        const watched = [...state.watchers.values()]
          .flatMap((sockets) => [...sockets.keys()])
          .filter((id) => !watchedAtOnce.has(id));
        mustHold(watched.length === 0, `watchers were left behind: ${watched}`);
        mustHold(state.unsettled.size === 0, 'a robot is left to be settled');
        const sessions = [...state.sessions.keys()];
        mustHold(sessions.length === 0, `sessions were left behind: ${sessions}`);
        for (const robot of state.robots.values()) {
          mustHold(robot.state === 'offline', `the robot is ${robot.state}`);
          mustHold(robot.controllerSessionId === undefined, 'an offline robot is controlled');
        }
      },
    };
  },
};
