/** How a socket ended. `status` is the HTTP status of a refused handshake, where it can be read: not in browsers. */
export type TransportEnd = { readonly code: number | undefined; readonly status: number | undefined };

export type TransportEvents = {
  onOpen(): void;
  onFrame(frame: unknown): void;
  /** Comes once, also when the socket never opened. */
  onEnd(end: TransportEnd): void;
};

/** One WebSocket, as the library needs it. */
export type Transport = {
  /** Drops the text when the socket is not open. */
  send(text: string): void;
  /** Bytes that wait to be sent, where it can be told. While there are many, nothing is sent a second time. */
  backlog?(): number;
  close(): void;
};

/**
 * Opens a WebSocket at `url` that carries `token` in a way that the server takes, never in the URL.
 * May throw; that counts as a socket that never opened.
 */
export type OpenTransport = (
  request: { readonly url: string; readonly token: string },
  events: TransportEvents,
) => Transport;
