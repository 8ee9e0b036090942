import type { RobotId } from '../../../protocol/ids.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import { closeDueConnection } from './close-due-connection.ts';
import { closingRetryMs, type EndConnectionDeps } from './end-connection.ts';
import { endDueSession } from './end-due-session.ts';
import { endOfflineRobot } from './end-sessions.ts';

export type CleanupDeps = EndConnectionDeps & { readonly deadlineShards: number };

export type CleanupLimits = {
  /** Unix ms after which no further batch is begun. */
  readonly endBy: number;
  /** Rows read from one shard at a time. */
  readonly batch: number;
};

export type CleanupReport = {
  readonly closed: number;
  readonly robotsOffline: number;
  readonly sessionsEnded: number;
  /** Items that a dependency failed on; they stay due. */
  readonly failed: number;
  /** Whether something due was left for the next run. */
  readonly more: boolean;
};

type Tally = { acted: number; failed: number; more: boolean };

/**
 * Acts on what is due and on nothing else (I6): each row by its own deadline, each under a condition
 * that lets whoever came first win. One query a shard, so it reads in proportion to what is due.
 * Safe to run twice at once, and to be killed anywhere.
 */
export async function runCleanup(deps: CleanupDeps, limits: CleanupLimits): Promise<CleanupReport> {
  const startedAt = deps.clock.now();
  const connections = await workThrough(deps, limits, {
    due: (of) => deps.connections.due(of),
    keyOf: (id) => id,
    act: (id, now) => closeDueConnection(deps, id, now),
  });
  const robots = await workThrough(deps, limits, {
    due: (of) => deps.robots.due(of),
    keyOf: (id) => id,
    act: (id, now) => endResumeOf(deps, id, now),
  });
  const sessions = await workThrough(deps, limits, {
    due: (of) => deps.sessions.due(of),
    keyOf: ({ robotId, sessionId }) => `${sessionId} ${robotId}`,
    act: (key, now) => endDueSession(deps, key, now),
  });
  const report = {
    closed: connections.acted,
    robotsOffline: robots.acted,
    sessionsEnded: sessions.acted,
    failed: connections.failed + robots.failed + sessions.failed,
    more: connections.more || robots.more || sessions.more,
  };
  deps.lifeLog.note({ type: 'cleanup_done', ...report, tookMs: deps.clock.now() - startedAt });
  return report;
}

/** The robot did not come back: `offline`, and its sessions end. */
async function endResumeOf(deps: CleanupDeps, robotId: RobotId, now: number): Promise<boolean> {
  if (!(await deps.robots.endResume(robotId, { now, retryAt: now + closingRetryMs }))) return false;
  await endOfflineRobot(deps, robotId);
  return true;
}

type Work<Key> = {
  due(of: { shard: number; now: number; limit: number }): Promise<readonly Key[]>;
  keyOf(key: Key): string;
  /** Whether the item was acted upon; false when somebody else came first or it was not due after all. */
  act(key: Key, now: number): Promise<boolean>;
};

async function workThrough<Key>(deps: CleanupDeps, limits: CleanupLimits, work: Work<Key>): Promise<Tally> {
  const shards = Array.from({ length: deps.deadlineShards }, (_, shard) =>
    workThroughShard(deps, limits, { ...work, shard }),
  );
  const tallies = await Promise.all(shards);
  return {
    acted: tallies.reduce((sum, { acted }) => sum + acted, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    more: tallies.some(({ more }) => more),
  };
}

/** A shard that cannot be read keeps neither the other shards nor the other kinds of row from their turn. */
async function workThroughShard<Key>(
  deps: CleanupDeps,
  limits: CleanupLimits,
  work: Work<Key> & { shard: number },
): Promise<Tally> {
  const tally: Tally = { acted: 0, failed: 0, more: false };
  try {
    await workThroughBatches(deps, limits, { ...work, tally });
  } catch (failure) {
    countFailure(deps, tally, failure);
    tally.more = true;
  }
  return tally;
}

async function workThroughBatches<Key>(
  deps: CleanupDeps,
  limits: CleanupLimits,
  work: Work<Key> & { shard: number; tally: Tally },
): Promise<void> {
  const { tally } = work;
  // The index follows the table with a delay, and what failed stays due: such are named again, and
  // read past to what comes behind them.
  const seen = new Set<string>();
  let namedAgain = 0;
  for (;;) {
    const now = deps.clock.now();
    if (now >= limits.endBy) {
      tally.more = true;
      return;
    }
    const limit = limits.batch + namedAgain;
    const due = await work.due({ shard: work.shard, now, limit });
    const fresh = due.filter((key) => !seen.has(work.keyOf(key)));
    for (const key of fresh) seen.add(work.keyOf(key));
    await Promise.all(fresh.map((key) => actOn(deps, work, { key, now, tally })));
    namedAgain = due.length - fresh.length;
    if (due.length < limit) {
      tally.more = namedAgain > 0;
      return;
    }
  }
}

/** One item that fails, for whatever reason, does not keep the others from their turn. */
async function actOn<Key>(
  deps: CleanupDeps,
  work: Work<Key>,
  item: { key: Key; now: number; tally: Tally },
): Promise<void> {
  try {
    if (await work.act(item.key, item.now)) item.tally.acted += 1;
  } catch (failure) {
    countFailure(deps, item.tally, failure);
  }
}

function countFailure(deps: CleanupDeps, tally: Tally, failure: unknown): void {
  tally.failed += 1;
  if (failure instanceof DependencyUnavailable) {
    deps.lifeLog.note({ type: 'dependency_unavailable', where: 'cleanup', code: failure.code });
  } else {
    const name = failure instanceof Error ? failure.name : typeof failure;
    deps.lifeLog.note({ type: 'fault', where: 'cleanup', name });
  }
}
