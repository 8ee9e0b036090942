import type { RobotId } from '../../../protocol/ids.ts';
import { type Connection, copyOf, type SocketAddress } from '../model/connection.ts';
import { maySee } from '../model/permission.ts';
import { robotsOfTopics, topicsOf, topicsOfRobots } from '../model/watch.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { LifeLog } from '../ports/life-log.ts';
import type { RobotSessionStore } from '../ports/robot-session-store.ts';
import type { WatchDirectory } from '../ports/watch-directory.ts';
import { readyClient, type SenderDeps, unauthenticated } from './sender.ts';
import { orNote } from './tell.ts';

export type WatchDeps = SenderDeps & {
  readonly connections: ConnectionStore;
  readonly robots: RobotSessionStore;
  readonly watches: WatchDirectory;
  readonly lifeLog: LifeLog;
};

/** From now on the caller is told of changes: of the robots named, or of all that it may see. */
export async function watchRobots(
  deps: WatchDeps,
  input: { caller: SocketAddress; robotIds: readonly RobotId[] | undefined },
): Promise<Outcome<undefined>> {
  const sender = await readyClient(deps, input.caller);
  if (!sender.ok) return sender;
  const { groups } = sender.value.identity;
  if (input.robotIds !== undefined) {
    const permitted = await permittedOf(deps, input.robotIds, groups);
    if (permitted.length < new Set(input.robotIds).size) {
      return refused('forbidden', 'There is no such robot, or you may not see it.');
    }
  }
  const topics = input.robotIds === undefined ? topicsOf(groups) : topicsOfRobots(input.robotIds);
  if (!(await watch(deps, sender.value, topics))) return unauthenticated();
  // A refresh that has taken a fleet away meanwhile has not seen what is watched since.
  const current = await deps.connections.get(sender.value.connectionId);
  if (current !== undefined) await watchAgain(deps, current, { before: groups });
  return done(undefined);
}

/** After a refresh with other groups: what may no longer be seen is no longer told. */
export async function watchAgain(
  deps: WatchDeps,
  connection: Connection,
  { before }: { before: readonly string[] },
): Promise<void> {
  const { groups } = connection.identity;
  if (connection.watching.length === 0 || sameMembers(groups, before)) return;
  const named = robotsOfTopics(connection.watching);
  const topics =
    named === undefined ? topicsOf(groups) : topicsOfRobots(await permittedOf(deps, named, groups));
  await watch(deps, connection, topics);
}

/** Rows first, then the connection's own list, by which its end finds them; a connection that has ended takes them back. */
async function watch(deps: WatchDeps, connection: Connection, topics: readonly string[]): Promise<boolean> {
  const { connectionId, watching } = connection;
  try {
    await deps.watches.watch({ ...copyOf(connection), groups: connection.identity.groups }, topics);
  } catch (failure) {
    // Some may be written, and no list names them.
    const unlisted = topics.filter((topic) => !watching.includes(topic));
    await orNote(deps.lifeLog, 'watch.undo', () => deps.watches.unwatch(connectionId, unlisted));
    throw failure;
  }
  const isThere = await deps.connections.setWatching(connectionId, topics);
  const over = isThere ? watching.filter((topic) => !topics.includes(topic)) : [...watching, ...topics];
  await deps.watches.unwatch(connectionId, over);
  return isThere;
}

async function permittedOf(
  deps: WatchDeps,
  robotIds: readonly RobotId[],
  groups: readonly string[],
): Promise<readonly RobotId[]> {
  const robots = await deps.robots.getMany(robotIds);
  return robots.filter(({ fleets }) => maySee(groups, fleets)).map(({ robotId }) => robotId);
}

function sameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member) => other.includes(member));
}
