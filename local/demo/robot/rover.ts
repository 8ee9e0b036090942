import { drive, type Pose, standstill, type Velocity, withinWheelSpeeds } from './kinematics.ts';

/** Without a command for this long the rover stops by itself. */
export const deadManMs = 500;

export type Rover = {
  command(velocity: Velocity): void;
  /** Where it is now, and how fast. */
  now(): { pose: Pose; velocity: Velocity; atMs: number };
};

/** The simulated rover. It is moved on only when it is looked at or told something, so it needs no timer. */
export function createRover(clock: () => number): Rover {
  let pose: Pose = { xM: 0, yM: 0, headingRad: 0 };
  let velocity = standstill;
  let commandedAt = Number.NEGATIVE_INFINITY;
  let movedAt = clock();

  function moveOn(): number {
    const now = clock();
    const stopsAt = commandedAt + deadManMs;
    // However late this is called, it drove no longer than the last command was good for.
    const drivenMs = Math.min(now, stopsAt) - movedAt;
    if (drivenMs > 0) pose = drive(pose, velocity, drivenMs);
    if (now >= stopsAt) velocity = standstill;
    movedAt = now;
    return now;
  }

  return {
    command(wanted) {
      commandedAt = moveOn();
      velocity = withinWheelSpeeds(wanted);
    },
    now() {
      const atMs = moveOn();
      return { pose, velocity, atMs };
    },
  };
}
