import { type Clock, systemClock } from '../environment/clock.ts';
import { type Logger, silentLogger } from '../environment/logger.ts';
import type { SignalingClient } from '../signaling/contract.ts';
import type { Message, RobotEntry, SessionMode } from '../wire/messages.ts';
import { watchForAnswer } from './answer-watch.ts';
import { createRobotWatch, type RobotStatus, type StopWatching } from './robot-watch.ts';
import { createSession, type Session } from './session.ts';
import { createSessionList } from './session-list.ts';

/** An operator's session. */
export type OperatorSession = Session & {
  /** @throws {ServerRefused} `control_held`: its holder is asked; wait for the event `mode`. `force`: admins only. */
  requestControl(of?: { force?: boolean }): Promise<void>;
  /** Hands control to the session `to`. @throws {ServerRefused} */
  grantControl(to: string): Promise<void>;
  /** The session goes on as a view. @throws {ServerRefused} */
  releaseControl(): Promise<void>;
};

export type OperatorEndpoint = {
  /** All robots that the caller may see. @throws {ServerRefused | RequestTimedOut | ClientClosed} */
  list(): Promise<readonly RobotEntry[]>;
  /** Tells each change from now on, over reconnects. List the robots after it. At most one watch at a time. */
  watch(hear: (status: RobotStatus) => void, robotIds?: readonly string[]): Promise<StopWatching>;
  /**
   * Opens a session. Listen to it at once, then send the first offer: without an answer within 10 s the
   * session ends with `no_answer`. `mode()` of the session is what was granted.
   *
   * @throws {ServerRefused} with `robot_offline`, `robot_busy`, `forbidden`, …
   */
  open(robotId: string, mode: SessionMode): Promise<OperatorSession>;
  readonly sessions: () => readonly Session[];
};

/** The operator's side. */
export function createOperatorEndpoint(
  client: SignalingClient,
  options: { readonly clock?: Clock; readonly logger?: Logger } = {},
): OperatorEndpoint {
  const { clock = systemClock, logger = silentLogger } = options;
  const list = createSessionList(client);
  const watch = createRobotWatch(client);

  client.on('message', (message) => {
    if (message.type !== 'controlRequested') return;
    for (const session of list.all())
      if (session.mode() === 'control') session.emit('controlRequested', message);
  });

  function own(opened: Message<'sessionOpened'>): OperatorSession {
    const { sessionId, robotId } = opened;
    const session = createSession({ client, logger, ...opened });
    list.add(session, opened);
    const answer = watchForAnswer({
      clock,
      session,
      onMissing: () => session.close('closed', 'no_answer'),
    });
    return {
      ...session,
      send(kind, data) {
        const seq = session.send(kind, data);
        if (kind === 'offer') answer.offered();
        return seq;
      },
      async requestControl({ force } = {}) {
        await client.request('requestControl', {
          sessionId,
          robotId,
          ...(force ? { force } : {}),
        });
      },
      async grantControl(to) {
        await client.request('grantControl', { sessionId, robotId, to });
      },
      async releaseControl() {
        await client.request('releaseControl', { sessionId, robotId });
      },
    };
  }

  return {
    async list() {
      const robots: RobotEntry[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.request('listRobots', cursor ? { cursor } : {});
        robots.push(...page.robots);
        // A server that gives the same page for ever is not followed for ever.
        cursor = page.cursor === cursor ? undefined : page.cursor;
      } while (cursor !== undefined);
      return robots;
    },
    watch: (hear, robotIds) => watch.start(robotIds, hear),
    open: async (robotId, mode) => own(await client.request('openSession', { robotId, mode })),
    sessions: list.all,
  };
}
