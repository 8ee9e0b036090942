import { disconnect } from '../core/use-cases/disconnect.ts';
import type { EndConnectionDeps } from '../core/use-cases/end-connection.ts';
import { nothing } from '../edge/gateway-result.ts';
import type { RouteHandler } from '../edge/route.ts';

/** `$disconnect`: the socket is closed. Best effort: may come late or never. */
export const disconnectRoute: RouteHandler<EndConnectionDeps> = async (deps, { caller }) => {
  await disconnect(deps, caller);
  return nothing;
};
