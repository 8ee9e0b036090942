import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newWorld } from '../core/support/world.ts';
import { api, connectEvent, messageEvent, messageRoutes } from './support/gateway-calls.ts';

/**
 * What API Gateway may leave out, set to null, or send in another case. The context it always sends;
 * of the rest any part may be missing.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '{}', '[]', 'null', '{"action":1}'),
);
const texts = fc.option(fc.dictionary(fc.string(), text, { maxKeys: 4 }));
const lists = fc.option(fc.dictionary(fc.string(), fc.array(text, { maxLength: 3 }), { maxKeys: 4 }));
const tokenIn = fc.oneof(
  text,
  fc.string().map((token) => `Bearer ${token}`),
);
const headers = fc.oneof(
  texts,
  fc.record({ Authorization: tokenIn, 'Sec-WebSocket-Protocol': text }, { requiredKeys: [] }),
);
const parts = fc.record(
  {
    headers,
    multiValueHeaders: lists,
    queryStringParameters: fc.oneof(texts, fc.record({ token: text })),
    multiValueQueryStringParameters: fc.oneof(lists, fc.record({ token: fc.array(text, { maxLength: 3 }) })),
    body: fc.option(fc.oneof(text, fc.json())),
    isBase64Encoded: fc.boolean(),
    stageVariables: texts,
    unheardOf: fc.anything(),
  },
  { requiredKeys: [] },
);
const contextParts = fc.record(
  {
    disconnectStatusCode: fc.oneof(fc.integer(), fc.constant(null)),
    disconnectReason: fc.option(text),
    identity: fc.option(fc.record({ sourceIp: text, userAgent: text }, { requiredKeys: [] })),
    authorizer: fc.anything(),
    connectedAt: fc.option(fc.integer()),
  },
  { requiredKeys: [] },
);

const routeKeys = ['$connect', '$disconnect', '$default', ...messageRoutes] as const;
const eventTypes = { $connect: 'CONNECT', $disconnect: 'DISCONNECT' } as const;

describe('any event that API Gateway can send', () => {
  it.each(routeKeys)('%s: is answered, and neither throws nor is a fault', async (routeKey) => {
    await fc.assert(
      fc.asyncProperty(parts, contextParts, async (given, context) => {
        const world = newWorld();
        const { requestContext } = routeKey === '$connect' ? connectEvent() : messageEvent(routeKey, '');
        const eventType =
          routeKey in eventTypes ? eventTypes[routeKey as keyof typeof eventTypes] : 'MESSAGE';
        const event = { ...given, requestContext: { ...requestContext, ...context, routeKey, eventType } };
        const result = await api(world, { queryToken: true })(event);
        expect(result.statusCode).toBeTypeOf('number');
        if (routeKey === '$connect') expect([400, 401]).toContain(result.statusCode);
        expect(world.noted('fault')).toEqual([]);
        // Nobody is let in by a shape.
        expect(world.state.connections.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
