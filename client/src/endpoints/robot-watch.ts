import type { SignalingClient } from '../signaling/contract.ts';
import type { Message } from '../wire/messages.ts';

export type RobotState = Message<'robotStatus'>['state'];
export type RobotStatus = Pick<Message<'robotStatus'>, 'robotId' | 'state' | 'sinceAt' | 'controlledBy'>;

/** Ends a watch. */
export type StopWatching = () => void;

/** Tells each change of the state of robots, and of who controls them; says it to the server again after each reconnect. */
export type RobotWatch = {
  /** `robotIds`: at most 50; absent: all that the caller may see. One watch at a time: a new one replaces it. */
  start(robotIds: readonly string[] | undefined, hear: (status: RobotStatus) => void): Promise<StopWatching>;
};

export function createRobotWatch(client: SignalingClient): RobotWatch {
  let watched: { robotIds: readonly string[] | undefined; hear: (status: RobotStatus) => void } | undefined;
  let latest = new Map<string, number>();

  async function say(): Promise<void> {
    const robotIds = watched?.robotIds;
    await client.request('watchRobots', robotIds ? { robotIds: [...robotIds] } : {});
  }

  client.on('state', ({ status }) => {
    if (status === 'ready' && watched) say().catch(() => undefined);
  });
  client.on('message', (message) => {
    if (message.type !== 'robotStatus' || !watched) return;
    const { robotId, state, sinceAt, controlledBy } = message;
    // Two can arrive out of order: the later holds.
    if (sinceAt < (latest.get(robotId) ?? 0)) return;
    latest.set(robotId, sinceAt);
    return watched.hear({ robotId, state, sinceAt, ...(controlledBy && { controlledBy }) });
  });

  return {
    async start(robotIds, hear) {
      const own = { robotIds, hear };
      watched = own;
      latest = new Map();
      if (client.state().status === 'ready') await say();
      return () => {
        if (watched === own) watched = undefined;
      };
    },
  };
}
