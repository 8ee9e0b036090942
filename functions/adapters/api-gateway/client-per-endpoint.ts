import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { regionOf } from './region-of.ts';

export type GatewayTimeouts = {
  /** For the TCP and TLS connection, per attempt. */
  readonly connectMs: number;
  /** For the answer to begin, and for silence within it, per attempt. */
  readonly requestMs: number;
  /** For everything, retry and its backoff included. */
  readonly totalMs: number;
};

export type GatewayClient = Pick<ApiGatewayManagementApiClient, 'send'>;

export type ClientSettings = {
  readonly region: string | undefined;
  readonly credentials: ApiGatewayManagementApiClientConfig['credentials'];
  readonly timeouts: GatewayTimeouts;
};

/** One client serves one endpoint; a region has one, so this is more than anybody should have. */
const maxClients = 16;

/** Gives the client of an endpoint, making it at its first use. */
export function clientPerEndpoint(settings: ClientSettings): (endpoint: string) => GatewayClient {
  const make = clientFactory(settings);
  const clients = new Map<string, GatewayClient>();
  return (endpoint) => {
    const client = clients.get(endpoint) ?? make(endpoint);
    // Taken out and put in again, so that the first in the map is the one that was not used for longest.
    clients.delete(endpoint);
    clients.set(endpoint, client);
    const [oldest] = clients.keys();
    if (clients.size > maxClients && oldest !== undefined) clients.delete(oldest);
    return client;
  };
}

function clientFactory({ region, credentials, timeouts }: ClientSettings) {
  // Shared by all clients: a client that is forgotten then leaves no sockets behind, and need not be
  // destroyed, which would cut the requests that another invocation has in flight. Agents made here would
  // need `node:http`, and an ES module that imports that loads what `fetch` is made of as well: 40 ms.
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: timeouts.connectMs,
    requestTimeout: timeouts.requestMs,
    // Without it a request that takes too long is only warned about:
    // https://github.com/smithy-lang/smithy-typescript/blob/main/packages/node-http-handler/src/set-request-timeout.ts
    throwOnRequestTimeout: true,
    // The request timeout ends with the headers; this one also covers a body that stops half-way.
    socketTimeout: timeouts.requestMs,
  });
  return (endpoint: string): GatewayClient => {
    const signedFor = regionOf(endpoint) ?? region;
    return new ApiGatewayManagementApiClient({
      endpoint,
      ...(signedFor !== undefined && { region: signedFor }),
      ...(credentials !== undefined && { credentials }),
      // A kept-alive socket that died while the Lambda was frozen fails at once; the second attempt has a new one.
      maxAttempts: 2,
      requestHandler,
    });
  };
}
