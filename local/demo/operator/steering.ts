export type Command = { readonly linear: number; readonly angular: number };
export type Key = 'up' | 'down' | 'left' | 'right' | 'stop' | 'quit';

export type Steering = {
  key(key: Exclude<Key, 'quit'>): void;
  /** What to tell the robot so long after the start. */
  command(elapsedMs: number): Command;
};

/** A slow lemniscate-like curve: it never leaves the room. */
const cruise = 0.4;
const weave = { angular: 0.6, periodMs: 20_000 };

const step = { linear: 0.1, angular: 0.2 };
const most = { linear: 1, angular: 2 };

/** Drives a gentle curve by itself until the first key; from then on the keys set the speeds. */
export function createSteering(): Steering {
  let byHand: Command | undefined;
  return {
    key(key) {
      const { linear, angular } = byHand ?? { linear: 0, angular: 0 };
      switch (key) {
        case 'up':
          byHand = { linear: bounded(linear + step.linear, most.linear), angular };
          return;
        case 'down':
          byHand = { linear: bounded(linear - step.linear, most.linear), angular };
          return;
        case 'left':
          byHand = { linear, angular: bounded(angular + step.angular, most.angular) };
          return;
        case 'right':
          byHand = { linear, angular: bounded(angular - step.angular, most.angular) };
          return;
        case 'stop':
          byHand = { linear: 0, angular: 0 };
      }
    },
    command(elapsedMs) {
      if (byHand !== undefined) return byHand;
      return {
        linear: cruise,
        angular: weave.angular * Math.cos((2 * Math.PI * elapsedMs) / weave.periodMs),
      };
    },
  };
}

/** To the nearest hundredth, so that ten steps up and ten down are exactly nothing. */
function bounded(value: number, limit: number): number {
  return Math.round(Math.max(-limit, Math.min(limit, value)) * 100) / 100;
}
