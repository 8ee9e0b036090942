import type { RobotId } from '../../../protocol/ids.ts';

/** Robots by fleet, so that listing costs in proportion to what the caller may see. @throws {DependencyUnavailable} */
export type FleetDirectory = {
  /** Lists the robot under its fleets and under all robots; takes it out of those it has left. May be repeated. */
  enlist(robotId: RobotId, change: { fleets: readonly string[]; left: readonly string[] }): Promise<void>;
  /** Robots in the order of their ids, after the given one. `fleet` undefined: all robots. */
  list(of: {
    fleet: string | undefined;
    after: RobotId | undefined;
    limit: number;
  }): Promise<readonly RobotId[]>;
};
