import type { IncomingMessage } from 'node:http';
import { newGatewayId } from './gateway-ids.ts';
import { type CallerIdentity, handshakeHeaders, handshakeQuery } from './handshake-request.ts';

/**
 * The events as AWS sends them. Copied from real ones:
 * CONNECT    https://github.com/aws-powertools/powertools-lambda-python/blob/develop/tests/events/apiGatewayWebSocketApiConnect.json
 *            and, with a query, https://github.com/mousabaker/aws-lambda-typing/pull/65
 * MESSAGE    https://github.com/aws-powertools/powertools-lambda-python/blob/develop/tests/events/apiGatewayWebSocketApiMessage.json
 * DISCONNECT https://github.com/aws/aws-lambda-rust-runtime/pull/816 and
 *            https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 *
 * MESSAGE events carry neither headers nor query: whoever needs them keeps them at `$connect`.
 */

/** What every event of one connection says of it. */
export type EventSubject = {
  connectionId: string;
  connectedAt: number;
  caller: CallerIdentity;
  apiId: string;
  stage: string;
  /** `host:port`. On AWS it is the domain alone, reached by https. */
  domainName: string;
};

export function connectEvent(subject: EventSubject, request: IncomingMessage) {
  const { headers, multiValueHeaders } = handshakeHeaders(request, subject.caller.sourceIp);
  return {
    headers,
    multiValueHeaders,
    ...handshakeQuery(request),
    requestContext: { routeKey: '$connect', ...requestContext(subject, 'CONNECT') },
    isBase64Encoded: false,
  };
}

export function messageEvent(subject: EventSubject, message: { routeKey: string; body: string }) {
  return {
    requestContext: {
      routeKey: message.routeKey,
      messageId: newGatewayId(),
      ...requestContext(subject, 'MESSAGE'),
    },
    body: message.body,
    isBase64Encoded: false,
  };
}

export function disconnectEvent(subject: EventSubject, ended: { code: number; reason: string }) {
  const headers = { Host: subject.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: {
      routeKey: '$disconnect',
      disconnectStatusCode: ended.code,
      disconnectReason: ended.reason,
      ...requestContext(subject, 'DISCONNECT'),
    },
    isBase64Encoded: false,
  };
}

function requestContext(subject: EventSubject, eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT') {
  // "$context.requestId: same as $context.extendedRequestId"
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
  const requestId = newGatewayId();
  const now = new Date();
  return {
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    stage: subject.stage,
    connectedAt: subject.connectedAt,
    requestTimeEpoch: now.getTime(),
    identity: subject.caller,
    requestId,
    domainName: subject.domainName,
    connectionId: subject.connectionId,
    apiId: subject.apiId,
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `11/Nov/2024:13:45:46 +0000` */
function commonLogTime(time: Date): string {
  const day = String(time.getUTCDate()).padStart(2, '0');
  const clock = time.toISOString().slice(11, 19);
  return `${day}/${MONTHS[time.getUTCMonth()] ?? ''}/${time.getUTCFullYear()}:${clock} +0000`;
}
