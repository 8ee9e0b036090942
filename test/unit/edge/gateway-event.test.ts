import { describe, expect, it } from 'vitest';
import { handshakeOf, parseGatewayEvent } from '../../../functions/edge/gateway-event.ts';
import { connectEvent, messageEvent } from './support/gateway-calls.ts';

const handshake = (event: unknown) => handshakeOf(parseGatewayEvent(event));

describe('the shapes of events that API Gateway sends', () => {
  const message = messageEvent('hello', {});
  const connect = connectEvent({ headers: { Authorization: 'Bearer t' }, query: { token: ['t'] } });
  const { requestContext } = message;

  it.each([
    ['a message, without headers and query', message],
    ['a message without isBase64Encoded', { requestContext, body: '{}' }],
    ['a message with a null body', { ...message, body: null }],
    ['a message in base64', { ...message, body: 'e30=', isBase64Encoded: true }],
    ['a handshake', connect],
    [
      'a handshake with null parameters',
      { ...connect, queryStringParameters: null, multiValueQueryStringParameters: null },
    ],
    ['a handshake with null headers', { ...connect, headers: null, multiValueHeaders: null }],
    ['a handshake without any', { requestContext, isBase64Encoded: false }],
    [
      'a disconnect, with its reason',
      {
        requestContext: { ...requestContext, disconnectStatusCode: 1001, disconnectReason: 'Going away' },
        headers: { Host: 'h', 'x-restapi': '' },
        isBase64Encoded: false,
      },
    ],
    [
      'one with an authorizer and stage variables',
      {
        ...connect,
        stageVariables: { a: 'b' },
        requestContext: { ...requestContext, authorizer: { principalId: 'p' } },
      },
    ],
  ])('%s', (_what, event) => {
    expect(parseGatewayEvent(event).requestContext.connectionId).toBe('A');
    expect(() => handshake(event)).not.toThrow();
  });

  it.each([
    ['nothing', undefined],
    ['an event of another service', { Records: [] }],
    ['one without a connection', { requestContext: { routeKey: 'hello', apiId: 'a', stage: 's' } }],
  ])('%s is none, and the complaint quotes no value', (_what, event) => {
    expect(() => parseGatewayEvent(event)).toThrow();
  });

  it('I9: a complaint names fields, never what was in them', () => {
    const event = { ...connectEvent(), body: { token: 'eyJhbGciOiJSUzI1NiJ9' } };
    expect(() => parseGatewayEvent(event)).toThrow(/body/);
    expect(() => parseGatewayEvent(event)).not.toThrow(/eyJ/);
  });
});

describe('the handshake of an event', () => {
  it('has its header names in lower case, however they were written', () => {
    const { headers } = handshake(
      connectEvent({ headers: { AUTHORIZATION: 'Bearer T', 'Sec-WebSocket-Protocol': 'A' } }),
    );
    expect(headers).toMatchObject({ authorization: 'Bearer T', 'sec-websocket-protocol': 'A' });
  });

  it('has every value of the query parameter token', () => {
    expect(handshake(connectEvent({ query: { token: ['a', 'b'], other: ['c'] } })).queryTokens).toEqual([
      'a',
      'b',
    ]);
    expect(handshake(connectEvent({ query: { Token: ['a'] } })).queryTokens).toEqual([]);
    expect(handshake(connectEvent()).queryTokens).toEqual([]);
  });

  it('takes the single form where the list is missing', () => {
    const { multiValueQueryStringParameters: _, ...event } = connectEvent({ query: { token: ['a'] } });
    expect(handshake(event).queryTokens).toEqual(['a']);
  });
});
