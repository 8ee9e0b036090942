import type { ConnectionId, RobotId, SessionId } from '../../../protocol/ids.ts';
import type { RobotArrival } from '../model/robot-arrival.ts';
import type { Holder, RobotSession, RobotSocket } from '../model/robot-session.ts';
import type { Due, DueQuery } from './due.ts';

export type Claim =
  /** `previous` is the row as it was, undefined for a robot that was never here. */
  | {
      readonly won: true;
      readonly repeated: false;
      readonly current: RobotSession;
      readonly previous: RobotSession | undefined;
      readonly arrival: RobotArrival;
    }
  /** By an earlier claim of this connection, which cannot be given back any more. */
  | {
      readonly won: true;
      readonly repeated: true;
      readonly current: RobotSession;
      readonly arrival: RobotArrival;
    }
  /** A newer connection holds the robot. */
  | { readonly won: false };

/** Rows of robots. All reads are consistent, all changes conditional on whose they are (I4). @throws {DependencyUnavailable} */
export type RobotSessionStore = {
  get(robotId: RobotId): Promise<RobotSession | undefined>;
  /** In any order; unknown ones are left out. Up to 100. */
  getMany(robotIds: readonly RobotId[]): Promise<readonly RobotSession[]>;
  /**
   * Makes the socket the robot's, unless one that connected later is: the newest wins. With
   * `insteadOf` only if nobody but one of those is the robot. Raises `epoch`.
   */
  claim(
    robotId: RobotId,
    by: {
      socket: RobotSocket;
      fleets: readonly string[];
      /** Absent: it begins anew. */
      resume?: boolean;
      now: number;
      insteadOf?: readonly ConnectionId[];
    },
  ): Promise<Claim>;
  /** The robot and how it came, if it is this connection. */
  arrivalOf(
    robotId: RobotId,
    connectionId: ConnectionId,
  ): Promise<{ robot: RobotSession; arrival: RobotArrival } | undefined>;
  /** Everybody has been told of the claim by which the robot has this epoch. The row; undefined when it has another by now. */
  noteArrivalTold(robotId: RobotId, epoch: number): Promise<RobotSession | undefined>;
  /**
   * Undoes a claim, as long as nobody has claimed the robot since (`epoch` is still the claim's own),
   * even if the claimant's socket was released in the meantime: the previous socket is the robot again,
   * or, where there was none, the robot is as absent as before. Raises `epoch`. Whether all know of the
   * previous one is not known: its next `hello` tells them.
   */
  giveBack(
    robotId: RobotId,
    of: { epoch: number; previous: RobotSession | undefined; now: number },
  ): Promise<boolean>;
  /** The socket is lost: `away` until `resumeEndsAt`. False when the robot is not this connection's (I4). */
  release(
    robotId: RobotId,
    of: { connectionId: ConnectionId; now: number; resumeEndsAt: number },
  ): Promise<boolean>;
  /**
   * The robot left by itself: `offline` at once, and due at `retryAt` until `settle`, so that its
   * sessions are ended even if whoever began it dies. False when the robot is not this connection's.
   */
  leave(robotId: RobotId, of: { connectionId: ConnectionId; now: number; retryAt: number }): Promise<boolean>;
  /**
   * The resume window has ended: `offline`, if it is away and due at `now`. Also true of a robot that
   * is offline and still due, whose end somebody began. Due again at `retryAt`, until `settle`.
   */
  endResume(robotId: RobotId, when: { now: number; retryAt: number }): Promise<boolean>;
  /** The sessions of an offline robot have been ended: it is due no more. Without effect on any other. */
  settle(robotId: RobotId): Promise<void>;
  /** Copies a refreshed token's end (never shortening) and the fleets. False when the robot is not this connection's. */
  copyToken(
    robotId: RobotId,
    of: { connectionId: ConnectionId; tokenExpiresAt: number; fleets: readonly string[] },
  ): Promise<boolean>;
  /**
   * Gives control to a session if nobody has it, until `confirmControl` only for the time being. `holder`:
   * whose session that is, kept as long as it has control. The row after the change, or undefined when it
   * is held by another or the robot is unknown.
   */
  takeControl(robotId: RobotId, sessionId: SessionId, holder?: Holder): Promise<RobotSession | undefined>;
  /**
   * The session keeps the control that it was given; with `leaseEpoch` only if that is still the one. The
   * row after the change, or undefined when it has it no more.
   */
  confirmControl(
    robotId: RobotId,
    sessionId: SessionId,
    leaseEpoch?: number,
  ): Promise<RobotSession | undefined>;
  /** Frees control that this session was given and that was not confirmed. The row after the change, or undefined. */
  freeUnconfirmed(robotId: RobotId, sessionId: SessionId): Promise<RobotSession | undefined>;
  /**
   * Hands control from the session that holds it to another, until `confirmControl` only for the time
   * being; with `unconfirmed` only if `from` has not confirmed its own. The row after the change, or
   * undefined when `from` does not hold it so.
   */
  passControl(
    robotId: RobotId,
    of: { from: SessionId; to: SessionId; holder?: Holder | undefined; unconfirmed?: true },
  ): Promise<RobotSession | undefined>;
  /** Frees control if this session holds it. The row after the change, or undefined. */
  dropControl(robotId: RobotId, sessionId: SessionId): Promise<RobotSession | undefined>;
  /** Robots that are due at `now`: away at the end of the window, or offline and not settled; of one shard of the index. */
  due(of: DueQuery): Promise<readonly Due<RobotId>[]>;
};
