import { type Invariant, mustHold } from '../look.ts';

/** I7: who holds control is a session that exists, and asked for it. */
export const control: Invariant = {
  name: 'I7: control is held by a session that exists and asked for it, or by none',
  look: () => ({
    robot(_world, { before, after }) {
      const hasChanged = before?.controllerSessionId !== after?.controllerSessionId;
      mustHold(
        !hasChanged || before === undefined || (after?.leaseEpoch ?? 0) > before.leaseEpoch,
        'control changed without a new lease epoch',
      );
    },
    afterRound({ state }) {
      for (const { controllerSessionId } of state.robots.values()) {
        if (controllerSessionId === undefined) continue;
        const holder = [...state.sessions.values()].find(
          ({ sessionId }) => sessionId === controllerSessionId,
        );
        mustHold(holder !== undefined, `control is held by ${controllerSessionId}, which is no more`);
        mustHold(holder.mode === 'control', `control is held by ${controllerSessionId}, which only views`);
      }
    },
  }),
};
