import type { ConnectionId, RobotId, SessionId } from '../../../protocol/ids.ts';
import { arrivalFrom } from '../../core/model/robot-arrival.ts';
import type { Holder, RobotSession, RobotSocket } from '../../core/model/robot-session.ts';
import type { RobotSessionStore } from '../../core/ports/robot-session-store.ts';
import { shardOf } from '../dynamodb/deadline.ts';
import { called, dueIn, type MemoryState } from './memory-state.ts';

const maxAtOnce = 100;

export function memoryRobotSessionStore({ robots, arrivals, unsettled }: MemoryState): RobotSessionStore {
  const replace = (robot: RobotSession, retryAt?: number) => {
    robots.set(robot.robotId, robot);
    if (retryAt === undefined) unsettled.delete(robot.robotId);
    else unsettled.set(robot.robotId, retryAt);
    return robot;
  };
  const deadlineOf = (robot: RobotSession) => robot.resumeEndsAt ?? unsettled.get(robot.robotId);
  const heldBy = (robotId: RobotId, connectionId: ConnectionId) => {
    const robot = robots.get(robotId);
    return robot?.socket?.connectionId === connectionId ? robot : undefined;
  };

  const told = (robotId: RobotId, epoch: number) => {
    const arrival = arrivals.get(robotId);
    const robot = robots.get(robotId);
    if (robot?.epoch !== epoch || arrival === undefined) return undefined;
    arrivals.set(robotId, { ...arrival, isTold: true });
    return robot;
  };

  return {
    get: (robotId) => called(() => robots.get(robotId)),

    getMany: (robotIds) =>
      called(() => {
        const unique = [...new Set(robotIds)];
        if (unique.length > maxAtOnce) {
          throw new RangeError(`getMany: at most ${maxAtOnce} robots at once, not ${unique.length}.`);
        }
        return unique.flatMap((robotId) => robots.get(robotId) ?? []);
      }),

    claim: (robotId, { socket, fleets, resume = false, now, insteadOf }) =>
      called(() => {
        const previous = robots.get(robotId);
        const own = heldBy(robotId, socket.connectionId);
        const known = arrivals.get(robotId);
        if (own !== undefined && known !== undefined) {
          const current = replace({ ...own, epoch: own.epoch + 1 });
          return { won: true, repeated: true, current, arrival: known };
        }
        if (previous?.socket !== undefined && isNewer(previous.socket, socket)) return { won: false };
        if (previous?.socket !== undefined && insteadOf?.includes(previous.socket.connectionId) === false) {
          return { won: false };
        }
        const current = replace({
          ...(previous === undefined ? newRobot(robotId) : withoutPlace(previous)),
          state: 'online',
          sinceAt: previous?.state === 'online' ? previous.sinceAt : now,
          epoch: (previous?.epoch ?? 0) + 1,
          claimedAt: [now, ...(previous?.claimedAt ?? [])].slice(0, 2),
          fleets,
          socket,
        });
        const arrival = arrivalFrom(previous, resume);
        arrivals.set(robotId, arrival);
        return { won: true, repeated: false, current, previous, arrival };
      }),

    arrivalOf: (robotId, connectionId) =>
      called(() => {
        const robot = heldBy(robotId, connectionId);
        const arrival = arrivals.get(robotId);
        return robot === undefined || arrival === undefined ? undefined : { robot, arrival };
      }),

    noteArrivalTold: (robotId, epoch) => called(() => told(robotId, epoch)),

    giveBack: (robotId, { epoch, previous, now }) =>
      called(() => {
        const robot = robots.get(robotId);
        if (robot?.epoch !== epoch) return false;
        const fleets = previous?.fleets ?? [];
        arrivals.set(robotId, { resume: true, from: 'away', fleets, isTold: false });
        const again = {
          ...withoutPlace(robot),
          epoch: epoch + 1,
          fleets: previous?.fleets ?? [],
          claimedAt: previous?.claimedAt ?? [],
        };
        const { socket, resumeEndsAt, sinceAt = now } = previous ?? {};
        if (socket !== undefined) replace({ ...again, state: 'online', sinceAt, socket });
        else if (resumeEndsAt !== undefined) replace(away(again, { sinceAt, resumeEndsAt }));
        else replace(offline(again, sinceAt));
        return true;
      }),

    release: (robotId, { connectionId, now, resumeEndsAt }) =>
      called(() => {
        const robot = heldBy(robotId, connectionId);
        if (robot !== undefined) replace(away(robot, { sinceAt: now, resumeEndsAt }));
        return robot !== undefined;
      }),

    leave: (robotId, { connectionId, now, retryAt }) =>
      called(() => {
        const robot = heldBy(robotId, connectionId);
        if (robot !== undefined) replace(offline(robot, now), retryAt);
        return robot !== undefined;
      }),

    endResume: (robotId, { now, retryAt }) =>
      called(() => {
        const robot = robots.get(robotId);
        const deadline = robot && deadlineOf(robot);
        if (robot === undefined || deadline === undefined || deadline > now) return false;
        replace(robot.state === 'offline' ? robot : offline(robot, now), retryAt);
        return true;
      }),

    settle: (robotId) => called(() => void unsettled.delete(robotId)),

    copyToken: (robotId, { connectionId, tokenExpiresAt, fleets }) =>
      called(() => {
        const robot = heldBy(robotId, connectionId);
        if (robot?.socket === undefined) return false;
        if (tokenExpiresAt >= robot.socket.tokenExpiresAt) {
          replace({ ...robot, fleets, socket: { ...robot.socket, tokenExpiresAt } });
        }
        return true;
      }),

    takeControl: (robotId, sessionId, holder) =>
      called(() => {
        const robot = robots.get(robotId);
        if (robot?.controllerSessionId === sessionId) return robot;
        if (robot === undefined || robot.state === 'offline') return undefined;
        if (robot.controllerSessionId !== undefined) return undefined;
        return replace(controlledBy(sessionId, robot, holder));
      }),

    passControl: (robotId, { from, to, holder, unconfirmed = false }) =>
      called(() => {
        const robot = robots.get(robotId);
        if (robot?.controllerSessionId !== from) return undefined;
        if (from === to) return robot;
        return unconfirmed && !robot.controlUnconfirmed
          ? undefined
          : replace(controlledBy(to, robot, holder));
      }),

    confirmControl: (robotId, sessionId, leaseEpoch) =>
      called(() => {
        const robot = robots.get(robotId);
        if (robot?.controllerSessionId !== sessionId) return undefined;
        if (leaseEpoch !== undefined && robot.leaseEpoch !== leaseEpoch) return undefined;
        const { controlUnconfirmed: _, ...confirmed } = robot;
        return replace(confirmed);
      }),

    freeUnconfirmed: (robotId, sessionId) =>
      called(() => {
        const robot = robots.get(robotId);
        if (robot?.controllerSessionId !== sessionId || !robot.controlUnconfirmed) return undefined;
        return replace(withoutControl(robot));
      }),

    dropControl: (robotId, sessionId) =>
      called(() => {
        const robot = robots.get(robotId);
        if (robot?.controllerSessionId !== sessionId) return undefined;
        return replace(withoutControl(robot), unsettled.get(robotId));
      }),

    due: (of) =>
      called(() =>
        dueIn(
          robots.values(),
          {
            keyOf: ({ robotId }) => robotId,
            shardOf: ({ robotId }) => shardOf(robotId),
            deadlineOf,
          },
          of,
        ),
      ),
  };
}

function isNewer(held: RobotSocket, asking: RobotSocket): boolean {
  if (held.connectedAt !== asking.connectedAt) return held.connectedAt > asking.connectedAt;
  return held.connectionId > asking.connectionId;
}

function newRobot(robotId: RobotId) {
  return { robotId, leaseEpoch: 0 };
}

function withoutPlace(robot: RobotSession): Omit<RobotSession, 'socket' | 'resumeEndsAt'> {
  const { socket: _socket, resumeEndsAt: _resumeEndsAt, ...rest } = robot;
  return rest;
}

function away(robot: RobotSession, of: { sinceAt: number; resumeEndsAt: number }): RobotSession {
  return { ...withoutPlace(robot), state: 'away', ...of };
}

function offline(robot: RobotSession, sinceAt: number): RobotSession {
  return { ...withoutControl(withoutPlace(robot)), state: 'offline', sinceAt };
}

function controlledBy(sessionId: SessionId, robot: RobotSession, holder: Holder | undefined): RobotSession {
  const leaseEpoch = robot.leaseEpoch + 1;
  const { controlHolder: _, ...rest } = robot;
  return {
    ...rest,
    controllerSessionId: sessionId,
    controlUnconfirmed: true,
    leaseEpoch,
    ...(holder !== undefined && { controlHolder: holder }),
  };
}

function withoutControl(robot: RobotSession): RobotSession {
  const { controllerSessionId, controlUnconfirmed: _, controlHolder: __, ...rest } = robot;
  return controllerSessionId === undefined ? rest : { ...rest, leaseEpoch: rest.leaseEpoch + 1 };
}
