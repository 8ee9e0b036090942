import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import { type AsyncQueue, asyncQueue } from './gateway-async-queue.ts';

export type TestClient = {
  ws: WebSocket;
  messages: AsyncQueue<string>;
  closed: Promise<{ code: number; reason: string }>;
  send(message: unknown): void;
  nextJson(): Promise<unknown>;
};

export type ClientSettings = { protocols?: string[]; options?: ClientOptions };

/** Connects and waits for the handshake. A refused one rejects with `HandshakeRefused`. */
export async function connectClient(url: string, settings: ClientSettings = {}): Promise<TestClient> {
  const ws = new WebSocket(url, settings.protocols ?? [], settings.options ?? {});
  const messages = asyncQueue<string>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  ws.on('message', (data) => messages.push(String(data)));
  ws.on('close', (code, reason) => closed.resolve({ code, reason: reason.toString() }));
  const opened = Promise.withResolvers<void>();
  ws.on('open', opened.resolve);
  ws.on('error', opened.reject);
  ws.on('unexpected-response', (_request, response) => {
    void refusalOf(response).then(opened.reject);
  });
  await opened.promise;
  return {
    ws,
    messages,
    closed: closed.promise,
    send: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
    nextJson: async () => JSON.parse(await messages.next()),
  };
}

export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  readonly status: number;
  readonly body: string;
  readonly errorType: string | undefined;

  constructor(status: number, body: string, errorType: string | undefined) {
    super(`handshake refused with ${status}`);
    this.status = status;
    this.body = body;
    this.errorType = errorType;
  }
}

async function refusalOf(response: IncomingMessage): Promise<HandshakeRefused> {
  let body = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  await once(response, 'end');
  const errorType = response.headers['x-amzn-errortype'];
  return new HandshakeRefused(response.statusCode ?? 0, body, errorType?.toString());
}

/** The refusal of a connection that must not succeed. */
export async function refusedClient(url: string, settings: ClientSettings = {}): Promise<HandshakeRefused> {
  try {
    const client = await connectClient(url, settings);
    client.ws.terminate();
  } catch (error) {
    if (error instanceof HandshakeRefused) return error;
    throw error;
  }
  throw new Error('the handshake was accepted');
}
