import type { OpenTransport, TransportEvents } from '../../client/src/connection/transport.ts';
import type { Random } from '../../client/src/environment/clock.ts';
import { createSignalingClient } from '../../client/src/signaling/signaling-client.ts';
import type { ClientMessage, Welcome } from '../../client/src/wire/messages.ts';
import { createConnectLimit } from './connect-limit.ts';
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts';

/** Who comes back when everybody has lost the connection at the same moment. */
export type Fleet = {
  readonly robots: number;
  /** So many of the robots are in a session, each with an operator. */
  readonly sessions: number;
  /** Operators who only look on. */
  readonly lookingOn: number;
};

export type Return = {
  readonly isInSession: boolean;
  /** When it tried to connect, ms after the loss. */
  readonly attempts: number[];
  /** When it was welcomed again, ms after the loss; undefined: not by the end. */
  backAfterMs: number | undefined;
};

/** For the handshake, and again for the welcome. */
const answerMs = 60;

/** As the server does: `fleetSize / 300` seconds. */
const spreadMsOf = ({ robots }: Fleet): number => Math.ceil((robots / 300) * 1_000);

/**
 * Clients of the package, all of them, on one clock that is stepped: they connect, lose the connection
 * together, and come back as they decide. The server takes no more than API Gateway does.
 */
export async function returnOf(fleet: Fleet, of: { random: Random; forMs: number }): Promise<Return[]> {
  const clock = createSteppedClock();
  const limit = createConnectLimit();
  let lostAt = Number.POSITIVE_INFINITY;
  const cuts: (() => void)[] = [];

  function enter(kind: Welcome['kind'], index: number, isInSession: boolean): Return {
    const told: Return = { isInSession, attempts: [], backAfterMs: undefined };
    let events: TransportEvents | undefined;
    const openTransport: OpenTransport = (_, given) => {
      events = given;
      const isBack = clock.now() >= lostAt;
      if (isBack) told.attempts.push(clock.now() - lostAt);
      if (isBack && !limit.take(clock.now())) {
        clock.after(answerMs, () => given.onEnd({ code: 1006, status: 429 }));
        return { send: () => undefined, close: () => undefined };
      }
      clock.after(answerMs, given.onOpen);
      return {
        send: (text) => answer(clock, { text, kind, index, isInSession, fleet }, given),
        close: () => undefined,
      };
    };
    const client = createSignalingClient({
      url: 'wss://signaling.example/v1',
      tokens: { token: async () => ({ token: 'opaque' }) },
      transport: openTransport,
      clock,
      random: of.random,
      page: { isOffline: () => false, onWake: () => () => undefined },
    });
    client.on('state', ({ status }) => {
      if (status === 'ready' && clock.now() >= lostAt) told.backAfterMs ??= clock.now() - lostAt;
    });
    client.start();
    if (isInSession) client.channel(sessionKey(index));
    cuts.push(() => events?.onEnd({ code: 1001, status: undefined }));
    return told;
  }

  const all = [
    ...Array.from({ length: fleet.robots }, (_, index) => enter('robot', index, index < fleet.sessions)),
    ...Array.from({ length: fleet.sessions + fleet.lookingOn }, (_, index) =>
      enter('client', index, index < fleet.sessions),
    ),
  ];
  await clock.advance(15_000);
  lostAt = clock.now();
  for (const cut of cuts) cut();
  await clock.advance(of.forMs);
  return all;
}

const sessionKey = (index: number) => ({ sessionId: `session-${index}`, robotId: `robot-${index}` });

type Asked = { text: string; kind: Welcome['kind']; index: number; isInSession: boolean; fleet: Fleet };

function answer(clock: SteppedClock, asked: Asked, { onFrame }: TransportEvents): void {
  const message: ClientMessage = JSON.parse(asked.text);
  if (message.action === 'ping') clock.after(answerMs, () => onFrame('{"type":"pong"}'));
  if (message.action === 'hello')
    clock.after(answerMs, () => onFrame(JSON.stringify(welcomeFor(clock.now(), asked))));
}

function welcomeFor(sentAt: number, { kind, index, isInSession, fleet }: Asked): Welcome {
  const dayMs = 86_400_000;
  const session = {
    clientId: `client-${index}`,
    mode: 'control',
    leaseEpoch: 1,
    state: 'open',
    received: 0,
  } as const;
  return {
    type: 'welcome',
    requestId: 'hello',
    connectionId: `${kind}-${index}`,
    kind,
    principalId: `${kind}-${index}`,
    clientId: `client-${index}`,
    ...(kind === 'robot' ? { robotId: `robot-${index}` } : { resumeKey: 'key' }),
    groups: [],
    sentAt,
    tokenExpiresAt: sentAt + dayMs,
    refreshAt: sentAt + dayMs,
    connectionExpiresAt: sentAt + dayMs,
    resumed: true,
    sessions: isInSession ? [{ ...sessionKey(index), ...session }] : [],
    policy: {
      warnMs: [600_000],
      graceMs: 60_000,
      resumeWindowMs: 120_000,
      heartbeatMs: 480_000,
      reconnectSpreadMs: spreadMsOf(fleet),
      maxMessageBytes: 30_720,
    },
  };
}
