import { arrivalFrom } from '../../core/model/robot-arrival.ts';
import type { RobotSession, RobotSocket } from '../../core/model/robot-session.ts';
import type { RobotSessionStore } from '../../core/ports/robot-session-store.ts';
import { queryDue } from './deadline.ts';
import { allOf, anyOf, is, isAbsent, isAtMost, isBelow, isNot, isPresent } from './expression.ts';
import {
  arrivedBefore,
  arriving,
  becomeAgain,
  becomeAway,
  becomeOffline,
  becomeOnline,
  claimedAsBefore,
  claimedNow,
  confirmControl,
  dueAgain,
  dueNoMore,
  giveControl,
  keepControl,
  loseControl,
  raiseEpoch,
} from './robot-session-changes.ts';
import { toRobotArrival, toRobotId, toRobotSession } from './robot-session-row.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

/** DynamoDB's own bound for one BatchGetItem. */
const batchSize = 100;

const isUnclaimed = isAbsent('connectionId');
const isHeldBy = (connectionId: string) => is('connectionId', connectionId);
/** Of two that connected in the same millisecond the greater id wins, whichever asks first (I4). */
const isHeldByOlder = (socket: RobotSocket) =>
  anyOf(
    isBelow('connectedAt', socket.connectedAt),
    allOf(is('connectedAt', socket.connectedAt), isAtMost('connectionId', socket.connectionId)),
  );
/** None of no holders: an empty list in an expression is an error. */
const isHeldByOneToLeave = (socket: RobotSocket, insteadOf: readonly string[] | undefined) => {
  if (insteadOf === undefined) return [isHeldByOlder(socket)];
  return insteadOf.length === 0 ? [] : [allOf(isHeldByOlder(socket), anyOf(...insteadOf.map(isHeldBy)))];
};
const isDueWhile = (state: 'away' | 'offline', now: number) =>
  allOf(is('state', state), isAtMost('nextDeadlineAt', now));
/** `<>` is true of a missing attribute as well, hence both. */
const isHere = allOf(isPresent('robotId'), isNot('state', 'offline'));
const isUnconfirmedOf = (sessionId: string) =>
  allOf(is('controllerSessionId', sessionId), isPresent('controlUnconfirmed'));

export function dynamoDbRobotSessionStore(access: TableAccess): RobotSessionStore {
  const table = dynamoDbTable(access);

  const get: RobotSessionStore['get'] = async (robotId) => {
    const row = await table.get({ robotId });
    return row === undefined ? undefined : toRobotSession(row);
  };

  const arrivalOf: RobotSessionStore['arrivalOf'] = async (robotId, connectionId) => {
    const row = await table.get({ robotId });
    const robot = row === undefined ? undefined : toRobotSession(row);
    if (robot?.socket?.connectionId !== connectionId) return undefined;
    return { robot, arrival: toRobotArrival(row) };
  };

  return {
    get,

    async getMany(robotIds) {
      const unique = [...new Set(robotIds)];
      if (unique.length === 0) return [];
      if (unique.length > batchSize) {
        throw new RangeError(`getMany: at most ${batchSize} robots at once, not ${unique.length}.`);
      }
      const rows = await table.getMany(unique.map((robotId) => ({ robotId })));
      return rows.filter((row) => row !== undefined).map(toRobotSession);
    },

    async claim(robotId, { socket, fleets, resume = false, now, insteadOf }) {
      const result = await table.update(
        { robotId },
        {
          changes: [
            raiseEpoch,
            becomeOnline(socket, now),
            keepControl,
            claimedNow(now),
            arriving(resume),
            { set: { fleets } },
          ],
          onlyIf: allOf(
            isNot('connectionId', socket.connectionId),
            anyOf(isUnclaimed, ...isHeldByOneToLeave(socket, insteadOf)),
          ),
          returning: 'ALL_OLD',
        },
      );
      if (!result.written) {
        const own = await table.update(
          { robotId },
          { changes: [raiseEpoch], onlyIf: isHeldBy(socket.connectionId), returning: 'ALL_NEW' },
        );
        if (!own.written) return { won: false };
        const arrival = toRobotArrival(own.row);
        return { won: true, repeated: true, current: toRobotSession(own.row), arrival };
      }
      const previous = result.row === undefined ? undefined : toRobotSession(result.row);
      const current: RobotSession = {
        robotId,
        state: 'online',
        sinceAt: previous?.state === 'online' ? previous.sinceAt : now,
        epoch: (previous?.epoch ?? 0) + 1,
        claimedAt: [now, ...(previous?.claimedAt ?? [])].slice(0, 2),
        fleets,
        socket,
        leaseEpoch: previous?.leaseEpoch ?? 0,
        ...(previous?.controllerSessionId !== undefined && {
          controllerSessionId: previous.controllerSessionId,
        }),
        ...(previous?.controlHolder !== undefined && { controlHolder: previous.controlHolder }),
        ...(previous?.controlUnconfirmed === true && { controlUnconfirmed: true }),
      };
      return { won: true, repeated: false, current, previous, arrival: arrivalFrom(previous, resume) };
    },

    arrivalOf,

    async noteArrivalTold(robotId, epoch) {
      const result = await table.update(
        { robotId },
        { changes: [{ set: { arrivalTold: true } }], onlyIf: is('epoch', epoch), returning: 'ALL_NEW' },
      );
      return result.written ? toRobotSession(result.row) : undefined;
    },

    async giveBack(robotId, { epoch, previous, now }) {
      const { written } = await table.update(
        { robotId },
        {
          changes: [
            raiseEpoch,
            ...becomeAgain(robotId, previous, now),
            { set: { fleets: previous?.fleets ?? [] } },
            arrivedBefore(previous),
            claimedAsBefore(previous),
          ],
          onlyIf: is('epoch', epoch),
        },
      );
      return written;
    },

    async release(robotId, { connectionId, now, resumeEndsAt }) {
      const { written } = await table.update(
        { robotId },
        { changes: [becomeAway(robotId, { sinceAt: now, resumeEndsAt })], onlyIf: isHeldBy(connectionId) },
      );
      return written;
    },

    async leave(robotId, { connectionId, now, retryAt }) {
      const { written } = await table.update(
        { robotId },
        { changes: [becomeOffline(now), dueAgain(robotId, retryAt)], onlyIf: isHeldBy(connectionId) },
      );
      return written;
    },

    async endResume(robotId, { now, retryAt }) {
      const ended = await table.update(
        { robotId },
        { changes: [becomeOffline(now), dueAgain(robotId, retryAt)], onlyIf: isDueWhile('away', now) },
      );
      if (ended.written) return true;
      // A second update and not one condition for both: since when it is offline must not move.
      const again = await table.update(
        { robotId },
        { changes: [dueAgain(robotId, retryAt)], onlyIf: isDueWhile('offline', now) },
      );
      return again.written;
    },

    async settle(robotId) {
      await table.update({ robotId }, { changes: [dueNoMore], onlyIf: is('state', 'offline') });
    },

    async copyToken(robotId, { connectionId, tokenExpiresAt, fleets }) {
      const { written } = await table.update(
        { robotId },
        {
          changes: [{ set: { tokenExpiresAt, fleets } }],
          onlyIf: allOf(isHeldBy(connectionId), isAtMost('tokenExpiresAt', tokenExpiresAt)),
        },
      );
      if (written) return true;
      // A later refresh of the same connection got here first: its copy, and its fleets, are the newer ones.
      const socket = (await get(robotId))?.socket;
      return socket?.connectionId === connectionId && socket.tokenExpiresAt >= tokenExpiresAt;
    },

    async takeControl(robotId, sessionId, holder) {
      const result = await table.update(
        { robotId },
        {
          changes: [giveControl(sessionId, holder)],
          onlyIf: allOf(isHere, isAbsent('controllerSessionId')),
          returning: 'ALL_NEW',
        },
      );
      if (result.written) return toRobotSession(result.row);
      const current = await get(robotId);
      return current?.controllerSessionId === sessionId ? current : undefined;
    },

    async confirmControl(robotId, sessionId, leaseEpoch) {
      const isHolder = is('controllerSessionId', sessionId);
      const result = await table.update(
        { robotId },
        {
          changes: [confirmControl],
          onlyIf: leaseEpoch === undefined ? isHolder : allOf(isHolder, is('leaseEpoch', leaseEpoch)),
          returning: 'ALL_NEW',
        },
      );
      return result.written ? toRobotSession(result.row) : undefined;
    },

    async freeUnconfirmed(robotId, sessionId) {
      const result = await table.update(
        { robotId },
        { changes: [loseControl], onlyIf: isUnconfirmedOf(sessionId), returning: 'ALL_NEW' },
      );
      return result.written ? toRobotSession(result.row) : undefined;
    },

    async passControl(robotId, { from, to, holder, unconfirmed }) {
      // No change, and none to be told by a new epoch.
      if (from === to) {
        const current = await get(robotId);
        return current?.controllerSessionId === from ? current : undefined;
      }
      const result = await table.update(
        { robotId },
        {
          changes: [giveControl(to, holder)],
          onlyIf: unconfirmed === true ? isUnconfirmedOf(from) : is('controllerSessionId', from),
          returning: 'ALL_NEW',
        },
      );
      return result.written ? toRobotSession(result.row) : undefined;
    },

    async dropControl(robotId, sessionId) {
      const result = await table.update(
        { robotId },
        { changes: [loseControl], onlyIf: is('controllerSessionId', sessionId), returning: 'ALL_NEW' },
      );
      return result.written ? toRobotSession(result.row) : undefined;
    },

    due: (of) => queryDue(table, { ...of, keyOf: toRobotId }),
  };
}
