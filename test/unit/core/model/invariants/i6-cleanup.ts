import { type Invariant, mustHold } from '../look.ts';

/** I6: the cleanup never closes a connection that has said hello and whose token is valid. */
export const cleanup: Invariant = {
  name: 'I6: a cleanup closes no live connection with a valid token',
  look: () => ({
    connection(world, { by, before, after }) {
      if (by.name !== 'cleanup' || before?.state !== 'ready' || after?.state !== 'closing') return;
      mustHold(
        before.token.expiresAt <= world.clock.at,
        `the cleanup closed ${before.connectionId}, which has ${before.token.expiresAt - world.clock.at} ms left`,
      );
    },
  }),
};
