import type { RobotId } from '../../../protocol/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { FleetDirectory } from '../ports/fleet-directory.ts';
import type { LifeLog } from '../ports/life-log.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';

export type CountRobotsDeps = {
  readonly fleets: Pick<FleetDirectory, 'list'>;
  readonly robots: Pick<RobotSessionStore, 'getMany'>;
  readonly lifeLog: LifeLog;
  readonly clock: Clock;
};

export type RobotCount = { readonly online: number; readonly away: number; readonly known: number };

/** Of one read. */
const pageSize = 100;

/**
 * How many robots are there, by their own rows. Reads in proportion to the fleet, so it is no part of
 * the cleanup, which reads what is due (I6), and runs far less often.
 *
 * @returns undefined when `endBy` came first: half a count would look like a loss.
 */
export async function countRobots(
  deps: CountRobotsDeps,
  limits: { readonly endBy: number },
): Promise<RobotCount | undefined> {
  const count = { online: 0, away: 0, known: 0 };
  let after: RobotId | undefined;
  do {
    if (deps.clock.now() >= limits.endBy) return undefined;
    const page = await deps.fleets.list({ fleet: undefined, after, limit: pageSize });
    for (const { state } of page.length === 0 ? [] : await deps.robots.getMany(page)) {
      if (state !== 'offline') count[state] += 1;
    }
    count.known += page.length;
    after = page.length < pageSize ? undefined : page.at(-1);
  } while (after !== undefined);
  deps.lifeLog.note({ type: 'robots_counted', ...count });
  return count;
}
