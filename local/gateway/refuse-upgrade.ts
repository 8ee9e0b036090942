import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { newGatewayId } from './gateway-ids.ts';

/** Answers a handshake with an HTTP response and closes the socket. */
export function refuseUpgrade(
  socket: Duplex,
  refusal: { status: number; body: string; errorType?: string },
): void {
  const { status, body, errorType } = refusal;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    `x-amzn-RequestId: ${newGatewayId()}`,
    ...(errorType === undefined ? [] : [`x-amzn-ErrorType: ${errorType}`]),
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
