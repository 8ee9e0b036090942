import { mayUse } from '../../../../../functions/core/model/permission.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { ModelWorld } from '../world.ts';

const changes = new Set(['requestControl', 'forceControl', 'grantControl', 'releaseControl']);

/** I7: who holds control is a session that exists, whose holder may control; each change is told apart. */
export const control: Invariant = {
  name: 'I7: control is held by a session that exists and whose holder may have it, or by none',
  look: () => {
    /** Sessions that a change of control gave it to. */
    const changedTo = new Set<string>();
    /** Whose refresh has met an outage after its write: it has no answer, and is to be sent again. */
    const unanswered = new Set<string>();
    return {
      robot(_world, { by, before, after }) {
        if (changes.has(by.name) && after?.controllerSessionId !== undefined)
          changedTo.add(after.controllerSessionId);
        const hasChanged = before?.controllerSessionId !== after?.controllerSessionId;
        mustHold(
          !hasChanged || before === undefined || (after?.leaseEpoch ?? 0) > before.leaseEpoch,
          'control changed without a new lease epoch',
        );
        mustHold(
          (after?.leaseEpoch ?? 0) >= (before?.leaseEpoch ?? 0),
          `the lease epoch fell from ${before?.leaseEpoch} to ${after?.leaseEpoch}`,
        );
      },
      blinded(_world, { name, connectionId }) {
        if (name.startsWith('refresh') && connectionId !== undefined) unanswered.add(connectionId);
      },
      afterRound(world) {
        for (const { controllerSessionId } of world.state.robots.values()) {
          if (controllerSessionId !== undefined) held(world, controllerSessionId);
        }
      },
    };

    function held({ state }: ModelWorld, by: string): void {
      const holder = [...state.sessions.values()].find(({ sessionId }) => sessionId === by);
      mustHold(holder !== undefined, `control is held by ${by}, which is no more`);
      const row = holder.socket && state.connections.get(holder.socket.connectionId);
      if (row?.state !== 'ready' || unanswered.has(row.connectionId)) return;
      mustHold(mayUse(row.identity.groups, 'control'), `control is held by ${by}, which may only view`);
    }
  },
};
