import { setTimeout as pause } from 'node:timers/promises';
import { edgeCheck } from '../adapters/api-gateway/edge-check.ts';
import { cognitoTokenVerifier } from '../adapters/cognito/token-verifier.ts';
import { dispatch, type LambdaFunction } from '../edge/dispatch.ts';
import type { ServicesOf } from './aws-services.ts';
import { connectionRoutes } from './connection-routes.ts';
import { dependencies, type Overrides } from './dependencies.ts';
import { managementEndpointOf } from './management-endpoint.ts';
import {
  type Environment,
  edgeSecretFrom,
  identityFrom,
  queryTokenFrom,
  tokenPolicyFrom,
} from './settings.ts';
import { awsServices } from './signed-services.ts';

/** The function behind the life of a connection: it comes, refreshes, leaves. */
export function connectionFunction(environment: Environment, overrides: Overrides = {}): LambdaFunction {
  const { clock, ids, lifeLog, ...make } = dependencies(
    awsServices satisfies ServicesOf<'connection'>,
    environment,
    overrides,
  );
  const policy = tokenPolicyFrom(environment);
  const verifier = cognitoTokenVerifier({ ...identityFrom(environment), leewayMs: policy.leewayMs, clock });
  // Ahead of the first token, not in its way; a failure is met again, and told, when a token comes.
  void verifier.warm();
  return dispatch({
    routes: connectionRoutes,
    endpointOf: managementEndpointOf(environment),
    deps: {
      clock,
      ids,
      lifeLog,
      policy,
      verifier,
      queryToken: queryTokenFrom(environment),
      cameByEdge: edgeCheck(edgeSecretFrom(environment)),
      connections: make.connections(),
      robots: make.robots(),
      sessions: make.sessions(),
      clients: make.clients(),
      watches: make.watches(),
      fleets: make.fleets(),
      revocations: make.revocations(),
      pause,
      peers: make.peers(),
    },
  });
}
