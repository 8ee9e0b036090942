import { listRobots as schema } from '../../protocol/messages/from-client/robots.ts';
import type { LifeLog } from '../core/ports/life-log.ts';
import { type ListRobotsDeps, listRobots } from '../core/use-cases/list-robots.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

type Deps = ListRobotsDeps & { readonly lifeLog: LifeLog };

/** `listRobots`: a page of what the caller may see. */
export const listRobotsRoute = messageRoute(schema, async (deps: Deps, { caller, message }) =>
  answer(await listRobots(deps, { caller, cursor: message.cursor }), (page) => ({ type: 'robots', ...page })),
);
