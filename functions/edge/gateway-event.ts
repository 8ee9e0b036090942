import * as z from 'zod/mini';
import { connectionId } from '../../protocol/ids.ts';
import type { Handshake } from '../core/credentials.ts';

const texts = z.nullish(z.record(z.string(), z.string()));

/**
 * What of an API Gateway event is read. MESSAGE and DISCONNECT events lack headers and query, and
 * `multiValue…` is missing where there is nothing: every part but the context is optional.
 */
const gatewayEvent = z.object({
  requestContext: z.object({
    routeKey: z.string(),
    eventType: z.enum(['CONNECT', 'MESSAGE', 'DISCONNECT']),
    connectionId,
    apiId: z.string(),
    stage: z.string(),
  }),
  headers: texts,
  multiValueHeaders: z.nullish(z.record(z.string(), z.array(z.string()))),
  queryStringParameters: texts,
  multiValueQueryStringParameters: z.nullish(z.record(z.string(), z.array(z.string()))),
  body: z.nullish(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
});

export type GatewayEvent = z.infer<typeof gatewayEvent>;

/** @throws {z.core.$ZodError} for anything that API Gateway does not send; it names paths, never values. */
export function parseGatewayEvent(event: unknown): GatewayEvent {
  return gatewayEvent.parse(event);
}

/**
 * Header names in lower case: API Gateway passes them as the client wrote them. A header that came in
 * several lines is one list (RFC 9110, 5.3), of which `headers` alone would have the last line only.
 */
export function handshakeOf(event: GatewayEvent): Handshake {
  const headers = Object.fromEntries(
    [
      ...Object.entries(event.headers ?? {}),
      ...Object.entries(event.multiValueHeaders ?? {}).map(
        ([name, lines]) => [name, lines.join(', ')] as const,
      ),
    ].map(([name, value]) => [name.toLowerCase(), value]),
  );
  const single = event.queryStringParameters?.token;
  const queryTokens = event.multiValueQueryStringParameters?.token ?? (single === undefined ? [] : [single]);
  return { headers, queryTokens };
}
