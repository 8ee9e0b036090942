import { WebSocket } from 'ws';
import type { OpenTransport } from '../connection/transport.ts';

/** They cost nothing, keep NATs open and find out half-open sockets. */
const pingEveryMs = 30_000;
/** A server that does not answer a close is not waited for. */
const closeWithinMs = 1_000;
const largestFrameBytes = 128 * 1024;

/** Node's WebSocket by `ws`: the token travels in the Authorization header, and a refusal tells its status. */
export function wsTransport(): OpenTransport {
  return ({ url, token }, events) => {
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: largestFrameBytes,
      followRedirects: false,
    });
    let status: number | undefined;
    let isAnswered = true;
    let pinging: NodeJS.Timeout | undefined;

    socket.on('open', () => {
      pinging = setInterval(() => {
        if (!isAnswered) return socket.terminate();
        isAnswered = false;
        socket.ping();
      }, pingEveryMs);
      events.onOpen();
    });
    socket.on('pong', () => {
      isAnswered = true;
    });
    socket.on('message', (data, isBinary) => events.onFrame(isBinary ? undefined : String(data)));
    socket.on('unexpected-response', (request, response) => {
      status = response.statusCode;
      request.destroy();
      // Without this the socket stays in its handshake: `ws` leaves the end to whoever listens here.
      socket.terminate();
    });
    // Stays for good: what it says may quote the request, and `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      clearInterval(pinging);
      events.onEnd({ code, status });
    });

    return {
      send(text) {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      backlog: () => socket.bufferedAmount,
      close() {
        if (socket.readyState === WebSocket.CONNECTING) return socket.terminate();
        socket.close();
        setTimeout(() => socket.terminate(), closeWithinMs).unref();
      },
    };
  };
}
