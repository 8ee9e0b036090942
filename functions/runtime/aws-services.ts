import type { StoreClient } from '../adapters/dynamodb/store-client.ts';
import type { PeerGateway } from '../core/ports/peer-gateway.ts';
import type { FunctionName } from '../route-table.ts';
import type { Environment } from './settings.ts';

/** By the SDK's clients (`sdk-services.ts`), or by requests that the function signs itself (`signed-services.ts`). */
export type WayToAws = 'sdk' | 'signed';

/**
 * Which function asks AWS in which way. All that ask the stores and the gateway sign their own: they start in
 * two thirds of the time, and a message takes a fraction of it. Who asks Cognito as well, where nobody waits
 * for it, has the SDK's clients (ADR 0050).
 */
export const waysToAws = {
  connection: 'signed',
  sessions: 'signed',
  relay: 'signed',
  cleanup: 'signed',
  revocation: 'sdk',
} as const satisfies Readonly<Record<FunctionName, WayToAws>>;

/** What all functions ask AWS for. What one of them alone asks for is made where that one is. */
export type AwsServices<Way extends WayToAws = WayToAws> = {
  readonly way: Way;
  storeClient(environment: Environment): StoreClient;
  peerGateway(environment: Environment): PeerGateway;
};

/** Those that a function must be given. */
export type ServicesOf<Name extends FunctionName> = AwsServices<(typeof waysToAws)[Name]>;
