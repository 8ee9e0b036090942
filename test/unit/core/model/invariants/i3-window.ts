import type { SessionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';
import { policy } from '../world.ts';

/**
 * I3: the loss of a side suspends, for a window and no longer. That a session ends before, and by whom, is
 * looked at with what a holder keeps (I2).
 */
export const window: Invariant = {
  name: 'I3: who is lost may come back until its window ends, which one cleanup later is over',
  look() {
    const touched = new Set<SessionId>();
    let robotTouched = false;
    return {
      session({ clock }, { before, after }) {
        if (after === undefined) return;
        touched.add(after.sessionId);
        if (after.socket !== undefined) {
          mustHold(after.resumeEndsAt === undefined, `${after.sessionId} is there, and has a window`);
          return;
        }
        const { resumeEndsAt = Number.POSITIVE_INFINITY, sessionId } = after;
        mustHold(resumeEndsAt <= clock.at + policy.resumeWindowMs, `${sessionId} waits longer than a window`);
        mustHold(after.nextDeadlineAt === resumeEndsAt, `${sessionId} is not due at the end of its window`);
        const isLonger =
          before !== undefined && before.socket === undefined && before.resumeEndsAt !== resumeEndsAt;
        mustHold(!isLonger, `the window of ${sessionId} was moved`);
      },

      robot(_world, { by, before, after }) {
        if (by.name !== 'cleanup') robotTouched = true;
        const sessionId = before?.controllerSessionId;
        const isLoss = before?.state === 'online' && after?.state === 'away';
        mustHold(
          !isLoss || after?.controllerSessionId === sessionId,
          'the loss of the robot took control from its holder',
        );
      },

      afterRound({ state }, { cleanedUpAt: at }) {
        for (const { sessionId, resumeEndsAt } of state.sessions.values()) {
          const isOver = at !== undefined && resumeEndsAt !== undefined && resumeEndsAt <= at;
          mustHold(!isOver || touched.has(sessionId), `${sessionId} waits after the end of its window`);
        }
        for (const { robotId, state: its, resumeEndsAt = 0 } of state.robots.values()) {
          const isOver = at !== undefined && its === 'away' && resumeEndsAt <= at;
          mustHold(!isOver || robotTouched, `${robotId} is away after the end of its window`);
        }
        touched.clear();
        robotTouched = false;
      },
    };
  },
};
