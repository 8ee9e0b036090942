import type { RobotId } from '../../../protocol/ids.ts';
import type { RobotEntry } from '../../../protocol/messages/from-server/robots.ts';
import type { SocketAddress } from '../model/connection.ts';
import { fleetsOf, roleOf } from '../model/identity.ts';
import { type RobotSession, standingHolder } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import type { FleetDirectory } from '../ports/fleet-directory.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';
import { readyClient, type SenderDeps } from './sender.ts';

export type ListRobotsDeps = SenderDeps & {
  readonly robots: RobotSessionStore;
  readonly fleets: FleetDirectory;
};

export type RobotPage = { readonly robots: RobotEntry[]; readonly cursor?: string };

/** Keeps an answer with long ids and many fleets below the size of a message. */
const pageSize = 50;

/** Where the listing goes on: in which of the caller's lists, after which robot. */
type Position = { readonly listIndex: number; readonly after: RobotId | undefined };

/**
 * One page of what the caller may see. The caller's fleets are walked one after the other, so the
 * cost is in proportion to the page; a robot of several shared fleets is shown under the first.
 */
export async function listRobots(
  deps: ListRobotsDeps,
  input: { caller: SocketAddress; cursor: string | undefined },
): Promise<Outcome<RobotPage>> {
  const sender = await readyClient(deps, input.caller);
  if (!sender.ok) return sender;
  const { groups } = sender.value.identity;
  const isAdmin = roleOf(groups) === 'admin';
  const lists = isAdmin ? [undefined] : fleetsOf(groups);
  const start =
    input.cursor === undefined ? { listIndex: 0, after: undefined } : parseCursor(input.cursor, lists);
  if (start === undefined)
    return refused('bad_request', 'The cursor is none that this server gave; start without one.');
  return done(await pageFrom(deps, lists, start));
}

async function pageFrom(
  deps: ListRobotsDeps,
  lists: readonly (string | undefined)[],
  start: Position,
): Promise<RobotPage> {
  const robots: RobotEntry[] = [];
  let position = start;
  while (position.listIndex < lists.length) {
    const { listIndex, after } = position;
    const fleet = lists[listIndex];
    const limit = pageSize - robots.length;
    const ids = await deps.fleets.list({ fleet, after, limit });
    robots.push(...(await entriesOf(deps, ids, { lists, listIndex })));
    const last = ids.at(-1);
    position =
      last !== undefined && ids.length === limit
        ? { listIndex, after: last }
        : { listIndex: listIndex + 1, after: undefined };
    if (robots.length >= pageSize) break;
  }
  const more = position.listIndex < lists.length;
  return more ? { robots, cursor: formatCursor(position, lists) } : { robots };
}

async function entriesOf(
  deps: ListRobotsDeps,
  ids: readonly RobotId[],
  of: { lists: readonly (string | undefined)[]; listIndex: number },
): Promise<RobotEntry[]> {
  if (ids.length === 0) return [];
  const fleet = of.lists[of.listIndex];
  const shownBefore = of.lists.slice(0, of.listIndex);
  const byId = new Map((await deps.robots.getMany(ids)).map((robot) => [robot.robotId, robot]));
  const isIn = (robot: RobotSession, list: string | undefined) =>
    list !== undefined && robot.fleets.includes(list);
  return (
    ids
      .flatMap((id) => byId.get(id) ?? [])
      // The directory may be a moment behind the robot's own row, which decides.
      .filter((robot) => fleet === undefined || isIn(robot, fleet))
      .filter((robot) => !shownBefore.some((list) => isIn(robot, list)))
      .map((robot) => entryOf(robot, of.lists))
  );
}

/** Of a robot's fleets the caller is told those that are its own, too; an admin, whose list is all robots, all of them. */
function entryOf(robot: RobotSession, lists: readonly (string | undefined)[]): RobotEntry {
  const isAdmin = lists.includes(undefined);
  const controlledBy = standingHolder(robot);
  return {
    robotId: robot.robotId,
    state: robot.state,
    sinceAt: robot.sinceAt,
    fleets: robot.fleets.filter((fleet) => isAdmin || lists.includes(fleet)),
    controlled: robot.controllerSessionId !== undefined,
    ...(controlledBy !== undefined && { controlledBy }),
  };
}

function formatCursor(position: Position, lists: readonly (string | undefined)[]): string {
  return JSON.stringify([lists[position.listIndex] ?? null, position.after ?? null]);
}

/** A cursor only says where to go on among the caller's own lists: it can point at nothing else. */
function parseCursor(cursor: string, lists: readonly (string | undefined)[]): Position | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(cursor);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined;
  const [fleet, after]: unknown[] = parsed;
  if (fleet !== null && typeof fleet !== 'string') return undefined;
  if (after !== null && (typeof after !== 'string' || after.length > 128)) return undefined;
  const listIndex = lists.indexOf(fleet ?? undefined);
  if (listIndex < 0) return undefined;
  return { listIndex, after: after === null || after === '' ? undefined : (after as RobotId) };
}
