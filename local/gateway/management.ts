import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayCore } from './gateway-core.ts';
import { newGatewayId } from './gateway-ids.ts';
import type { OpenConnection } from './open-connection.ts';

/**
 * The `@connections` API:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function managementApi(core: GatewayCore) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = targetOf(core, request);
    if (target.type === 'refused') {
      request.resume();
      write(response, target.answer);
      return;
    }
    const { connectionId } = target;
    const method = request.method ?? '';
    const body = await readBody(request, core.settings.maxMessageBytes);
    const answer = answerTo(core, { method, connectionId, body });
    write(response, answer);
    const bytes = method === 'POST' && body.type === 'read' ? { bytes: Buffer.byteLength(body.text) } : {};
    core.report({ type: 'management', method, connectionId, status: answer.status, ...bytes });
  };
}

type Answer = { status: number; errorType?: string; body?: unknown };
type Body = { type: 'read'; text: string } | { type: 'tooLarge' };

function answerTo(core: GatewayCore, call: { method: string; connectionId: string; body: Body }): Answer {
  const { method, connectionId, body } = call;
  const known = core.connections.get(connectionId);
  // An id that AWS never gave is Gone too: https://repost.aws/knowledge-center/410-gone-api-gateway. Some have
  // seen a BadRequestException for one that does not look like an id (https://github.com/localstack/localstack/issues/4694).
  const connection = known?.isOpen() === true ? known : undefined;
  switch (method) {
    case 'POST':
      return post(core, connection, body);
    case 'GET':
      return connection === undefined ? gone : { status: 200, body: describe(connection) };
    case 'DELETE':
      // Always 1000 and no reason: a server cannot say why. That is what `goAway`-like messages are for.
      connection?.close(1000);
      return connection === undefined ? gone : { status: 204 };
    default:
      return missingAuthentication;
  }
}

function post(core: GatewayCore, connection: OpenConnection | undefined, body: Body): Answer {
  const failure = core.faults.takePostFailure();
  if (failure !== undefined) return injectedFailure(failure);
  if (body.type === 'tooLarge') return payloadTooLarge;
  if (connection === undefined) return gone;
  // "more than the allowed number of requests per unit of time or the WebSocket client side buffer is full"
  if (connection.bufferedBytes() > core.settings.postBufferBytes) return limitExceeded;
  if (!connection.posts.take()) return limitExceeded;
  // 200 says that the gateway has it, not that the client does. Always a text frame.
  connection.send(body.text);
  return { status: 200 };
}

const gone: Answer = { status: 410, errorType: 'GoneException', body: { message: 'Gone' } };
const limitExceeded: Answer = {
  status: 429,
  errorType: 'LimitExceededException',
  body: { message: 'Too Many Requests' },
};
const payloadTooLarge: Answer = {
  status: 413,
  errorType: 'PayloadTooLargeException',
  body: { message: 'Request Entity Too Large' },
};
const forbidden: Answer = { status: 403, errorType: 'ForbiddenException', body: { message: 'Forbidden' } };
const missingAuthentication: Answer = {
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  body: { message: 'Missing Authentication Token' },
};

function injectedFailure(status: number): Answer {
  const known = [gone, limitExceeded, payloadTooLarge, forbidden].find((answer) => answer.status === status);
  return (
    known ?? { status, errorType: 'InternalServerException', body: { message: 'Internal server error' } }
  );
}

function describe(connection: OpenConnection): unknown {
  return {
    connectedAt: new Date(connection.subject.connectedAt).toISOString(),
    lastActiveAt: new Date(connection.lastActiveAt()).toISOString(),
    identity: connection.subject.caller,
  };
}

type Target = { type: 'connection'; connectionId: string } | { type: 'refused'; answer: Answer };

function targetOf(core: GatewayCore, request: IncomingMessage): Target {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const segments = path.split('/').slice(1).map(decodeSegment);
  const [stage, collection, connectionId = ''] = segments;
  if (stage !== core.settings.stage) return { type: 'refused', answer: forbidden };
  // A plain GET of the WebSocket URL. The status is unverified.
  if (segments.length === 1) {
    return { type: 'refused', answer: { status: 426, body: { message: 'Upgrade Required' } } };
  }
  if (collection !== '@connections' || connectionId === '' || segments.length !== 3) {
    return { type: 'refused', answer: forbidden };
  }
  if (!SIGV4.test(request.headers.authorization ?? '')) {
    return { type: 'refused', answer: missingAuthentication };
  }
  return { type: 'connection', connectionId };
}

/** The shape alone: there is no secret on this machine to check the signature with. */
const SIGV4 =
  /^AWS4-HMAC-SHA256 Credential=[^,\s]+\/\d{8}\/[^/,\s]+\/execute-api\/aws4_request,\s*SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}$/;

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Reads to the end even when it is too much, so that the caller can read the answer. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= maxBytes) chunks.push(bytes);
  }
  return size > maxBytes
    ? { type: 'tooLarge' }
    : { type: 'read', text: Buffer.concat(chunks).toString('utf8') };
}

function write(response: ServerResponse, answer: Answer): void {
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.statusCode = answer.status;
  response.setHeader('x-amzn-RequestId', newGatewayId());
  if (answer.errorType !== undefined) response.setHeader('x-amzn-ErrorType', answer.errorType);
  if (body !== '') response.setHeader('Content-Type', 'application/json');
  response.end(body);
}
