import type { Session } from '../../../client/src/node.ts';
import type { CrewMember } from '../peer/drive-channel.ts';

/** Who watches and who drives, so that each can see the others. */
export type Crew = {
  join(session: Session): void;
  named(sessionId: string, name: string): void;
  leave(sessionId: string): void;
  members(): CrewMember[];
};

export function createCrew(now: () => number): Crew {
  const members = new Map<string, { session: Session; name: string; sinceAt: number }>();
  return {
    join(session) {
      const member = { session, name: '', sinceAt: now() };
      members.set(session.sessionId, member);
      session.on('mode', () => {
        member.sinceAt = now();
      });
    },
    named(sessionId, name) {
      const member = members.get(sessionId);
      if (member !== undefined) member.name = name;
    },
    leave: (sessionId) => void members.delete(sessionId),
    members: () =>
      [...members].map(([sessionId, { session, name, sinceAt }]) => ({
        sessionId,
        name,
        mode: session.mode(),
        sinceAt,
      })),
  };
}
