import type { RoutesOf } from '../route-table.ts';
import { byeRoute } from '../routes/bye.ts';
import { connectRoute } from '../routes/connect.ts';
import { defaultRoute } from '../routes/default.ts';
import { disconnectRoute } from '../routes/disconnect.ts';
import { refreshTokenRoute } from '../routes/refresh-token.ts';

/** What the connection function serves. */
export const connectionRoutes = {
  $connect: connectRoute,
  $disconnect: disconnectRoute,
  $default: defaultRoute,
  refreshToken: refreshTokenRoute,
  bye: byeRoute,
} satisfies Record<RoutesOf<'connection'>, unknown>;
