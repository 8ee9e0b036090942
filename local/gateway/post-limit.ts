export type PostLimit = { take(): boolean };

/**
 * A token bucket with a burst of one second. AWS documents that `LimitExceededException` exists and not at
 * which rate, so the rate is the caller's:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html
 */
export function postLimit(perSecond: number): PostLimit {
  if (perSecond === Number.POSITIVE_INFINITY) return { take: () => true };
  const burst = Math.max(1, perSecond);
  let tokens = burst;
  let refilledAt = performance.now();
  return {
    take() {
      const now = performance.now();
      tokens = Math.min(burst, tokens + ((now - refilledAt) / 1000) * perSecond);
      refilledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
