/** New connections per second and account and region. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const connectsPerSecond = 500;

const windowMs = 1_000;

/** Takes at most `connectsPerSecond` in any second, whenever it begins. */
export function createConnectLimit(): { take(nowMs: number): boolean } {
  const taken: number[] = [];
  return {
    take(nowMs) {
      const before = taken.at(-connectsPerSecond);
      if (before !== undefined && nowMs - before < windowMs) return false;
      taken.push(nowMs);
      return true;
    },
  };
}

/** The most in any second, whenever it begins. `times` in ms, in any order. */
export function mostInAnySecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [index, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
