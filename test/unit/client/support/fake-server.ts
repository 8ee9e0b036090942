import type { OpenTransport, TransportEvents } from '../../../../client/src/connection/transport.ts';
import { readJwtClaims } from '../../../../client/src/tokens/jwt-claims.ts';
import type { ClientMessage, ServerMessage, Welcome } from '../../../../client/src/wire/messages.ts';
import type { FakeClock } from './fake-clock.ts';

/** One socket as the server sees it. */
export type FakeSocket = {
  readonly url: string;
  readonly token: string;
  /** What the client has said, parsed, oldest first. */
  readonly heard: ClientMessage[];
  /** Whether the client has closed it. */
  isClosed(): boolean;
  /** Whether it is closed by anybody. */
  isEnded(): boolean;
  /** The handshake succeeds. */
  open(): void;
  /** The handshake is refused; without a status as a browser sees it. */
  refuse(status?: number): void;
  say(message: ServerMessage): void;
  /** Any frame, as it is. */
  sayRaw(frame: unknown): void;
  cut(code?: number): void;
  /** From now on nothing arrives on either side, and nobody is told: a half-open connection. */
  goSilent(): void;
  /** So many bytes wait on the client's side. */
  setBacklog(bytes: number): void;
  last(): ClientMessage;
  lastOf<Name extends ClientMessage['action']>(action: Name): Extract<ClientMessage, { action: Name }>;
};

/** What the server does by itself. Change it in the middle of a test as needed. */
export type Manners = {
  /** What becomes of a handshake; `hang`: nothing at all. */
  handshake: 'open' | 'hang' | { status: number | undefined };
  /** Whether `hello` is answered with `welcome`. */
  welcomes: boolean;
  /** Whether `ping` is answered. */
  pongs: boolean;
  /** Whether `refreshToken` is answered. */
  refreshes: boolean;
};

export type FakeServer = {
  readonly openTransport: OpenTransport;
  readonly manners: Manners;
  /** All sockets so far, oldest first. */
  readonly sockets: FakeSocket[];
  /** The newest. */
  socket(): FakeSocket;
  /** Welcomes the newest now, where it does not do so by itself. */
  sayWelcome(): void;
  /** Fields that the next welcomes have other than by default. */
  welcome: Partial<Welcome>;
  /** The server's clock against the client's. */
  skewMs: number;
};

const policy: Welcome['policy'] = {
  warnMs: [600_000, 120_000],
  graceMs: 60_000,
  resumeWindowMs: 120_000,
  heartbeatMs: 480_000,
  // A fleet of 150.
  reconnectSpreadMs: 500,
  maxMessageBytes: 30_720,
};

/** Of a fleet of 9,000. */
export const spreadWelcome: Partial<Welcome> = { policy: { ...policy, reconnectSpreadMs: 30_000 } };
export const robotWelcome: Partial<Welcome> = { ...spreadWelcome, kind: 'robot', robotId: 'rover-1' };

/**
 * A server that speaks the protocol from memory, so that a test says only what matters to it. To extend
 * it, give `Manners` another field and answer it in `hear`.
 */
export function createFakeServer(clock: FakeClock): FakeServer {
  const sockets: FakeSocket[] = [];
  const manners: Manners = {
    handshake: 'open',
    welcomes: true,
    pongs: true,
    refreshes: true,
  };
  const server: FakeServer = {
    manners,
    sockets,
    welcome: {},
    skewMs: 0,
    sayWelcome: () => server.socket().say(welcomeFor(server.socket(), 'hello')),
    openTransport(request, events) {
      const { socket, transport } = createSocket(request, events, (message) => hear(socket, message));
      sockets.push(socket);
      const { handshake } = manners;
      if (handshake === 'open') clock.after(0, socket.open);
      else if (handshake !== 'hang') clock.after(0, () => socket.refuse(handshake.status));
      return transport;
    },
    socket() {
      const newest = sockets.at(-1);
      if (newest === undefined) throw new Error('Nobody has connected.');
      return newest;
    },
  };

  function times(token: string) {
    const sentAt = clock.now() + server.skewMs;
    const { issuedAt = sentAt, expiresAt = issuedAt + 4 * 3_600_000 } = readJwtClaims(token);
    return { sentAt, tokenExpiresAt: expiresAt, refreshAt: issuedAt + (expiresAt - issuedAt) * 0.8 };
  }

  function hear(socket: FakeSocket, message: ClientMessage): void {
    if (message.action === 'hello' && manners.welcomes) socket.say(welcomeFor(socket, message.requestId));
    if (message.action === 'ping' && manners.pongs) socket.say({ type: 'pong' });
    if (message.action === 'refreshToken' && manners.refreshes) {
      socket.say({ type: 'tokenRefreshed', ...idOf(message.requestId), ...times(message.token) });
    }
  }

  function welcomeFor({ token }: FakeSocket, requestId: string | undefined): Welcome {
    return {
      type: 'welcome',
      ...idOf(requestId),
      connectionId: `connection-${sockets.length}`,
      kind: 'client',
      principalId: 'principal-1',
      clientId: 'client-1',
      resumeKey: `key-${sockets.length}`,
      groups: ['operators'],
      ...times(token),
      connectionExpiresAt: clock.now() + server.skewMs + 110 * 60_000,
      resumed: sockets.length > 1,
      sessions: [],
      policy,
      ...server.welcome,
    };
  }
  return server;
}

const idOf = (requestId: string | undefined) => (requestId === undefined ? {} : { requestId });

function createSocket(
  { url, token }: { url: string; token: string },
  events: TransportEvents,
  hear: (message: ClientMessage) => void,
) {
  const heard: ClientMessage[] = [];
  let isClosed = false;
  let isEnded = false;
  let isSilent = false;
  let backlog = 0;
  const end = (code: number | undefined, status: number | undefined): void => {
    if (isEnded) return;
    isEnded = true;
    events.onEnd({ code, status });
  };
  const sayRaw = (frame: unknown): void => {
    if (!isEnded && !isSilent) events.onFrame(frame);
  };
  const socket: FakeSocket = {
    url,
    token,
    heard,
    isClosed: () => isClosed,
    isEnded: () => isEnded,
    open: () => {
      if (!isClosed) events.onOpen();
    },
    refuse: (status) => end(1006, status),
    say: (message) => sayRaw(JSON.stringify(message)),
    sayRaw,
    goSilent() {
      isSilent = true;
    },
    cut: (code = 1006) => end(code, undefined),
    setBacklog(bytes) {
      backlog = bytes;
    },
    last() {
      const newest = heard.at(-1);
      if (newest === undefined) throw new Error('The client has said nothing.');
      return newest;
    },
    lastOf<Name extends ClientMessage['action']>(action: Name) {
      const found = heard.findLast((message) => message.action === action);
      if (found === undefined) throw new Error(`The client has not said ${action}.`);
      return found as Extract<ClientMessage, { action: Name }>;
    },
  };
  const transport = {
    send(text: string) {
      if (isEnded || isClosed || isSilent) return;
      const message: ClientMessage = JSON.parse(text);
      heard.push(message);
      hear(message);
    },
    backlog: () => backlog,
    close() {
      isClosed = true;
      end(1000, undefined);
    },
  };
  return { socket, transport };
}
