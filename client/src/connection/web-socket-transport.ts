import { bearerSubprotocolPrefix, subprotocol } from '../wire/constants.ts';
import type { OpenTransport } from './transport.ts';

/** What is used of a WebSocket: any that follows the standard has it. */
export type WebSocketLike = {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
};

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

const openState = 1;

/**
 * The standard WebSocket of browsers and Node: the token travels as a subprotocol, and a refused
 * handshake cannot be told from a network that fails.
 */
export function webSocketTransport(given?: WebSocketConstructor): OpenTransport {
  return ({ url, token }, events) => {
    // Looked up at each attempt: where there is none, importing the library must not fail.
    const Socket = given ?? (globalThis as unknown as { WebSocket: WebSocketConstructor }).WebSocket;
    const socket = new Socket(url, [subprotocol, `${bearerSubprotocolPrefix}${token}`]);
    socket.onopen = () => events.onOpen();
    socket.onmessage = (event: { readonly data: unknown }) => events.onFrame(event.data);
    socket.onclose = (event: { readonly code?: number }) => {
      events.onEnd({ code: event.code, status: undefined });
    };
    // An error is always followed by `close`, which says all that is needed.
    socket.onerror = () => undefined;
    return {
      send(text) {
        if (socket.readyState === openState) socket.send(text);
      },
      backlog: () => socket.bufferedAmount,
      close: () => socket.close(),
    };
  };
}
