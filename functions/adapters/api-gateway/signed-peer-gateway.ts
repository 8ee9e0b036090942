import type { SocketAddress } from '../../core/model/connection.ts';
import type { PeerGateway } from '../../core/ports/peer-gateway.ts';
import type { AwsRequest, AwsTransport } from '../aws/transport.ts';
import { peerGatewayOver } from './peer-gateway-over.ts';
import { regionOf } from './region-of.ts';

export type SignedPeerGatewayOptions = {
  readonly transport: AwsTransport;
  /** For endpoints whose host names no region (local stack, emulators). */
  readonly region: string;
};

/** As `apiGatewayPeerGateway`, without the SDK's client (ADR 0050). */
export function signedPeerGateway({ transport, region }: SignedPeerGatewayOptions): PeerGateway {
  // Async, so that an endpoint that is no URL fails as a request does.
  async function ask(
    method: AwsRequest['method'],
    { connectionId, endpoint: of }: SocketAddress,
    given: Pick<AwsRequest, 'body' | 'headers'> = {},
  ) {
    const endpoint = new URL(of);
    const stage = endpoint.pathname.replace(/\/$/, '');
    return transport({
      ...given,
      service: 'execute-api',
      region: regionOf(of) ?? region,
      method,
      endpoint,
      path: `${stage}/@connections/${encodeURIComponent(connectionId)}`,
    });
  }

  return peerGatewayOver({
    post: (to, body) => ask('POST', to, { body, headers: { 'content-type': 'application/octet-stream' } }),
    get: (socket) => ask('GET', socket),
    delete: (socket) => ask('DELETE', socket),
  });
}
