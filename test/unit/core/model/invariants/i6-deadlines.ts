import { closesAt, connectionDeadline } from '../../../../../functions/core/model/connection-deadline.ts';
import { retryMs } from '../../../../../functions/core/use-cases/end-connection.ts';
import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';
import { policy } from '../world.ts';
import { helloMetRefresh } from './met.ts';

/**
 * What the index says of a row. Sooner than needed is put right when it is due; later than needed would
 * leave something undone. So a row is due at its close at the latest, always; and at its next milestone,
 * but for a run that failed at what it had put off, and for a `hello` and a `refreshToken` that met: each
 * wrote the deadline of what it knew. Where one step alone wrote the row, the deadline is exact.
 */
export const deadlines: Invariant = {
  name: 'I6: every row is due at its next moment, never after it',
  look() {
    /** Until when a row may rest though something is due to it. */
    const rests = new Map<ConnectionId, number>();
    const failed = new Set<ConnectionId>();

    return {
      failed(world, { by, to }) {
        if (by.name !== 'cleanup') return;
        failed.add(to);
        rests.set(to, world.clock.at + retryMs);
      },

      afterRound({ state, clock }, { writersOf }) {
        for (const row of state.connections.values()) {
          const { connectionId: id, nextDeadlineAt } = row;
          if (row.state === 'closing') {
            mustHold(nextDeadlineAt <= clock.at + retryMs, `${id} is closing, and rests too long`);
            continue;
          }
          const haveMet = helloMetRefresh(writersOf(id));
          // To watch leaves the deadline as it is.
          const writers = [...writersOf(id)].filter(({ name }) => name !== 'watchRobots');
          const isOnes = writers.length === 1 && !failed.has(id);
          if (isOnes) rests.delete(id);
          if (haveMet) rests.set(id, Math.max(row.token.expiresAt, row.connectedAt + policy.helloWithinMs));
          const afterClose = nextDeadlineAt - closesAt(policy, row);
          mustHold(afterClose <= 0, `${id} is due ${afterClose} ms after its close`);
          const deadline = connectionDeadline(policy, row);
          const off = nextDeadlineAt - deadline;
          const of = `${id} (${row.state}) is due ${off} ms after its next moment`;
          mustHold(!isOnes || off === 0, `${of}, and one step alone wrote it`);
          mustHold(nextDeadlineAt <= Math.max(deadline, rests.get(id) ?? 0), of);
        }
        failed.clear();
      },
    };
  },
};
