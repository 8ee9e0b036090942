import type { WebSocket } from 'ws';
import type { FrameMeter } from './frame-meter.ts';
import type { EventSubject } from './lambda-event.ts';
import type { GatewaySettings } from './options.ts';
import { type PostLimit, postLimit } from './post-limit.ts';

export type ConnectionEnd = { code: number; reason: string };

export type OpenConnection = {
  readonly subject: EventSubject;
  readonly posts: PostLimit;
  lastActiveAt(): number;
  /** False as soon as either side has begun to close. */
  isOpen(): boolean;
  /** What the client has not read yet. */
  bufferedBytes(): number;
  /** Does nothing when the connection is no longer open: whoever replies late is not told. */
  send(text: string): void;
  close(code: number, reason?: string): void;
  /** Destroys the socket without a close frame. */
  cut(): void;
  /** From now on nothing reaches the client and nothing from it is heard, while posts still succeed. */
  goHalfOpen(): void;
  /** Resolves when the socket is gone; for a half-open one, when the gateway has given it up. */
  readonly ended: Promise<ConnectionEnd>;
};

/** How long a client may take to answer a close frame before its socket is destroyed. */
const CLOSE_HANDSHAKE_MS = 1_000;

export function openConnection(input: {
  ws: WebSocket;
  subject: EventSubject;
  frames: FrameMeter;
  settings: GatewaySettings;
  /** Aborted when no socket may be left, not even one that the gateway has given up. */
  shutDown: AbortSignal;
  onMessage: (connection: OpenConnection, text: string) => void;
}): OpenConnection {
  const { ws, subject, frames, settings } = input;
  const ended = Promise.withResolvers<ConnectionEnd>();
  let closing: ConnectionEnd | undefined;
  let halfOpen = false;
  let messagesReceived = 0;
  let lastActiveAt = subject.connectedAt;

  // Any message, either way, starts the idle time anew: https://hotsock.io/docs/connections/keep-alive keeps
  // idle connections up to the 2 hours with messages from the server alone. Ping frames do not: AWS documents
  // nothing, and a client must not come to rely here on what may not hold there.
  const idleTimer = setTimeout(() => close(1001, 'Going away'), settings.idleTimeoutMs);
  const ageTimer = setTimeout(() => close(1001, 'Going away'), settings.maxConnectionAgeMs);

  function touch(): void {
    lastActiveAt = Date.now();
    idleTimer.refresh();
  }

  function finish(end: ConnectionEnd): void {
    clearTimeout(idleTimer);
    clearTimeout(ageTimer);
    ended.resolve(end);
  }

  function close(code: number, reason = ''): void {
    if (closing !== undefined || ws.readyState !== ws.OPEN) return;
    closing = { code, reason: reasonOfServer(code, reason) };
    if (halfOpen) {
      // The client must not notice, so its socket stays as it is until the gateway itself ends.
      finish(closing);
      return;
    }
    ws.close(code, reason);
    cutUnlessAnswered();
  }

  function cutUnlessAnswered(): void {
    const giveUp = setTimeout(cut, CLOSE_HANDSHAKE_MS);
    void ended.promise.then(() => clearTimeout(giveUp));
  }

  function cut(): void {
    ws.terminate();
  }

  const connection: OpenConnection = {
    subject,
    posts: postLimit(settings.postsPerSecondPerConnection),
    lastActiveAt: () => lastActiveAt,
    isOpen: () => closing === undefined && ws.readyState === ws.OPEN,
    bufferedBytes: () => ws.bufferedAmount,
    send(text) {
      if (!connection.isOpen()) return;
      touch();
      if (!halfOpen) ws.send(text, { binary: false });
    },
    close,
    cut,
    goHalfOpen() {
      halfOpen = true;
      // Not reading also leaves the client's pings and its close frame unanswered.
      ws.pause();
    },
    ended: ended.promise,
  };

  ws.on('message', (data, isBinary) => {
    messagesReceived += 1;
    if (!connection.isOpen() || halfOpen) return;
    if (frames.isOversized(messagesReceived)) return close(1009);
    if (isBinary) return close(1003);
    touch();
    input.onMessage(connection, String(data));
  });
  ws.on('error', (error) => {
    // ws has already answered with the matching close frame; only the code is missing from its `close` event.
    closing ??= { code: codeOfProtocolError(error), reason: '' };
    cutUnlessAnswered();
  });
  input.shutDown.addEventListener('abort', cut);
  ws.on('close', (code, reason) => {
    input.shutDown.removeEventListener('abort', cut);
    finish(closing ?? { code, reason: reasonOfClient(code, reason.toString()) });
  });

  return connection;
}

/** Real reasons: https://github.com/aws/chalice/issues/2060 for 1000. Those of 1003 and 1009 are unverified. */
function reasonOfServer(code: number, reason: string): string {
  return code === 1000 ? 'Connection Closed Normally' : reason;
}

/** https://github.com/aws/aws-lambda-rust-runtime/pull/816 for 1005. That of 1006 is unverified. */
function reasonOfClient(code: number, reason: string): string {
  return code === 1005 ? 'Client-side close frame status not set' : reason;
}

function codeOfProtocolError(error: Error): number {
  switch ('code' in error ? error.code : undefined) {
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return 1009;
    case 'WS_ERR_INVALID_UTF8':
      return 1007;
    case 'ECONNRESET':
    case 'EPIPE':
      return 1006;
    default:
      return 1002;
  }
}
