import type { Received, SessionKey } from '../model/client-session.ts';
import type { ClientSessionStore } from '../ports/client-session-store.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';
import { type TellDeps, tellIfThere } from './tell.ts';
import { tellTruth } from './tell-truth.ts';

/** Whether the client of a session is there, and what its robot is told with that. */
type Presence = {
  readonly isThere: boolean;
  readonly resumeEndsAt?: number | undefined;
  readonly received?: Received;
};

type AnnounceDeps = TellDeps & {
  readonly sessions: ClientSessionStore;
  readonly robots: RobotSessionStore;
};

/**
 * Tells the robot of a session whether the client is there. `first`: as it is by what was just written;
 * `told`: as the robot knows already. Nothing more, when the session is over.
 */
export async function tellRobotOfClient(
  deps: AnnounceDeps,
  { robotId, sessionId }: SessionKey,
  known: { readonly first?: Presence; readonly told?: Presence } = {},
): Promise<void> {
  await tellTruth<Presence>({
    ...known,
    read: async () => {
      const session = await deps.sessions.get({ robotId, sessionId });
      return session && { ...session, isThere: session.socket !== undefined };
    },
    isSame: (one, other) => one.isThere === other.isThere,
    say: async ({ isThere, resumeEndsAt = 0, received }) => {
      const robot = await deps.robots.get(robotId);
      const word = isThere
        ? ({ type: 'peerBack', sessionId, received: received?.byClient ?? 0 } as const)
        : ({ type: 'peerAway', sessionId, resumeEndsAt } as const);
      await tellIfThere(deps, robot?.socket, word);
    },
  });
}

/**
 * Tells a robot, which knows of a session whose client is there, if that is so no more.
 *
 * @returns whether the session goes on.
 */
export async function tellRobotOfChange(deps: AnnounceDeps, key: SessionKey): Promise<boolean> {
  const { robotId, sessionId } = key;
  const session = await deps.sessions.get({ robotId, sessionId });
  if (session === undefined) {
    const robot = await deps.robots.get(robotId);
    await tellIfThere(deps, robot?.socket, { type: 'sessionClosed', sessionId, reason: 'closed' });
    return false;
  }
  if (session.socket === undefined) await tellRobotOfClient(deps, key, { told: { isThere: true } });
  return true;
}
