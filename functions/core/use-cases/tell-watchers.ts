import { maySee } from '../model/permission.ts';
import { type RobotSession, standingHolder } from '../model/robot-session.ts';
import { topicsOn } from '../model/watch.ts';
import type { WatchDirectory } from '../ports/watch-directory.ts';
import { isReallyExpired } from './session-side.ts';
import { orNote, type TellDeps } from './tell.ts';

export type TellWatchersDeps = TellDeps & { readonly watches: WatchDirectory };

/**
 * Tells who watches the robot that its state, or who drives it, has changed: a query a topic, a post a watcher. Whom it
 * cannot reach it forgets; a fault must not undo what has happened.
 */
export async function tellWatchers(deps: TellWatchersDeps, robot: RobotSession): Promise<void> {
  await orNote(deps.lifeLog, 'tell-watchers', async () => {
    const topics = topicsOn(robot);
    const watchers = await deps.watches.watchersOf(topics);
    const { robotId, state, sinceAt } = robot;
    const controlledBy = standingHolder(robot);
    const word = {
      type: 'robotStatus',
      ...{ robotId, state, sinceAt },
      ...(controlledBy !== undefined && { controlledBy }),
    } as const;
    await Promise.all(
      // Who watches it by name may not see it any more, since it has left the fleet.
      watchers
        .filter(({ groups }) => maySee(groups, robot.fleets))
        .map((watcher) =>
          orNote(deps.lifeLog, 'tell-watcher', async () => {
            if (await isReallyExpired(deps, watcher)) return;
            const posted = await deps.peers.post(watcher, word);
            if (posted === 'gone') await deps.watches.unwatch(watcher.connectionId, topics);
          }),
        ),
    );
  });
}
