import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export type Request = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};
export type Answer = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
};

export type Forwarder = { readonly url: string; close(): Promise<void> };

/**
 * A server on loopback that hands each request to `handle`, which may pass it on, look at it, or answer
 * in its own words. Undefined: the connection is cut without an answer.
 */
export async function startForwarder(
  handle: (request: Request) => Promise<Answer | undefined>,
): Promise<Forwarder> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = 'GET', url = '/', headers } = request;
      handle({ method, path: url, headers, body: Buffer.concat(chunks) }).then(
        (answer) => respond(response, answer),
        () => response.destroy(),
      );
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respond(response: ServerResponse, answer: Answer | undefined): void {
  if (answer === undefined) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.byteLength });
  response.end(answer.body);
}

const notPassedOn = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
]);

/** Passes a request on to another origin and gives its answer. */
export async function passOn(origin: string, { method, path, headers, body }: Request): Promise<Answer> {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || notPassedOn.has(name) ? [] : [[name, String(value)] as [string, string]],
  );
  const answer = await fetch(new URL(path, origin), {
    method,
    headers: given,
    ...(body.byteLength > 0 && { body: new Uint8Array(body) }),
  });
  return {
    status: answer.status,
    headers: Object.fromEntries([...answer.headers].filter(([name]) => !notPassedOn.has(name))),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
