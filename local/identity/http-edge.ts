import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { CognitoError, httpStatusOf } from './cognito-error.ts';
import { crossOriginHeaders, isRefusedOrigin, preflightHeaders } from './cross-origin.ts';
import type { FaultDesk } from './faults.ts';
import { operations } from './operations/operation-table.ts';
import { readJsonBody } from './request-body.ts';
import type { UserPool } from './user-pool.ts';
import { jwksPath, wellKnownDocuments } from './well-known.ts';

type Reply = { status: number; body?: object; headers?: Record<string, string>; error?: string };

const targetPrefix = 'AWSCognitoIdentityProviderService.';

/** The only place that knows HTTP: routes, counts, applies faults, turns refusals into replies. */
export function createRequestListener(edge: {
  pool: UserPool;
  faultDesk: FaultDesk;
  jwksUri: () => string;
}): RequestListener {
  const { pool, faultDesk } = edge;
  const documents = wellKnownDocuments(pool, edge.jwksUri);

  return (request, response) => {
    // A sender that goes away in mid-body leaves nobody to answer.
    serve(request, response).catch(() => response.destroy());
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const path = request.url?.split('?')[0] ?? '/';
    const operation = operationOf(request, path);
    faultDesk.arrived({
      isJwks: path === jwksPath(pool.id) && request.method === 'GET',
      ...(operation === undefined ? {} : { operation }),
    });

    const outage = faultDesk.outage();
    if (outage === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const refusal = outage && new CognitoError('ServiceUnavailableException', 'An outage made by faults.');
    if (refusal) request.resume();
    const reply = refusal ? replyOf(refusal) : await answer(request, path, operation);

    // Node would date by the machine's clock, and the tokens and events are dated by the pool's.
    response.setHeader('date', new Date(pool.clock()).toUTCString());
    send(request, response, reply);
    if (operation !== undefined) {
      pool.emit({
        kind: 'request',
        operation,
        status: reply.status,
        elapsedMs: Math.round(performance.now() - startedAt),
        ...(reply.error === undefined ? {} : { error: reply.error }),
      });
    }
  }

  async function answer(
    request: IncomingMessage,
    path: string,
    operation: string | undefined,
  ): Promise<Reply> {
    if (isRefusedOrigin(request.headers)) {
      request.resume();
      const message = 'Pages from other machines may not call the local identity service.';
      return { ...replyOf(new CognitoError('ForbiddenException', message)), status: 403 };
    }
    if (request.method === 'OPTIONS') return { status: 204, headers: preflightHeaders(request.headers) };
    const document = documents.get(path);
    if (document !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      return { status: 200, body: document(), headers: { 'content-type': 'application/json' } };
    }
    if (operation === undefined) {
      request.resume();
      const paths = [...documents.keys()].map((known) => `GET ${known}`).join(' and ');
      return { status: 404, body: { message: `Not found. There are POST / and ${paths}.` } };
    }
    try {
      return await run(request, operation);
    } catch (error) {
      if (error instanceof CognitoError) return replyOf(error);
      // Not `throw`: a client under test must see Cognito's 500 and retry. Nothing of the cause, which can quote input.
      if (request.readableEnded) return replyOf(new CognitoError('InternalErrorException', 'Internal error'));
      throw error;
    }
  }

  async function run(request: IncomingMessage, operation: string): Promise<Reply> {
    const input = await readJsonBody(request);
    const refusal = faultDesk.takeRefusal(operation);
    if (refusal !== undefined) throw new CognitoError(refusal, 'A refusal made by faults.');
    const handle = operations.get(operation);
    if (handle === undefined) {
      throw new CognitoError(
        'UnknownOperationException',
        `The local identity service has no such operation. It has: ${[...operations.keys()].join(', ')}.`,
      );
    }
    return { status: 200, body: handle(pool, input) };
  }
}

/** `unknown` rather than what was sent: the name goes into events and counts. */
function operationOf(request: IncomingMessage, path: string): string | undefined {
  if (request.method !== 'POST' || path !== '/') return undefined;
  const target = request.headers['x-amz-target'];
  const name =
    typeof target === 'string' && target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : '';
  return operations.has(name) ? name : 'unknown';
}

// The shape, the colon included: https://github.com/aws/aws-sdk-cpp/issues/1789
function replyOf(error: CognitoError): Reply {
  return {
    status: httpStatusOf(error.name),
    body: { __type: error.name, message: error.message },
    headers: {
      'x-amzn-errortype': `${error.name}:`,
      // Names that callers send are echoed in messages, and a header takes only this much of Unicode.
      'x-amzn-errormessage': error.message.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 512),
    },
    error: error.name,
  };
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    'x-amzn-requestid': randomUUID(),
    ...(reply.body === undefined ? {} : { 'content-type': 'application/x-amz-json-1.1' }),
    ...(reply.status === 204 ? {} : { 'content-length': Buffer.byteLength(text) }),
    ...crossOriginHeaders(request.headers),
    ...reply.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}
