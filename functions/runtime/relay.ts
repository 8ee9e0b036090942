import { dispatch, type LambdaFunction } from '../edge/dispatch.ts';
import type { ServicesOf } from './aws-services.ts';
import { dependencies, type Overrides } from './dependencies.ts';
import { managementEndpointOf } from './management-endpoint.ts';
import { relayRoutes } from './relay-routes.ts';
import type { Environment } from './settings.ts';
import { awsServices } from './signed-services.ts';

/** The function behind `signal` alone, so that nothing else stands in its way or in its bundle. */
export function relayFunction(environment: Environment, overrides: Overrides = {}): LambdaFunction {
  const { clock, lifeLog, ...make } = dependencies(
    awsServices satisfies ServicesOf<'relay'>,
    environment,
    overrides,
  );
  return dispatch({
    routes: relayRoutes,
    endpointOf: managementEndpointOf(environment),
    deps: {
      clock,
      lifeLog,
      connections: make.connections(),
      signalPath: make.signalPath(),
      peers: make.peers(),
    },
  });
}
