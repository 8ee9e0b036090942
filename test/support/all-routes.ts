import { connectionRoutes } from '../../functions/runtime/connection-routes.ts';
import { relayRoutes } from '../../functions/runtime/relay-routes.ts';
import { sessionsRoutes } from '../../functions/runtime/sessions-routes.ts';

/** Every route that leads to a function, in one: as the functions have them, each its own. */
export const allRoutes = { ...connectionRoutes, ...sessionsRoutes, ...relayRoutes };
