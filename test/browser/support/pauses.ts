/** A moment at which something that ticks was served; `busyMs`: computing of its own since the one before. */
export type Tick = { readonly at: number; readonly busyMs: number };

/** Of what ticks in a page, where nothing says how long it computed. */
export const ticksOf = (moments: readonly number[]): readonly Tick[] =>
  moments.map((at) => ({ at, busyMs: 0 }));

/** A timer of this process, which has the robot and the server in it. What it is late for by its own work is our own fault. */
export function startTicking(): { readonly ticks: readonly Tick[]; stop(): void } {
  const ticks: Tick[] = [];
  let before = process.threadCpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    ticks.push({ at: Date.now(), busyMs: (user + system) / 1_000 });
  }, 25);
  return { ticks, stop: () => clearInterval(timer) };
}

/**
 * The longest time between two poses, ms. With `controls`: that of ours. In a pause, the longest time that one of
 * these stood still, without computing, is the machine's.
 */
export function longestPauseMs(
  poses: readonly { readonly arrivedAt: number }[],
  controls: readonly (readonly Tick[])[] = [],
): number {
  const stalls = controls.flatMap((ticks) =>
    ticks.slice(1).map(({ at: to, busyMs }, i) => ({ from: ticks[i]?.at ?? to, to, busyMs })),
  );
  const pauses = poses.slice(1).map(({ arrivedAt: to }, i) => {
    const from = poses[i]?.arrivedAt ?? to;
    const within = stalls.map((stall) => {
      const ms = Math.min(stall.to, to) - Math.max(stall.from, from);
      return ms > 50 ? ms - stall.busyMs : 0;
    });
    return to - from - Math.max(0, ...within);
  });
  return Math.round(Math.max(...pauses));
}
