import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * Everything that an access log line holds. Each is made by the gateway or is one of few known
 * values: none can carry a query string, a header or a body, hence no token (I9). Not
 * `$context.error.message` either, which may quote what the client sent.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export const accessLogVariables = {
  requestId: '$context.requestId',
  requestTimeEpoch: '$context.requestTimeEpoch',
  eventType: '$context.eventType',
  routeKey: '$context.routeKey',
  connectionId: '$context.connectionId',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  integrationLatencyMs: '$context.integrationLatency',
  errorResponseType: '$context.error.responseType',
} as const;

export const accessLogFormat = AccessLogFormat.custom(JSON.stringify(accessLogVariables));
