import { watchRobots as schema } from '../../protocol/messages/from-client/presence.ts';
import { type WatchDeps, watchRobots } from '../core/use-cases/watch-robots.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `watchRobots`: from now on the caller is told of changes. */
export const watchRobotsRoute = messageRoute(schema, async (deps: WatchDeps, { caller, message }) =>
  answer(await watchRobots(deps, { caller, robotIds: message.robotIds }), () => ({
    type: 'watching' as const,
  })),
);
