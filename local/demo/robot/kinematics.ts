/** Where the robot is, in its own field: metres from the start, radians to the left of where it first looked. */
export type Pose = { readonly xM: number; readonly yM: number; readonly headingRad: number };

export type Velocity = { readonly linearMPerS: number; readonly angularRadPerS: number };

export const standstill: Velocity = { linearMPerS: 0, angularRadPerS: 0 };

/** Distance between the two driven wheels. */
const trackM = 0.4;
/** What a wheel can do. */
const fastestWheelMPerS = 1;
/** Below this the arc is so flat that its radius would lose all precision. */
const straightRadPerS = 1e-9;

/** The nearest that the two wheels can do; when one would be too fast, both slow down, so that the curve stays the same. */
export function withinWheelSpeeds({ linearMPerS, angularRadPerS }: Velocity): Velocity {
  const turnMPerS = (angularRadPerS * trackM) / 2;
  const fastest = Math.max(Math.abs(linearMPerS - turnMPerS), Math.abs(linearMPerS + turnMPerS));
  const scale = fastest > fastestWheelMPerS ? fastestWheelMPerS / fastest : 1;
  return { linearMPerS: linearMPerS * scale, angularRadPerS: angularRadPerS * scale };
}

/** The pose after driving an arc of a circle for that long. Exact, whatever the step. */
export function drive(pose: Pose, velocity: Velocity, forMs: number): Pose {
  const seconds = forMs / 1000;
  const { linearMPerS, angularRadPerS } = velocity;
  const headingRad = pose.headingRad + angularRadPerS * seconds;
  if (Math.abs(angularRadPerS) < straightRadPerS) {
    const distanceM = linearMPerS * seconds;
    return {
      xM: pose.xM + distanceM * Math.cos(pose.headingRad),
      yM: pose.yM + distanceM * Math.sin(pose.headingRad),
      headingRad: normalised(headingRad),
    };
  }
  const radiusM = linearMPerS / angularRadPerS;
  return {
    xM: pose.xM + radiusM * (Math.sin(headingRad) - Math.sin(pose.headingRad)),
    yM: pose.yM - radiusM * (Math.cos(headingRad) - Math.cos(pose.headingRad)),
    headingRad: normalised(headingRad),
  };
}

/** Between −π and π. */
function normalised(rad: number): number {
  return Math.atan2(Math.sin(rad), Math.cos(rad));
}
