import { dispatch, type LambdaFunction } from '../edge/dispatch.ts';
import type { ServicesOf } from './aws-services.ts';
import { dependencies, type Overrides } from './dependencies.ts';
import { iceServersOf } from './ice-servers.ts';
import { managementEndpointOf } from './management-endpoint.ts';
import { sessionsRoutes } from './sessions-routes.ts';
import {
  type Environment,
  fleetSizeFrom,
  maxSessionsPerRobotFrom,
  takeoverFrom,
  tokenPolicyFrom,
} from './settings.ts';
import { awsServices } from './signed-services.ts';

/** The function behind presence and sessions: who is there, and who talks with whom. */
export function sessionsFunction(environment: Environment, overrides: Overrides = {}): LambdaFunction {
  const { clock, ids, lifeLog, ...make } = dependencies(
    awsServices satisfies ServicesOf<'sessions'>,
    environment,
    overrides,
  );
  return dispatch({
    routes: sessionsRoutes,
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
