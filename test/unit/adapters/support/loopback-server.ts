import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

export type LoopbackServer = {
  readonly url: string;
  /** Every request that came, in order. */
  readonly seen: readonly Seen[];
  close(): Promise<void>;
};

export type Answer = (response: ServerResponse, request: Seen) => void;

/** A server on a free port of this machine. `answer` is asked for each request, so that it can change. */
export async function loopbackServer(answer: () => Answer): Promise<LoopbackServer> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
    seen.push(one);
    answer()(response, one);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answering(status: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}
