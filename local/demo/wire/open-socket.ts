import { WebSocket } from 'ws';
import { handshakeRefusals } from '../../../protocol/handshake.ts';

/** The gateway answered the handshake with another status than 101. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  readonly status: number;

  constructor(status: number) {
    const known = Object.entries(handshakeRefusals).find(([code]) => Number(code) === status)?.[1];
    super(`The gateway refused the connection with status ${status}. ${known?.meaning ?? ''}`.trim());
    this.status = status;
  }
}

/** No gateway answered. */
export class GatewayUnreachable extends Error {
  override readonly name = 'GatewayUnreachable';
}

/** @throws {HandshakeRefused | GatewayUnreachable} */
export async function openSocket(gateway: string, accessToken: string): Promise<WebSocket> {
  const opened = Promise.withResolvers<void>();
  const socket = new WebSocket(gateway, {
    headers: { authorization: `Bearer ${accessToken}` },
    handshakeTimeout: 10_000,
    perMessageDeflate: false,
    maxPayload: 128 * 1024,
  });
  socket.once('open', opened.resolve);
  socket.once('unexpected-response', (request, response) => {
    opened.reject(new HandshakeRefused(response.statusCode ?? 0));
    request.destroy();
  });
  // Stays for good: an error of an open socket is followed by `close`, which says all that is needed.
  socket.on('error', (cause) => {
    opened.reject(new GatewayUnreachable(`Nothing answers at ${gateway}.`, { cause }));
  });
  await opened.promise;
  return socket;
}
