import { retryMs } from '../../../../../functions/core/use-cases/end-connection.ts';
import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';

/** What is said to a connection about itself. What is said of a peer that has ended is due by the peer's row. */
const ofItself: ReadonlySet<string> = new Set(['tokenExpiring', 'tokenExpired', 'goAway', 'error']);

/** I6: the cleanup acts on what is due and on nothing else, and then nothing is due any more. */
export const cleanup: Invariant = {
  name: 'I6: a cleanup closes no live connection with a valid token, acts on what is due only, and on all of it',
  look() {
    /** The soonest deadline that the row of a connection has had in this round. */
    const soonest = new Map<ConnectionId, number>();
    const failedAt = new Map<ConnectionId, number>();
    const meet = (id: ConnectionId, at: number) => soonest.set(id, Math.min(soonest.get(id) ?? at, at));

    return {
      connection(world, { by, before, after }) {
        if (before !== undefined) meet(before.connectionId, before.nextDeadlineAt);
        if (after !== undefined) meet(after.connectionId, after.nextDeadlineAt);
        if (by.name !== 'cleanup' || before === undefined) return;
        const { connectionId, token, state } = before;
        const isGone = !world.gateway.open.has(connectionId);
        mustHold(
          isGone || state !== 'ready' || after?.state !== 'closing' || token.expiresAt <= world.clock.at,
          `the cleanup closed ${connectionId}, which has ${token.expiresAt - world.clock.at} ms left`,
        );
        const wasDue = (soonest.get(connectionId) ?? 0) <= world.clock.at;
        const isBookkeeping = after !== undefined && after.nextDeadlineAt === before.nextDeadlineAt;
        mustHold(wasDue || isGone || isBookkeeping, `the cleanup wrote ${connectionId}, which was not due`);
      },

      robot(world, { by, before, after }) {
        if (by.name !== 'cleanup' || before?.state !== 'away' || after?.state === 'away') return;
        mustHold(
          (before.resumeEndsAt ?? 0) <= world.clock.at,
          'the cleanup ended a robot that may come back',
        );
      },

      delivered(world, { by, to, message }) {
        if (by.name !== 'cleanup' || !ofItself.has(message.type)) return;
        const wasDue = (soonest.get(to) ?? Number.POSITIVE_INFINITY) <= world.clock.at;
        mustHold(wasDue, `the cleanup said ${message.type} to ${to}, which was not due`);
      },

      failed(world, { by, to }) {
        if (by.name === 'cleanup') failedAt.set(to, world.clock.at);
      },

      afterRound({ state, gateway, policy }, { cleanedUpAt: at, writersOf }) {
        for (const row of state.connections.values()) {
          const { connectionId: id, nextDeadlineAt, state: its, restsUntil = 0 } = row;
          const isTouched = [...writersOf(id)].some(({ name }) => name !== 'cleanup');
          if (at === undefined || isTouched) continue;
          mustHold(Math.max(nextDeadlineAt, restsUntil) > at, `${id} is still due after a cleanup`);
          // A run that failed at it has put it off.
          const lostAt = Math.max(gateway.shutAt.get(id) ?? at, (failedAt.get(id) ?? 0) + retryMs);
          const isMissed = its === 'ready' && lostAt + policy.checkEveryMs <= at;
          mustHold(!isMissed, `${id} is gone for ${at - lostAt} ms, and nobody has noticed`);
        }
        soonest.clear();
        for (const row of state.connections.values()) meet(row.connectionId, row.nextDeadlineAt);
      },
    };
  },
};
