import type { ServerMessage } from '../../../protocol/messages.ts';
import type { SocketAddress } from '../../core/model/connection.ts';
import type { PeerGateway } from '../../core/ports/peer-gateway.ts';
import { gatewayUnavailable } from './gateway-unavailable.ts';
import { tellsGone } from './tells-gone.ts';
import { whatFailed } from './what-failed.ts';

/**
 * The three requests of `@connections`. What is answered does not matter, only that it is; each throws what
 * `whatFailed` can read, for everything but 2xx and when the time for all attempts is over.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export type ConnectionsApi = {
  /** `frame` is the text of one frame. */
  post(to: SocketAddress, frame: string): Promise<unknown>;
  get(socket: SocketAddress): Promise<unknown>;
  delete(socket: SocketAddress): Promise<unknown>;
};

/**
 * One frame. What came in below it can come out above, since numbers are written out anew (`1e20`);
 * and a frame above it closes the receiver's socket with 1009.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const maxFrameBytes = 32 * 1024;

/** What the port promises, whichever way the gateway is asked: what fits a frame, and which failure says what. */
export function peerGatewayOver(api: ConnectionsApi): PeerGateway {
  return {
    async post(to, message) {
      const frame = write(message);
      if (frame === undefined) return 'too_large';
      return orGone(() => api.post(to, frame).then(() => 'delivered' as const, orTooLarge));
    },
    find: (socket) => orGone(() => api.get(socket).then(() => 'open' as const)),
    close: (socket) => orGone(() => api.delete(socket).then(() => 'closed' as const)),
  };
}

async function orGone<Done>(call: () => Promise<Done>) {
  try {
    return await call();
  } catch (failure) {
    if (tellsGone(failure)) return 'gone' as const;
    throw gatewayUnavailable(failure);
  }
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
