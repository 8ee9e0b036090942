import { setTimeout as pause } from 'node:timers/promises';
import { cognitoSignInAuthority } from '../adapters/cognito/sign-in-authority.ts';
import { type RevocationFunction, revocationHandler } from '../events/revocation.ts';
import type { ServicesOf } from './aws-services.ts';
import { cognitoClient } from './cognito-client.ts';
import { dependencies, type Overrides } from './dependencies.ts';
import { awsServices } from './sdk-services.ts';
import { type Environment, tokenPolicyFrom, userPoolIdFrom } from './settings.ts';

/** The function that revokes: at an operator's order, and when something was revoked in Cognito itself. */
export function revocationFunction(environment: Environment, overrides: Overrides = {}): RevocationFunction {
  const { clock, ids, lifeLog, ...make } = dependencies(
    awsServices satisfies ServicesOf<'revocation'>,
    environment,
    overrides,
  );
  const userPoolId = userPoolIdFrom(environment);
  return revocationHandler({
    clock,
    ids,
    lifeLog,
    pause,
    userPoolId,
    policy: tokenPolicyFrom(environment),
    authority: cognitoSignInAuthority({ client: cognitoClient(environment), userPoolId, clock }),
    revocations: make.revocations(),
    connections: make.connections(),
    robots: make.robots(),
    sessions: make.sessions(),
    clients: make.clients(),
    watches: make.watches(),
    peers: make.peers(),
  });
}
