import { bye as schema } from '../../protocol/messages/bye.ts';
import { done } from '../core/outcome.ts';
import { bye } from '../core/use-cases/bye.ts';
import type { EndConnectionDeps } from '../core/use-cases/end-connection.ts';
import { messageRoute } from '../edge/route.ts';

/** `bye`: ends everything of this connection and closes it. */
export const byeRoute = messageRoute(schema, async (deps: EndConnectionDeps, { caller }) => {
  await bye(deps, caller);
  return done(undefined);
});
