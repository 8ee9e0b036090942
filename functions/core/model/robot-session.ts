import type { ClientId, RobotId, SessionId } from '../../../protocol/ids.ts';
import type { RobotState } from '../../../protocol/messages/from-server/robots.ts';
import type { SocketCopy } from './connection.ts';

/** The socket that currently is the robot, with the age that decides which is newer. */
export type RobotSocket = SocketCopy & { readonly connectedAt: number };

/** Who holds control and since when (Unix ms), to be shown to people. Decides nothing. */
export type Holder = {
  readonly clientId: ClientId;
  /** Absent where it is not known. */
  readonly userName?: string;
  readonly sinceAt: number;
};

/** A robot's presence. Outlives its sockets, and every client. */
export type RobotSession = {
  readonly robotId: RobotId;
  readonly state: RobotState;
  /** Unix ms of the last change of `state`. */
  readonly sinceAt: number;
  /** Rises with each change of connection: the fence between an old socket and a new one (I4). */
  readonly epoch: number;
  /** Unix ms of its last two claims, the later one first: two devices of one identity are told by them. */
  readonly claimedAt: readonly number[];
  readonly fleets: readonly string[];
  /** Absent while the robot is away or offline. */
  readonly socket?: RobotSocket;
  /** The session that holds control (I7). */
  readonly controllerSessionId?: SessionId;
  /** Whose session that is; absent when it was not said, or nobody holds control. */
  readonly controlHolder?: Holder;
  /** Only while the control that was given last is pending: it may still be undone, and is no answer to anybody. */
  readonly controlUnconfirmed?: true;
  /** Rises with each change of controller. */
  readonly leaseEpoch: number;
  /** Unix ms; only while away. */
  readonly resumeEndsAt?: number;
};

/** Who drives for certain, as those may know who see the robot. */
export function standingHolder({ controlHolder, controlUnconfirmed }: RobotSession): Holder | undefined {
  return controlUnconfirmed === true ? undefined : controlHolder;
}

/** Whether two looks at a robot tell people the same of who drives it. */
export function isSameHolder(one: RobotSession, other: RobotSession): boolean {
  const [holder, otherHolder] = [standingHolder(one), standingHolder(other)];
  return holder?.clientId === otherHolder?.clientId && holder?.sinceAt === otherHolder?.sinceAt;
}

/** Whether they tell the same of whether it is there. */
export function isSamePresence(one: RobotSession, other: RobotSession): boolean {
  return one.state === other.state && one.sinceAt === other.sinceAt;
}

/** Who may drive, and since which change of hands. */
export type Lease = { readonly controller: SessionId | null; readonly leaseEpoch: number };

/**
 * Who holds control for certain, as a peer may be told beside another matter. Pending control is told by
 * who gives it: until then it is said that nothing is known since the change before.
 */
export function standingLease({ controllerSessionId, controlUnconfirmed, leaseEpoch }: RobotSession): Lease {
  if (controlUnconfirmed === true) return { controller: null, leaseEpoch: leaseEpoch - 1 };
  return { controller: controllerSessionId ?? null, leaseEpoch };
}
