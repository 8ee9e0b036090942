import {
  type ApiGatewayManagementApiClientConfig,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { PeerGateway } from '../../core/ports/peer-gateway.ts';
import { clientPerEndpoint, type GatewayClient, type GatewayTimeouts } from './client-per-endpoint.ts';
import { peerGatewayOver } from './peer-gateway-over.ts';

export type PeerGatewayOptions = {
  /** For endpoints whose host names no region (local stack, emulators); by default the environment's. */
  readonly region?: string;
  /** By default the SDK's credential chain. */
  readonly credentials?: ApiGatewayManagementApiClientConfig['credentials'];
  /** Another source of clients, for tests. */
  readonly clientFor?: (endpoint: string) => GatewayClient;
  readonly timeouts?: Partial<GatewayTimeouts>;
};

/** Far below any handler's own timeout: who waits for an answer gets a retryable refusal, not silence. */
const defaultTimeouts: GatewayTimeouts = { connectMs: 1000, requestMs: 3000, totalMs: 5000 };

/** Posts to sockets and closes them through API Gateway's `@connections`, by the SDK's client. */
export function apiGatewayPeerGateway(options: PeerGatewayOptions = {}): PeerGateway {
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const clientFor =
    options.clientFor ??
    clientPerEndpoint({ region: options.region, credentials: options.credentials, timeouts });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(timeouts.totalMs) });

  return peerGatewayOver({
    // The gateway makes a text frame of what is valid UTF-8; the frame type cannot be chosen here.
    post: ({ connectionId, endpoint }, frame) =>
      clientFor(endpoint).send(
        new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }),
        inTime(),
      ),
    get: ({ connectionId, endpoint }) =>
      clientFor(endpoint).send(new GetConnectionCommand({ ConnectionId: connectionId }), inTime()),
    delete: ({ connectionId, endpoint }) =>
      clientFor(endpoint).send(new DeleteConnectionCommand({ ConnectionId: connectionId }), inTime()),
  });
}
