import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type RawData, WebSocket } from 'ws';
import { type ServerMessage, serverMessage } from '../../../protocol/messages.ts';
import { signIn } from './sign-in.ts';
import type { Target } from './target.ts';

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;
type Match = (message: ServerMessage) => boolean;

/** What a busy machine may take; in the long form of the tests a message may be as far away as a token's end. */
const patienceMs = 20_000 + Number(process.env.HELIOGRAPH_TOKEN_LIFE_MS ?? 0);

/** A plain WebSocket client: what somebody would write from the reference page. Checks every message against its schema. */
export class RawClient {
  readonly received: ServerMessage[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number }>;
  readonly #waiting = new Set<() => void>();
  #taken = new Set<ServerMessage>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, 'close').then(([code]) => ({ code: Number(code) }));
    socket.on('message', (data) => {
      this.received.push(serverMessage.parse(JSON.parse(textOf(data))));
      for (const look of this.#waiting) look();
    });
    socket.on('error', () => undefined);
  }

  send(message: Record<string, unknown> | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends with a `requestId` and waits for what answers it. */
  request(action: string, fields: Record<string, unknown> = {}): Promise<ServerMessage> {
    const requestId = typeof fields.requestId === 'string' ? fields.requestId : randomUUID();
    this.send({ action, requestId, ...fields });
    return this.next((message) => 'requestId' in message && message.requestId === requestId);
  }

  /** As `request`, for an answer of a certain type. */
  async ask<Type extends ServerMessage['type']>(
    action: string,
    type: Type,
    fields: Record<string, unknown> = {},
  ): Promise<Of<Type>> {
    return expectType(await this.request(action, fields), type);
  }

  /** The next message of a type that nobody has waited for yet, whether it is here already or comes. */
  async nextOf<Type extends ServerMessage['type']>(
    type: Type,
    more: (message: Of<Type>) => boolean = () => true,
  ) {
    const message = await this.next((candidate) => isOfType(candidate, type) && more(candidate));
    return expectType(message, type);
  }

  next(match: Match): Promise<ServerMessage> {
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => {
        this.#waiting.delete(look);
        reject(
          new Error(`No such message came. Received: ${this.received.map(({ type }) => type).join(', ')}`),
        );
      }, patienceMs);
      const look = () => {
        const found = this.received.find((message) => !this.#taken.has(message) && match(message));
        if (found === undefined) return;
        clearTimeout(patience);
        this.#waiting.delete(look);
        this.#taken.add(found);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  hello(fields: Record<string, unknown> = {}): Promise<Of<'welcome'>> {
    return this.ask('hello', 'welcome', { protocol: 1, ...fields });
  }

  close(): Promise<{ code: number }> {
    this.socket.close();
    return this.closed;
  }
}

function isOfType<Type extends ServerMessage['type']>(
  message: ServerMessage,
  type: Type,
): message is Of<Type> {
  return message.type === type;
}

function expectType<Type extends ServerMessage['type']>(message: ServerMessage, type: Type): Of<Type> {
  if (isOfType(message, type)) return message;
  throw new Error(`Expected ${type}, got ${JSON.stringify(message)}`);
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as ArrayBuffer).toString();
}

export type Handshake = {
  readonly headers?: Record<string, string>;
  readonly subprotocols?: string[];
  readonly query?: string;
};

/** Connects by a handshake of one's own making. */
export async function connectWith(target: Target, handshake: Handshake): Promise<RawClient> {
  const socket = new WebSocket(`${target.gateway}${handshake.query ?? ''}`, handshake.subprotocols ?? [], {
    headers: handshake.headers ?? {},
  });
  const client = new RawClient(socket);
  await once(socket, 'open');
  return client;
}

/** The HTTP status with which a handshake is refused; 101 when it is not. */
export async function handshakeStatus(target: Target, handshake: Handshake): Promise<number> {
  const socket = new WebSocket(`${target.gateway}${handshake.query ?? ''}`, handshake.subprotocols ?? [], {
    headers: handshake.headers ?? {},
  });
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.once('open', () => {
      resolve(101);
      socket.close();
    });
  });
}

export function bearer(token: string): Handshake {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** Signs in and connects, without `hello`. */
export async function connectAs(target: Target, userName: string): Promise<RawClient> {
  return connectWith(target, bearer(await signIn(target, userName)));
}

/** Signs in, connects, says `hello` and has its `welcome`. */
export async function enterAs(target: Target, userName: string) {
  const client = await connectAs(target, userName);
  return { client, welcome: await client.hello() };
}

/** A robot and a client with a session between them. */
export async function openPair(
  target: Target,
  names: { robot: string; client: string; mode?: 'control' | 'view' },
) {
  const robot = await enterAs(target, names.robot);
  const client = await enterAs(target, names.client);
  const opened = await client.client.ask('openSession', 'sessionOpened', {
    robotId: names.robot,
    mode: names.mode ?? 'control',
  });
  const requested = await robot.client.nextOf(
    'sessionRequested',
    ({ sessionId }) => sessionId === opened.sessionId,
  );
  const key = { robotId: names.robot, sessionId: opened.sessionId };
  return {
    robot: robot.client,
    client: client.client,
    welcomes: { robot: robot.welcome, client: client.welcome },
    opened,
    requested,
    key,
  };
}
