import type { SessionMode } from '../../../client/src/node.ts';
import type { PoseMessage } from '../peer/drive-channel.ts';
import type { Display, Summary } from './display.ts';
import { canReadKeys, readKeys } from './keys.ts';
import type { OperatorSession } from './operator-session.ts';
import { createSteering } from './steering.ts';

/** Well below the 500 ms after which the robot stops by itself. */
const commandEveryMs = 100;
const pingEveryMs = 500;
const silentAfterMs = 1_000;

export type Live = {
  /** What was seen so far. */
  summary(): Summary;
  stop(): void;
};

/** Drives, pings and shows until it is stopped. */
export function startLive(
  session: OperatorSession,
  of: { mode: () => SessionMode; display: Display; onQuit: () => void },
): Live {
  const { mode, display } = of;
  const startedAt = performance.now();
  const steering = createSteering();
  const seen = createObservations(startedAt);
  session.hear((message) => {
    if (message.type === 'pose') seen.pose(message);
    if (message.type === 'pong') seen.roundTrip(performance.now() - message.t);
  });

  const sendPing = () => session.tell({ type: 'ping', t: performance.now() });
  const pings = setInterval(sendPing, pingEveryMs);
  const commands = setInterval(() => {
    const now = performance.now();
    if (mode() === 'control') session.tell({ type: 'drive', ...steering.command(now - startedAt) });
    const view = seen.view(now);
    if (view !== undefined) display.live({ mode: mode(), ...view });
  }, commandEveryMs);
  sendPing();
  const stopKeys = canReadKeys()
    ? readKeys((key) => (key === 'quit' ? of.onQuit() : steering.key(key)))
    : () => {};

  return {
    summary: () => seen.summary(performance.now()),
    stop() {
      clearInterval(pings);
      clearInterval(commands);
      stopKeys();
    },
  };
}

/** Counts what came over the data channel. All times from one monotonic clock. */
function createObservations(startedAt: number) {
  const roundTripsMs: number[] = [];
  let lately: number[] = [];
  let last: PoseMessage | undefined;
  let poses = 0;
  let drivenM = 0;

  return {
    pose(pose: PoseMessage): void {
      // The channel is unordered: an older pose has nothing to say.
      if (last !== undefined && pose.atMs < last.atMs) return;
      if (last !== undefined) drivenM += Math.hypot(pose.x - last.x, pose.y - last.y);
      last = pose;
      poses += 1;
      lately.push(performance.now());
    },
    roundTrip(ms: number): void {
      roundTripsMs.push(ms);
    },
    view(now: number) {
      const silentMs = now - (lately.at(-1) ?? startedAt);
      if (silentMs < silentAfterMs) lately = lately.filter((at) => now - at < 1_000);
      if (last === undefined) return undefined;
      const { x, y, headingRad, speed } = last;
      const countedMs = Math.min(1_000, now - startedAt);
      return {
        pose: { x, y, headingRad, speed },
        posesPerSecond: Math.round((lately.length * 1_000) / countedMs),
        roundTripMs: roundTripsMs.at(-1),
        silentMs: silentMs < silentAfterMs ? undefined : silentMs,
      };
    },
    summary(now: number): Summary {
      const seconds = (now - startedAt) / 1000;
      const sorted = roundTripsMs.toSorted((a, b) => a - b);
      const [least] = sorted;
      const median = sorted[Math.floor(sorted.length / 2)];
      const most = sorted.at(-1);
      const isKnown = least !== undefined && median !== undefined && most !== undefined;
      return {
        seconds,
        poses,
        posesPerSecond: seconds > 0 ? poses / seconds : 0,
        drivenM,
        roundTripMs: isKnown ? { least, median, most } : undefined,
      };
    },
  };
}
