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
import { whatFailed } from './what-failed.ts';

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

  async function orGone<Done>(call: (deadline: AbortSignal) => Promise<Done>) {
    try {
      return await call(AbortSignal.timeout(timeouts.totalMs));
    } catch (failure) {
      if (tellsGone(failure)) return 'gone' as const;
      throw gatewayUnavailable(failure);
    }
  }

  return {
    async post({ connectionId, endpoint }, message) {
      const Data = write(message);
      if (Data === undefined) return 'too_large';
      return orGone((abortSignal) =>
        clientFor(endpoint)
          // The gateway makes a text frame of what is valid UTF-8; the frame type cannot be chosen here.
          .send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }), { abortSignal })
          .then(() => 'delivered' as const, orTooLarge),
      );
    },
    find: ({ connectionId, endpoint }) =>
      orGone(async (abortSignal) => {
        await clientFor(endpoint).send(new GetConnectionCommand({ ConnectionId: connectionId }), {
          abortSignal,
        });
        return 'open' as const;
      }),
    close: ({ connectionId, endpoint }) =>
      orGone(async (abortSignal) => {
        const command = new DeleteConnectionCommand({ ConnectionId: connectionId });
        await clientFor(endpoint).send(command, { abortSignal });
        return 'closed' as const;
      }),
  };
}

/** The gateway's own word on the size of a message (413): the same message will never pass, so it is no outage. */
function orTooLarge(failure: unknown): 'too_large' {
  const { name, status } = whatFailed(failure);
  if (status === 413 || name === 'PayloadTooLargeException') return 'too_large';
  throw failure;
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
