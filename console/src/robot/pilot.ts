import type { Controls } from './controls.ts';
import type { DriveLink } from './drive-link.ts';

/** Well below the 500 ms after which the robot stops by itself. */
const everyMs = 80;
/** A turn at full deflection, radians per second, at the highest speed limit. */
const fullTurn = 1.6;
/** How often nothing is said after the last push: the channel may lose it. */
const farewells = 4;

/**
 * Tells the robot what the controls say while this side may drive. When they are let go it says so, and falls
 * silent: silence is no danger, for the robot stops without commands.
 */
export function startPilot(of: {
  readonly controls: Controls;
  readonly link: DriveLink;
  readonly mayDrive: () => boolean;
  readonly speedLimit: () => number;
}): () => void {
  const { link } = of;
  let toSay = 0;
  let hasLetGo = false;

  const timer = setInterval(() => {
    const { ahead, left } = of.controls.push();
    if (!of.mayDrive()) {
      toSay = 0;
      return;
    }
    const isPushed = ahead !== 0 || left !== 0;
    const isStopped = link.pose.peek()?.state === 'stopped';
    if (isStopped && !isPushed) hasLetGo = true;
    // The stop button holds until the controls were let go; the robot learns of it with the next push.
    if (isPushed && isStopped && hasLetGo) link.tell({ type: 'drive', linear: 0, angular: 0 });
    if (!isStopped) hasLetGo = false;
    if (isPushed) toSay = farewells;
    if (toSay === 0) return;
    if (!isPushed) toSay -= 1;
    const limit = of.speedLimit();
    link.tell({ type: 'drive', linear: ahead * limit, angular: left * fullTurn * Math.max(0.4, limit) });
  }, everyMs);
  return () => clearInterval(timer);
}
