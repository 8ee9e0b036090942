import type { Clock } from '../../core/ports/clock.ts';
import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';
import type { LifeLog } from '../../core/ports/life-log.ts';
import type { PeerGateway } from '../../core/ports/peer-gateway.ts';

/** At most one line of each kind in this time: a peer that is away meets dozens of candidates. */
const everyMs = 1_000;

type Why = 'gone' | 'throttled';

/**
 * Counts the posts that meet no socket (410) and those that are throttled (429). The first is told at
 * once, what follows is summed and told with the next one a second later or more; so what an instance
 * counted last may be lost with it, which a ratio does not feel. A post that goes out costs nothing.
 */
export function countedPeerGateway(
  peers: PeerGateway,
  { lifeLog, clock }: { readonly lifeLog: LifeLog; readonly clock: Clock },
): PeerGateway {
  const tallies: Record<Why, { count: number; toldAt: number }> = {
    gone: { count: 0, toldAt: Number.NEGATIVE_INFINITY },
    throttled: { count: 0, toldAt: Number.NEGATIVE_INFINITY },
  };

  function count(why: Why): void {
    const tally = tallies[why];
    tally.count += 1;
    const now = clock.now();
    if (now - tally.toldAt < everyMs) return;
    lifeLog.note({ type: 'posts_failed', why, count: tally.count });
    tally.count = 0;
    tally.toldAt = now;
  }

  return {
    ...peers,
    async post(to, message) {
      try {
        const posted = await peers.post(to, message);
        if (posted === 'gone') count('gone');
        return posted;
      } catch (failure) {
        if (failure instanceof DependencyUnavailable && isTooMany(failure.code)) count('throttled');
        throw failure;
      }
    },
  };
}

/** @see https://docs.aws.amazon.com/apigatewaymanagementapi/latest/reference/API_PostToConnection.html */
function isTooMany(code: string): boolean {
  return code === 'LimitExceededException' || code === 'TooManyRequestsException' || code === 'Http429';
}
