import { drive, type Pose, standstill, type Velocity, withinWheelSpeeds } from './kinematics.ts';

/** Without a command for this long the rover stops by itself. */
export const deadManMs = 500;

/**
 * Why it moves, or does not: `dead_man` when commands stayed away while it drove, `halted` when who drove lost
 * control, `stopped` by the stop button, until whoever drives has let go of the controls.
 */
export type RoverState = 'standing' | 'driving' | 'dead_man' | 'halted' | 'stopped';

export type Rover = {
  command(velocity: Velocity): void;
  /** Stops now, because nobody has control any more. */
  halt(): void;
  /** Stops now, and stays so until a command that asks for nothing. */
  stop(): void;
  /** Where it is now, how fast, and why. */
  now(): { pose: Pose; velocity: Velocity; state: RoverState };
};

/** The simulated rover. It is moved on only when it is looked at or told something, so it needs no timer. */
export function createRover(clock: () => number, startsAt: Pose = { xM: 0, yM: 0, headingRad: 0 }): Rover {
  let pose = startsAt;
  let velocity = standstill;
  let state: RoverState = 'standing';
  let commandedAt = Number.NEGATIVE_INFINITY;
  let movedAt = clock();

  function moveOn(): number {
    const now = clock();
    const stopsAt = commandedAt + deadManMs;
    // However late this is called, it drove no longer than the last command was good for.
    const drivenMs = Math.min(now, stopsAt) - movedAt;
    if (drivenMs > 0) pose = drive(pose, velocity, drivenMs);
    if (now >= stopsAt) {
      velocity = standstill;
      if (state === 'driving') state = 'dead_man';
    }
    movedAt = now;
    return now;
  }

  function brake(why: RoverState): void {
    moveOn();
    velocity = standstill;
    state = why;
  }

  return {
    command(wanted) {
      const isNothing = wanted.linearMPerS === 0 && wanted.angularRadPerS === 0;
      if (state === 'stopped' && !isNothing) return;
      commandedAt = moveOn();
      velocity = withinWheelSpeeds(wanted);
      state = isNothing ? 'standing' : 'driving';
    },
    halt() {
      moveOn();
      if (state === 'driving') brake('halted');
    },
    stop: () => brake('stopped'),
    now() {
      moveOn();
      return { pose, velocity, state };
    },
  };
}
