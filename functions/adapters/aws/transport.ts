import { text } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CredentialSource } from './credentials.ts';
import { failureOf, failureOnTheWay } from './failure.ts';
import { retrying } from './retrying.ts';
import { Sha256 } from './sha256.ts';

export type AwsTimeouts = {
  /** For the TCP and TLS connection, per attempt. */
  readonly connectMs: number;
  /** For the answer to begin, and for silence within it, per attempt. */
  readonly requestMs: number;
  /** For everything, retries and their backoff included. */
  readonly totalMs: number;
};

export type AwsTransportOptions = {
  readonly timeouts: AwsTimeouts;
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  readonly credentials: CredentialSource;
  /** Another way to the network, for who measures without one. */
  readonly http?: Pick<NodeHttpHandler, 'handle'>;
};

export type AwsRequest = {
  /** As signatures name it, such as `dynamodb`. */
  readonly service: string;
  /** For which it is signed. */
  readonly region: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Scheme, host and port; its path is not used. */
  readonly endpoint: URL;
  /** From the root, percent-encoded, without a query. It is sent as it stands. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type AwsAnswer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

/**
 * Sends a request to AWS and gives the answer to it, which is 2xx.
 *
 * @throws {AwsFailure} for every other answer, and where none came in time.
 */
export type AwsTransport = (request: AwsRequest) => Promise<AwsAnswer>;

/**
 * The SDK's own HTTP handler, signer and retries, without its clients (ADR 0050). Make one per kind of
 * use, not one per call: it keeps connections open.
 */
export function awsTransport(options: AwsTransportOptions): AwsTransport {
  const { timeouts, maxAttempts, credentials, http = handlerWith(timeouts) } = options;

  const signer = new SignatureV4({
    // Of each request its own, below.
    service: '',
    region: '',
    sha256: Sha256,
    credentials: async () => credentials(),
  });

  async function attempt(request: AwsRequest, deadline: AbortSignal): Promise<AwsAnswer> {
    const { service: signingService, region: signingRegion } = request;
    const signed = await signer.sign(written(request), { signingService, signingRegion });
    const answer = await exchange(new HttpRequest(signed), deadline).catch((thrown: unknown) => {
      throw failureOnTheWay(thrown);
    });
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer);
    return answer;
  }

  async function exchange(signed: HttpRequest, abortSignal: AbortSignal): Promise<AwsAnswer> {
    const { response } = await http.handle(signed, { abortSignal });
    const { statusCode: status, headers, body } = response;
    return { status, headers, text: await text(body) };
  }

  const retry = retrying({ maxAttempts, totalMs: timeouts.totalMs });
  return (request) => retry((deadline) => attempt(request, deadline));
}

function handlerWith(timeouts: AwsTimeouts): NodeHttpHandler {
  return new NodeHttpHandler({
    connectionTimeout: timeouts.connectMs,
    requestTimeout: timeouts.requestMs,
    // Without it a request that takes too long is only warned about:
    // https://github.com/smithy-lang/smithy-typescript/blob/main/packages/node-http-handler/src/set-request-timeout.ts
    throwOnRequestTimeout: true,
    // The request timeout ends with the headers; this one also covers a body that stops half-way.
    socketTimeout: timeouts.requestMs,
  });
}

function written({ method, endpoint, path, headers, body }: AwsRequest): HttpRequest {
  const { protocol, hostname, port, host } = endpoint;
  return new HttpRequest({
    method,
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path,
    headers: {
      ...headers,
      host,
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    },
    body,
  });
}
