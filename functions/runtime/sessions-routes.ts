import type { RoutesOf } from '../route-table.ts';
import { closeSessionRoute } from '../routes/close-session.ts';
import { getIceServersRoute } from '../routes/get-ice-servers.ts';
import { grantControlRoute } from '../routes/grant-control.ts';
import { helloRoute } from '../routes/hello.ts';
import { listRobotsRoute } from '../routes/list-robots.ts';
import { openSessionRoute } from '../routes/open-session.ts';
import { releaseControlRoute } from '../routes/release-control.ts';
import { requestControlRoute } from '../routes/request-control.ts';
import { watchRobotsRoute } from '../routes/watch-robots.ts';

/** What the sessions function serves. */
export const sessionsRoutes = {
  hello: helloRoute,
  listRobots: listRobotsRoute,
  watchRobots: watchRobotsRoute,
  openSession: openSessionRoute,
  closeSession: closeSessionRoute,
  requestControl: requestControlRoute,
  grantControl: grantControlRoute,
  releaseControl: releaseControlRoute,
  getIceServers: getIceServersRoute,
} satisfies Record<RoutesOf<'sessions'>, unknown>;
