import type { Cancel, Clock } from '../environment/clock.ts';
import type { Logger } from '../environment/logger.ts';
import { protocolVersion } from '../wire/constants.ts';
import type { ClientMessage, GoAway, ServerMessage, Welcome } from '../wire/messages.ts';
import { parseMessage } from '../wire/parse-message.ts';
import type { ConnectionEnd } from './connection-end.ts';
import { type Heartbeat, type HeartbeatSettings, startHeartbeat } from './heartbeat.ts';
import type { OpenTransport, Transport, TransportEnd } from './transport.ts';

/** For the handshake, and again for `welcome`. */
const answerWithinMs = 10_000;
/** After a `goAway` that is followed by a close: then we close, for a server that cannot. */
const closeWithinMs = 2_000;
/**
 * After a `bye` that signs out: the server records it and cuts the other connections first, and a function that
 * starts cold takes its time. A close from here meanwhile may be heard as a loss, and control would wait for a return.
 */
const signedOutWithinMs = 10_000;

export const helloId = 'hello';

export type Hello = Omit<Extract<ClientMessage, { action: 'hello' }>, 'action' | 'requestId' | 'protocol'>;

export type ConnectionDeps = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly openTransport: OpenTransport;
  readonly heartbeat: HeartbeatSettings;
};

export type ConnectionEvents = {
  onWelcome(welcome: Welcome): void;
  /** Whatever comes after `welcome`, `goAway` included; no `pong`. */
  onMessage(message: ServerMessage): void;
  /** Comes once, and last. Not after `drop`. */
  onEnd(end: ConnectionEnd): void;
};

/** One WebSocket from the handshake to its end. */
export type Connection = {
  readonly send: (message: ClientMessage) => void;
  /** Bytes that wait in the socket. */
  readonly backlog: () => number;
  readonly setBusy: (isBusy: boolean) => void;
  readonly probe: () => void;
  /** Closes the socket; nothing more is told of it. */
  readonly drop: () => void;
  /**
   * Says `bye`, and leaves the closing to the server: a close that comes at once is told to it beside the `bye`,
   * and may be heard first, as a loss.
   */
  readonly leave: (bye: Extract<ClientMessage, { action: 'bye' }>) => void;
  /** Takes the connection for lost. */
  readonly fail: (cause: ConnectionEnd['cause']) => void;
};

/** Opens a socket, says `hello` and keeps it alive. Whatever goes wrong is told by `onEnd`, once. */
export function openConnection(
  deps: ConnectionDeps,
  request: { readonly url: string; readonly token: string; readonly hello: () => Hello },
  events: ConnectionEvents,
): Connection {
  const { clock, logger } = deps;
  let phase: ConnectionEnd['phase'] = 'handshake';
  let isOver = false;
  let goAway: GoAway | undefined;
  let transport: Transport | undefined;
  let heartbeat: Heartbeat | undefined;
  let isBusy = false;
  /** What is posted at the same moment may overtake `welcome`: a session that is opened just then. */
  const early: ServerMessage[] = [];
  let cancelPatience: Cancel = clock.after(answerWithinMs, () => end({ cause: 'handshake_timeout' }));

  function end(why: Omit<ConnectionEnd, 'phase'>): void {
    if (isOver) return;
    stop();
    events.onEnd({ phase, goAway, ...why });
  }

  function stop(): void {
    isOver = true;
    cancelPatience();
    heartbeat?.stop();
    transport?.close();
  }

  function leave(bye: Extract<ClientMessage, { action: 'bye' }>): void {
    if (isOver) return;
    send(bye);
    isOver = true;
    heartbeat?.stop();
    cancelPatience();
    const withinMs = bye.signOut === true ? signedOutWithinMs : closeWithinMs;
    cancelPatience = clock.after(withinMs, () => transport?.close());
  }

  function send(message: ClientMessage): void {
    if (!isOver) transport?.send(JSON.stringify(message));
  }

  function onOpen(): void {
    if (isOver) return;
    cancelPatience();
    phase = 'hello';
    cancelPatience = clock.after(answerWithinMs, () => end({ cause: 'no_welcome' }));
    send({ action: 'hello', requestId: helloId, protocol: protocolVersion, ...request.hello() });
  }

  function onFrame(frame: unknown) {
    if (isOver) return;
    heartbeat?.heard();
    const parsed = parseMessage(frame);
    if (parsed.is === 'message') return hear(parsed.message);
    if (parsed.type === 'welcome' && phase === 'hello') {
      return end({ cause: 'malformed_welcome' });
    }
    logger.warn(`A message was dropped: ${parsed.type}.`);
  }

  function hear(message: ServerMessage) {
    if (message.type === 'goAway') {
      goAway = message;
      if (message.code !== 'connection_max_age' && message.code !== 'shutdown') closeSoon();
    }
    if (message.type === 'error' && (phase === 'hello' || message.requestId === helloId)) {
      // `unavailable` with a wait: the welcome holds, or is on its way, and another side could not be told of it. Else, also
      // after `welcome`: the server could not know that it arrived, and has taken everything back.
      if (message.code !== 'unavailable' || message.retryAfterMs === undefined) {
        return end({ cause: 'hello_refused', error: message });
      }
    }
    if (phase !== 'hello') {
      if (message.type !== 'pong') events.onMessage(message);
    } else if (message.type === 'welcome') hearWelcome(message);
    else early.push(message);
  }

  function hearWelcome(message: Welcome) {
    cancelPatience();
    phase = 'live';
    heartbeat = startHeartbeat({
      clock,
      settings: deps.heartbeat,
      idleMs: Math.max(1_000, message.policy.heartbeatMs),
      send: (action) => send({ action }),
      onDead: () => end({ cause: 'pong_missing' }),
    });
    heartbeat.setBusy(isBusy);
    events.onWelcome(message);
    for (const each of early) events.onMessage(each);
  }

  function closeSoon(): void {
    cancelPatience();
    cancelPatience = clock.after(closeWithinMs, () => end({ cause: 'closed' }));
  }

  const onEnd = ({ code, status }: TransportEnd): void => {
    if (isOver) cancelPatience();
    end({ cause: 'closed', code, status });
  };
  try {
    transport = deps.openTransport(request, { onOpen, onFrame, onEnd });
  } catch {
    // The reason may quote the subprotocol, which is the token (I9).
    clock.after(0, () => end({ cause: 'unusable' }));
  }
  return {
    send,
    backlog: () => transport?.backlog?.() ?? 0,
    setBusy(now) {
      isBusy = now;
      heartbeat?.setBusy(now);
    },
    probe: () => heartbeat?.probe(),
    leave,
    drop: () => {
      if (!isOver) stop();
    },
    fail: (cause) => end({ cause }),
  };
}
