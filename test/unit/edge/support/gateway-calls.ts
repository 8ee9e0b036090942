import * as z from 'zod/mini';
import { dispatch } from '../../../../functions/edge/dispatch.ts';
import type { GatewayResult } from '../../../../functions/edge/gateway-result.ts';
import { serverMessage } from '../../../../protocol/messages.ts';
import { allRoutes } from '../../../support/all-routes.ts';
import { endpoint } from '../../core/support/cast.ts';
import type { World } from '../../core/support/world.ts';

export type RouteKey = keyof typeof allRoutes;

/** Every route of a message that leads to a function: what a caller may ask for. */
export const messageRoutes = [
  'hello',
  'refreshToken',
  'listRobots',
  'watchRobots',
  'openSession',
  'signal',
  'closeSession',
  'requestControl',
  'grantControl',
  'releaseControl',
  'getIceServers',
  'bye',
] as const satisfies readonly RouteKey[];

/** All routes that lead to a function, in one, over the stores of a world. */
export function api(
  world: World,
  overrides: { readonly queryToken?: boolean; readonly cameByEdge?: (header?: string) => boolean } = {},
) {
  const deps = { ...world.deps, cameByEdge: () => true, ...overrides };
  return dispatch({ routes: allRoutes, deps, endpointOf: () => endpoint });
}

/** A MESSAGE event as API Gateway sends it: without headers and query. */
export function messageEvent(routeKey: string, body: unknown, connectionId = 'A') {
  return {
    requestContext: {
      routeKey,
      messageId: 'SApUSdJRoAMCJiA=',
      eventType: 'MESSAGE',
      extendedRequestId: 'SApUSH7RoAMF5uw=',
      requestTime: '15/Jan/2027:08:00:00 +0000',
      messageDirection: 'IN',
      stage: 'live',
      connectedAt: 1_800_000_000_000,
      requestTimeEpoch: 1_800_000_000_000,
      identity: { sourceIp: '192.0.2.1' },
      requestId: 'SApUSH7RoAMF5uw=',
      domainName: 'abc.execute-api.eu-central-1.amazonaws.com',
      connectionId,
      apiId: 'abc',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  };
}

type Handshake = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
};

/** A CONNECT event: every header and parameter also as a list. */
export function connectEvent({ headers = {}, query }: Handshake = {}, connectionId = 'A') {
  const { body: _, requestContext, ...rest } = messageEvent('$connect', '', connectionId);
  return {
    ...rest,
    requestContext: { ...requestContext, eventType: 'CONNECT' },
    headers: { Host: 'abc.execute-api.eu-central-1.amazonaws.com', ...headers },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    ...(query !== undefined && {
      queryStringParameters: Object.fromEntries(
        Object.entries(query).map(([name, values]) => [name, values.at(-1) ?? '']),
      ),
      multiValueQueryStringParameters: query,
    }),
  };
}

/** What the caller gets to read; undefined where nothing is said. */
export function said({ body }: GatewayResult) {
  return body === undefined ? undefined : serverMessage.parse(JSON.parse(body));
}

const withCode = z.object({ type: z.literal('error'), code: z.string() });

export function codeSaid(result: GatewayResult): string | undefined {
  const parsed = withCode.safeParse(said(result));
  return parsed.success ? parsed.data.code : undefined;
}
