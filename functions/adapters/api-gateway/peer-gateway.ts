import type { ServerMessage } from '../../../protocol/messages.ts';
import type { SocketAddress } from '../../core/model/connection.ts';
import type { PeerGateway } from '../../core/ports/peer-gateway.ts';
import type { AwsRequest, AwsTransport } from '../aws/transport.ts';
import { gatewayUnavailable } from './gateway-unavailable.ts';
import { regionOf } from './region-of.ts';
import { tellsGone } from './tells-gone.ts';
import { whatFailed } from './what-failed.ts';

export type PeerGatewayOptions = {
  readonly transport: AwsTransport;
  /** For endpoints whose host names no region (local stack, emulators). */
  readonly region: string;
};

/**
 * One frame. What came in below it can come out above, since numbers are written out anew (`1e20`);
 * and a frame above it closes the receiver's socket with 1009.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const maxFrameBytes = 32 * 1024;

/**
 * Posts to sockets and closes them through API Gateway's `@connections`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function apiGatewayPeerGateway({ transport, region }: PeerGatewayOptions): PeerGateway {
  function ask(method: AwsRequest['method'], { connectionId, endpoint: of }: SocketAddress, body?: string) {
    const endpoint = new URL(of);
    const stage = endpoint.pathname.replace(/\/$/, '');
    return transport({
      service: 'execute-api',
      region: regionOf(of) ?? region,
      method,
      endpoint,
      path: `${stage}/@connections/${encodeURIComponent(connectionId)}`,
      ...(body !== undefined && { body, headers: { 'content-type': 'application/octet-stream' } }),
    });
  }

  async function orGone<Done>(call: () => Promise<Done>) {
    try {
      return await call();
    } catch (failure) {
      if (tellsGone(failure)) return 'gone' as const;
      throw gatewayUnavailable(failure);
    }
  }

  return {
    async post(to, message) {
      const body = write(message);
      if (body === undefined) return 'too_large';
      // The gateway makes a text frame of what is valid UTF-8; the frame type cannot be chosen here.
      return orGone(() => ask('POST', to, body).then(() => 'delivered' as const, orTooLarge));
    },
    find: (socket) => orGone(() => ask('GET', socket).then(() => 'open' as const)),
    close: (socket) => orGone(() => ask('DELETE', socket).then(() => 'closed' as const)),
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
