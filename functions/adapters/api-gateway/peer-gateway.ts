import {
  type ApiGatewayManagementApiClientConfig,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ServerMessage } from '../../../protocol/messages.ts';
import type { PeerGateway } from '../../core/ports/peer-gateway.ts';
import { clientPerEndpoint, type GatewayClient, type GatewayTimeouts } from './client-per-endpoint.ts';
import { gatewayUnavailable } from './gateway-unavailable.ts';
import { tellsGone } from './tells-gone.ts';

export type PeerGatewayOptions = {
  /** For endpoints whose host names no region (local stack, emulators); by default the environment's. */
  readonly region?: string;
  /** By default the SDK's credential chain. */
  readonly credentials?: ApiGatewayManagementApiClientConfig['credentials'];
  /** Another source of clients, for tests. */
  readonly clientFor?: (endpoint: string) => GatewayClient;
  readonly timeouts?: Partial<GatewayTimeouts>;
};

/**
 * One frame. What came in below it can come out above, since numbers are written out anew (`1e20`);
 * and a frame above it closes the receiver's socket with 1009.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const maxFrameBytes = 32 * 1024;

/** Far below any handler's own timeout: who waits for an answer gets a retryable refusal, not silence. */
const defaultTimeouts: GatewayTimeouts = { connectMs: 1000, requestMs: 3000, totalMs: 5000 };

/** Posts to sockets and closes them through API Gateway's `@connections`. */
export function apiGatewayPeerGateway(options: PeerGatewayOptions = {}): PeerGateway {
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const clientFor =
    options.clientFor ??
    clientPerEndpoint({ region: options.region, credentials: options.credentials, timeouts });

  async function orGone<Done>(done: Done, call: (deadline: AbortSignal) => Promise<unknown>) {
    try {
      await call(AbortSignal.timeout(timeouts.totalMs));
      return done;
    } catch (failure) {
      if (tellsGone(failure)) return 'gone' as const;
      throw gatewayUnavailable(failure);
    }
  }

  return {
    async post({ connectionId, endpoint }, message) {
      const Data = write(message);
      if (Data === undefined) return 'too_large';
      return orGone('delivered' as const, (abortSignal) =>
        clientFor(endpoint).send(
          // The gateway makes a text frame of what is valid UTF-8; the frame type cannot be chosen here.
          new PostToConnectionCommand({ ConnectionId: connectionId, Data }),
          { abortSignal },
        ),
      );
    },
    find: ({ connectionId, endpoint }) =>
      orGone('open' as const, (abortSignal) =>
        clientFor(endpoint).send(new GetConnectionCommand({ ConnectionId: connectionId }), { abortSignal }),
      ),
    close: ({ connectionId, endpoint }) =>
      orGone('closed' as const, (abortSignal) =>
        clientFor(endpoint).send(new DeleteConnectionCommand({ ConnectionId: connectionId }), {
          abortSignal,
        }),
      ),
  };
}

/** The message as text, if it fits a frame. What is nested thousands deep can be read but not written. */
function write(message: ServerMessage): string | undefined {
  let text: string;
  try {
    text = JSON.stringify(message);
  } catch (failure) {
    if (failure instanceof RangeError) return undefined;
    throw failure;
  }
  return Buffer.byteLength(text) <= maxFrameBytes ? text : undefined;
}
