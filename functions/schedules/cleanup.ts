import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import { DependencyUnavailable } from '../core/ports/dependency-unavailable.ts';
import { type CleanupDeps, runCleanup } from '../core/use-cases/cleanup.ts';
import { type CountRobotsDeps, countRobots } from '../core/use-cases/count-robots.ts';

/** A Lambda function that a schedule calls. */
export type ScheduledFunction = (event: unknown, context?: unknown) => Promise<void>;

/** The schedule's own precision; a shorter period is made by looping within a run. */
const scheduleEveryMs = 60_000;
/** Kept back at the end of an invocation: enough for the batch under way. */
const reserveMs = 10_000;
/** Rows read from one shard at a time. */
const batch = 50;
/** The robots are counted at every so many runs (ADR 0035). */
const runsPerCount = 5;

const lambdaContext = z.object({
  getRemainingTimeInMillis: z.custom<() => number>((value) => typeof value === 'function'),
});

/** Runs the cleanup, and again within the same invocation where the policy wants it more often than the schedule can. */
export function scheduledCleanup(deps: CleanupDeps & CountRobotsDeps): ScheduledFunction {
  return async (_event, context) => {
    const startedAt = deps.clock.now();
    const parsed = lambdaContext.safeParse(context);
    const remainingMs = parsed.success ? parsed.data.getRemainingTimeInMillis() : scheduleEveryMs;
    const endBy = startedAt + Math.max(remainingMs - reserveMs, 0);
    const { cleanupEveryMs } = deps.policy;
    for (let runAt = startedAt; ; runAt += cleanupEveryMs) {
      await pause(Math.max(0, runAt - deps.clock.now()));
      await runCleanup(deps, { endBy, batch });
      if (Math.floor(runAt / cleanupEveryMs) % runsPerCount === 0) await countOrNote(deps, endBy);
      const nextAt = runAt + cleanupEveryMs;
      if (nextAt >= startedAt + scheduleEveryMs || nextAt >= endBy) return;
    }
  };
}

/** After the cleanup, and never in its way. */
async function countOrNote(deps: CountRobotsDeps, endBy: number): Promise<void> {
  try {
    await countRobots(deps, { endBy });
  } catch (failure) {
    if (!(failure instanceof DependencyUnavailable)) throw failure;
    deps.lifeLog.note({ type: 'dependency_unavailable', where: 'count-robots', code: failure.code });
  }
}
