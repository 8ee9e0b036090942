import type { RobotId } from '../../../protocol/ids.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import type { Due, DueQuery } from '../ports/due.ts';
import { actOnConnection } from './act-on-connection.ts';
import { type EndConnectionDeps, retryMs } from './end-connection.ts';
import { endDueSession } from './end-due-session.ts';
import { endOfflineRobot } from './end-sessions.ts';

export type CleanupDeps = EndConnectionDeps & { readonly deadlineShards: number };

export type CleanupLimits = {
  /** Unix ms after which no further batch is begun. */
  readonly endBy: number;
  /** Rows read from one shard at a time. */
  readonly batch: number;
};

/** What was done, by what it was done to. */
type Deed = 'closed' | 'announced' | 'checked' | 'robotsOffline' | 'sessionsEnded';

export type CleanupReport = { readonly [D in Deed]: number } & {
  /** Items that a dependency failed on; they stay due. */
  readonly failed: number;
  /** Whether something due was left for the next run. */
  readonly more: boolean;
  /** How long after its deadline the latest item was taken up. */
  readonly lagMs: number;
};

type Tally = { -readonly [Field in keyof CleanupReport]: CleanupReport[Field] };

/**
 * Acts on what is due and on nothing else (I6): each row by its own deadline, each under a condition
 * that lets whoever came first win. One query a shard, so it reads in proportion to what is due.
 * Safe to run twice at once, and to be killed anywhere.
 */
export async function runCleanup(deps: CleanupDeps, limits: CleanupLimits): Promise<CleanupReport> {
  const startedAt = deps.clock.now();
  const tally: Tally = {
    closed: 0,
    announced: 0,
    checked: 0,
    robotsOffline: 0,
    sessionsEnded: 0,
    failed: 0,
    more: false,
    lagMs: 0,
  };
  const run = { deps, limits, tally };
  await workThrough(run, {
    due: (of) => deps.connections.due(of),
    nameOf: (id) => id,
    act: (id, now) => actOnConnection(deps, id, now),
  });
  await workThrough(run, {
    due: (of) => deps.robots.due(of),
    nameOf: (id) => id,
    act: (id, now) => endResumeOf(deps, id, now),
  });
  await workThrough(run, {
    due: (of) => deps.sessions.due(of),
    nameOf: ({ robotId, sessionId }) => `${sessionId} ${robotId}`,
    act: async (key, now) => ((await endDueSession(deps, key, now)) ? 'sessionsEnded' : undefined),
  });
  deps.lifeLog.note({ type: 'cleanup_done', ...tally, tookMs: deps.clock.now() - startedAt });
  return tally;
}

/** The robot did not come back: `offline`, and its sessions end. */
async function endResumeOf(
  deps: CleanupDeps,
  robotId: RobotId,
  now: number,
): Promise<'robotsOffline' | undefined> {
  if (!(await deps.robots.endResume(robotId, { now, retryAt: now + retryMs }))) return undefined;
  await endOfflineRobot(deps, robotId);
  return 'robotsOffline';
}

type Run = { readonly deps: CleanupDeps; readonly limits: CleanupLimits; readonly tally: Tally };

type Work<Key> = {
  due(of: DueQuery): Promise<readonly Due<Key>[]>;
  nameOf(key: Key): string;
  /** What was done; undefined when somebody else came first or nothing was due after all. */
  act(key: Key, now: number): Promise<Deed | undefined>;
};

async function workThrough<Key>(run: Run, work: Work<Key>): Promise<void> {
  const shards = Array.from({ length: run.deps.deadlineShards }, (_, shard) =>
    workThroughShard(run, work, shard),
  );
  await Promise.all(shards);
}

/** A shard that cannot be read keeps neither the other shards nor the other kinds of row from their turn. */
async function workThroughShard<Key>(run: Run, work: Work<Key>, shard: number): Promise<void> {
  try {
    await workThroughBatches(run, work, shard);
  } catch (failure) {
    countFailure(run, failure);
    run.tally.more = true;
  }
}

async function workThroughBatches<Key>(run: Run, work: Work<Key>, shard: number): Promise<void> {
  const { deps, limits, tally } = run;
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
    const due = await work.due({ shard, now, limit });
    const fresh = due.filter(({ key }) => !seen.has(work.nameOf(key)));
    for (const { key } of fresh) seen.add(work.nameOf(key));
    await Promise.all(fresh.map((item) => actOn(run, work, { ...item, now })));
    namedAgain = due.length - fresh.length;
    if (due.length < limit) {
      if (namedAgain > 0) tally.more = true;
      return;
    }
  }
}

/** One item that fails, for whatever reason, does not keep the others from their turn. */
async function actOn<Key>(run: Run, work: Work<Key>, item: Due<Key> & { now: number }): Promise<void> {
  const { tally } = run;
  tally.lagMs = Math.max(tally.lagMs, item.now - item.dueAt);
  try {
    const deed = await work.act(item.key, item.now);
    if (deed !== undefined) tally[deed] += 1;
  } catch (failure) {
    countFailure(run, failure);
  }
}

function countFailure({ deps, tally }: Run, failure: unknown): void {
  tally.failed += 1;
  if (failure instanceof DependencyUnavailable) {
    deps.lifeLog.note({ type: 'dependency_unavailable', where: 'cleanup', code: failure.code });
  } else {
    const name = failure instanceof Error ? failure.name : typeof failure;
    deps.lifeLog.note({ type: 'fault', where: 'cleanup', name });
  }
}
