import { dispatch, type LambdaFunction } from '../edge/dispatch.ts';
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
import type { ServicesOf } from './aws-services.ts';
import { dependencies, type Overrides } from './dependencies.ts';
import { iceServersOf } from './ice-servers.ts';
import { managementEndpointOf } from './management-endpoint.ts';
import { awsServices } from './sdk-services.ts';
import {
  type Environment,
  fleetSizeFrom,
  maxSessionsPerRobotFrom,
  takeoverFrom,
  tokenPolicyFrom,
} from './settings.ts';

const routes = {
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

/** The function behind presence and sessions: who is there, and who talks with whom. */
export function sessionsFunction(environment: Environment, overrides: Overrides = {}): LambdaFunction {
  const { clock, ids, lifeLog, ...make } = dependencies(
    awsServices satisfies ServicesOf<'sessions'>,
    environment,
    overrides,
  );
  return dispatch({
    routes,
    endpointOf: managementEndpointOf(environment),
    deps: {
      clock,
      lifeLog,
      ids,
      policy: tokenPolicyFrom(environment),
      takeover: takeoverFrom(environment),
      fleetSize: fleetSizeFrom(environment),
      maxSessionsPerRobot: maxSessionsPerRobotFrom(environment),
      iceServers: iceServersOf(environment, { overrides, clock }),
      connections: make.connections(),
      robots: make.robots(),
      sessions: make.sessions(),
      clients: make.clients(),
      watches: make.watches(),
      fleets: make.fleets(),
      revocations: make.revocations(),
      peers: make.peers(),
    },
  });
}
