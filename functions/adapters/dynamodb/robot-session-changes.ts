import type { RobotId } from '../../../protocol/ids.ts';
import type { Holder, RobotSession, RobotSocket } from '../../core/model/robot-session.ts';
import { dueAt } from './deadline.ts';
import { type Change, kept, raised, sumOf } from './expression.ts';

const onlineAttributes = ['onlineSinceAt', 'connectionId', 'endpoint', 'tokenExpiresAt', 'connectedAt'];
const deadlineAttributes = ['nextDeadlineAt', 'deadlineShard'];

/** The last claim, and the one before it. */
export function claimedNow(now: number): Change {
  return { set: { claimedAt: now }, compute: { claimedBeforeAt: kept('claimedAt', 0) } };
}

/** How the robot came to this connection: kept until the next claim. */
export function arriving(resume: boolean): Change {
  return {
    set: { resume },
    compute: {
      formerState: kept('state', 'offline'),
      formerConnectionId: kept('connectionId', nowhere),
      formerEndpoint: kept('endpoint', nowhere),
      formerFleets: kept('fleets', []),
    },
    remove: ['arrivalTold'],
  };
}

/**
 * Of a robot that is given back: whether all were told of how it had come there before is not known, so
 * its next `hello` tells them again; there is nobody to be dismissed, and nothing to be ended.
 */
export function arrivedBefore(previous: RobotSession | undefined): Change {
  return {
    set: {
      resume: true,
      formerState: 'away',
      formerConnectionId: nowhere,
      formerEndpoint: nowhere,
      formerFleets: previous?.fleets ?? [],
    },
    remove: ['arrivalTold'],
  };
}

/** Stands for no connection: an update can copy an attribute, but not its absence. */
export const nowhere = '-';

/** A claim that was given back is none. */
export function claimedAsBefore(previous: RobotSession | undefined): Change {
  const [claimedAt = 0, claimedBeforeAt = 0] = previous?.claimedAt ?? [];
  return { set: { claimedAt, claimedBeforeAt } };
}

export const raiseEpoch: Change = { compute: { epoch: raised('epoch') } };

/**
 * The time since when the robot is online has an attribute of its own, which goes with the state:
 * only so can one update keep it for a robot that merely changes its connection, and set it for one
 * that comes back.
 */
export function becomeOnline(socket: RobotSocket, now: number): Change {
  const { connectionId, endpoint, tokenExpiresAt, connectedAt } = socket;
  return {
    set: { state: 'online', connectionId, endpoint, tokenExpiresAt, connectedAt },
    compute: { onlineSinceAt: kept('onlineSinceAt', now) },
    remove: ['sinceAt', 'resumeEndsAt', ...deadlineAttributes],
  };
}

/** Due at the end of the window. The deadline goes with the state, but for a robot that is offline and not settled. */
export function becomeAway(robotId: RobotId, of: { sinceAt: number; resumeEndsAt: number }): Change {
  const { sinceAt, resumeEndsAt } = of;
  return {
    set: { state: 'away', sinceAt, resumeEndsAt, ...dueAt(robotId, resumeEndsAt) },
    remove: onlineAttributes,
  };
}

/**
 * Frees control as well: nobody controls a robot that is not there. To be joined by `dueAgain` or
 * `dueNoMore`, by whether somebody still has to end its sessions.
 */
export function becomeOffline(sinceAt: number): Change {
  return {
    set: { state: 'offline', sinceAt, ...freeControl.set },
    compute: { ...freeControl.compute },
    remove: [...onlineAttributes, 'resumeEndsAt', ...freeControl.remove],
  };
}

export function dueAgain(robotId: RobotId, retryAt: number): Change {
  return { set: dueAt(robotId, retryAt) };
}

/** Takes the robot out of the index: a row without these attributes is not in it. */
export const dueNoMore: Change = { remove: deadlineAttributes };

/**
 * As it was before the claim that is undone. A robot that was never here stays known, offline, in no
 * fleet: without its row the epoch would fall back (I4).
 */
export function becomeAgain(
  robotId: RobotId,
  previous: RobotSession | undefined,
  now: number,
): readonly Change[] {
  if (previous?.socket !== undefined) return [becomeOnline(previous.socket, previous.sinceAt)];
  if (previous?.resumeEndsAt !== undefined) {
    return [becomeAway(robotId, { sinceAt: previous.sinceAt, resumeEndsAt: previous.resumeEndsAt })];
  }
  return [becomeOffline(previous?.sinceAt ?? now), dueNoMore];
}

const holderAttributes = ['controlClientId', 'controlUserName', 'controlSinceAt', 'controlHolderEpoch'];

/**
 * `controlHeld` is 1 while there is a controller and 0 otherwise: so that one update, whoever holds
 * control, raises the epoch exactly if somebody lost it (I7).
 */
const freeControl = {
  set: { controlHeld: 0 },
  compute: { leaseEpoch: sumOf('leaseEpoch', 'controlHeld') },
  remove: ['controllerSessionId', 'controlUnconfirmed', ...holderAttributes],
} satisfies Change;

export const loseControl: Change = freeControl;

export function giveControl(sessionId: string, holder: Holder | undefined): Change {
  return {
    set: {
      controllerSessionId: sessionId,
      controlHeld: 1,
      controlUnconfirmed: 1,
      controlClientId: holder?.clientId,
      controlUserName: holder?.userName,
      controlSinceAt: holder?.sinceAt,
      ...(holder === undefined && { controlHolderEpoch: undefined }),
    },
    // Of which lease the holder was said: an older version that gives control says none, and leaves this one.
    compute: {
      leaseEpoch: raised('leaseEpoch'),
      ...(holder !== undefined && { controlHolderEpoch: raised('leaseEpoch') }),
    },
  };
}

export const confirmControl: Change = { remove: ['controlUnconfirmed'] };

/** Of a row that may be new: no control yet. */
export const keepControl: Change = {
  compute: { leaseEpoch: kept('leaseEpoch', 0), controlHeld: kept('controlHeld', 0) },
};
