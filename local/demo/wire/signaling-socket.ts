import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type * as z from 'zod';
import type { GoAwayCode } from '../../../protocol/go-away-codes.ts';
import { protocolVersion } from '../../../protocol/limits.ts';
import type { ErrorMessage } from '../../../protocol/messages/error.ts';
import type { Welcome } from '../../../protocol/messages/hello.ts';
import type { GoAway } from '../../../protocol/messages/token.ts';
import {
  type Action,
  type clientMessages,
  type ServerMessage,
  serverMessage,
} from '../../../protocol/messages.ts';

export type ClientMessage = z.input<(typeof clientMessages)[Action]>;
type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** How the socket ended; with the server's parting word, if it had one. */
export type SocketEnd = { readonly code: number; readonly goAway: GoAway | undefined };

/** A connection that has said `hello` and been welcomed. */
export type Signaling = {
  readonly welcome: Welcome;
  readonly closed: Promise<SocketEnd>;
  send(message: ClientMessage): void;
  /**
   * @throws {ServerRefused} when the answer is an error.
   * @throws {ConnectionLost} when none can come any more.
   */
  ask<Type extends ServerMessage['type']>(message: ClientMessage, answer: Type): Promise<Of<Type>>;
  /** From now on hears whatever is no answer to an `ask`, and what has come since `welcome`. */
  listen(hear: (message: ServerMessage) => void): void;
  /** Says `bye` and waits, but not long, for the server to close. */
  bye(): Promise<void>;
  /** Drops the socket without a word. */
  drop(): void;
};

/** The server answered with an error of the protocol's table. */
export class ServerRefused extends Error {
  override readonly name = 'ServerRefused';
  readonly code: ErrorMessage['code'];
  readonly retryable: boolean;

  constructor({ code, message, retryable }: ErrorMessage) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

/** The connection ended, or an answer stayed away, before what was asked came. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly goAway: GoAway | undefined;

  constructor(message: string, goAway?: GoAway) {
    super(message);
    this.goAway = goAway;
  }
}

const answerWithinMs = 15_000;
/** After `bye`, and after a `goAway` that is followed by a close: then we close, for a server that cannot. */
const closeWithinMs = 1_000;
const closedByServerAfter: readonly GoAwayCode[] = ['replaced', 'revoked', 'token_expired'];
/** Pings cost nothing, keep NATs open and find out half-open sockets. */
const pingEveryMs = 30_000;

/**
 * Says `hello` on an open socket and waits for `welcome`.
 *
 * @throws {ServerRefused | ConnectionLost}
 */
export async function startSignaling(socket: WebSocket, agent: string): Promise<Signaling> {
  const asked = new Map<string, PromiseWithResolvers<ServerMessage>>();
  const ended = Promise.withResolvers<SocketEnd>();
  const unheard: ServerMessage[] = [];
  let hear = (message: ServerMessage): void => void unheard.push(message);
  let goAway: GoAway | undefined;

  socket.on('message', (data) => {
    const message = parse(String(data));
    if (message === undefined) return;
    if (message.type === 'goAway') {
      goAway = message;
      if (closedByServerAfter.includes(message.code)) terminateSoon(socket);
    }
    const requestId = 'requestId' in message ? message.requestId : undefined;
    const waiting = requestId === undefined ? undefined : asked.get(requestId);
    if (waiting === undefined) hear(message);
    else waiting.resolve(message);
  });
  const stopPinging = pingRegularly(socket);
  socket.once('close', (code) => {
    stopPinging();
    const said = goAway === undefined ? '' : `, after goAway ${goAway.code}`;
    const lost = new ConnectionLost(`The connection was closed (${code}${said}).`, goAway);
    for (const { reject } of asked.values()) reject(lost);
    ended.resolve({ code, goAway });
  });

  const send = (message: ClientMessage): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  async function ask<Type extends ServerMessage['type']>(
    message: ClientMessage,
    type: Type,
  ): Promise<Of<Type>> {
    if (socket.readyState !== WebSocket.OPEN) throw new ConnectionLost('The connection is closed.', goAway);
    const requestId = randomUUID();
    const answer = Promise.withResolvers<ServerMessage>();
    const patience = setTimeout(() => {
      answer.reject(new ConnectionLost(`No answer to ${message.action} within ${answerWithinMs / 1000} s.`));
    }, answerWithinMs);
    asked.set(requestId, answer);
    try {
      send({ ...message, requestId });
      return expectType(await answer.promise, type);
    } finally {
      clearTimeout(patience);
      asked.delete(requestId);
    }
  }

  try {
    const welcome = await ask({ action: 'hello', protocol: protocolVersion, agent }, 'welcome');
    return {
      welcome,
      closed: ended.promise,
      send,
      ask,
      listen(listener) {
        hear = listener;
        for (const message of unheard.splice(0)) listener(message);
      },
      async bye() {
        send({ action: 'bye' });
        terminateSoon(socket);
        await ended.promise;
      },
      drop: () => socket.terminate(),
    };
  } catch (failure) {
    socket.terminate();
    throw failure;
  }
}

/** Undefined for what is no message of this version: newer servers may say more. */
function parse(text: string): ServerMessage | undefined {
  try {
    return serverMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function expectType<Type extends ServerMessage['type']>(message: ServerMessage, type: Type): Of<Type> {
  if (message.type === 'error') throw new ServerRefused(message);
  if (isOfType(message, type)) return message;
  throw new ConnectionLost(`Expected ${type} and got ${message.type}; do both sides speak the same version?`);
}

function isOfType<Type extends ServerMessage['type']>(
  message: ServerMessage,
  type: Type,
): message is Of<Type> {
  return message.type === type;
}

function terminateSoon(socket: WebSocket): void {
  const patience = setTimeout(() => socket.terminate(), closeWithinMs);
  socket.once('close', () => clearTimeout(patience));
}

function pingRegularly(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, pingEveryMs);
  return () => clearInterval(timer);
}
