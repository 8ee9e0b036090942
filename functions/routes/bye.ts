import { bye as schema } from '../../protocol/messages/from-client/bye.ts';
import { done } from '../core/outcome.ts';
import { bye } from '../core/use-cases/bye.ts';
import type { RevokeDeps } from '../core/use-cases/revoke.ts';
import { messageRoute } from '../edge/route.ts';

/** `bye`: ends everything of this connection and closes it; and its sign-in, if it says so. */
export const byeRoute = messageRoute(schema, async (deps: RevokeDeps, { caller, message }) => {
  await bye(deps, { caller, signOut: message.signOut ?? false });
  return done(undefined);
});
