import type { ConnectionId, RobotId, SessionId } from '../../../protocol/ids.ts';
import type { RobotSession, RobotSocket } from '../model/robot-session.ts';

export type Claim =
  /** `previous` is the row as it was, undefined for a robot that was never here. */
  | { readonly won: true; readonly current: RobotSession; readonly previous: RobotSession | undefined }
  /** A newer connection holds the robot. */
  | { readonly won: false };

/** Rows of robots. All reads are consistent, all changes conditional on whose they are (I4). @throws {DependencyUnavailable} */
export type RobotSessionStore = {
  get(robotId: RobotId): Promise<RobotSession | undefined>;
  /** In any order; unknown ones are left out. Up to 100. */
  getMany(robotIds: readonly RobotId[]): Promise<readonly RobotSession[]>;
  /** Makes the socket the robot's, unless one that connected later is: the newest wins. Raises `epoch`. */
  claim(
    robotId: RobotId,
    by: { socket: RobotSocket; fleets: readonly string[]; now: number },
  ): Promise<Claim>;
  /**
   * Undoes a claim of this connection: the previous socket is the robot again, or, where there was
   * none, the robot is as absent as before. Raises `epoch`. False when it is no longer this connection's.
   */
  giveBack(
    robotId: RobotId,
    of: { connectionId: ConnectionId; previous: RobotSession | undefined; now: number },
  ): Promise<boolean>;
  /** The socket is lost: `away` until `resumeEndsAt`. False when the robot is not this connection's (I4). */
  release(
    robotId: RobotId,
    of: { connectionId: ConnectionId; now: number; resumeEndsAt: number },
  ): Promise<boolean>;
  /** The robot left by itself: `offline` at once. False when the robot is not this connection's. */
  leave(robotId: RobotId, of: { connectionId: ConnectionId; now: number }): Promise<boolean>;
  /** The resume window has ended: `offline`, if it is away and due at `now`. */
  endResume(robotId: RobotId, now: number): Promise<boolean>;
  /** Copies a refreshed token's end (never shortening) and the fleets. False when the robot is not this connection's. */
  copyToken(
    robotId: RobotId,
    of: { connectionId: ConnectionId; tokenExpiresAt: number; fleets: readonly string[] },
  ): Promise<boolean>;
  /** Gives control to a session if nobody has it. The row after the change, or undefined when it is held by another or the robot is unknown. */
  takeControl(robotId: RobotId, sessionId: SessionId): Promise<RobotSession | undefined>;
  /** Frees control if this session holds it. */
  dropControl(robotId: RobotId, sessionId: SessionId): Promise<boolean>;
  /** Robots whose resume window has ended at `now`; of one shard of the index. */
  due(of: { shard: number; now: number; limit: number }): Promise<readonly RobotId[]>;
};
