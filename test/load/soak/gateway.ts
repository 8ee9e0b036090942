import type { OpenTransport, TransportEvents } from '../../../client/src/connection/transport.ts';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import type { PeerGateway } from '../../../functions/core/ports/peer-gateway.ts';
import { routeTable } from '../../../functions/route-table.ts';
import type { Chance } from './chance.ts';
import type { EventClock } from './event-clock.ts';
import type { Troubles } from './troubles.ts';

export type Invoke = (event: unknown) => Promise<{ statusCode: number; body?: string }>;

type Socket = {
  readonly id: string;
  readonly token: string;
  readonly events: TransportEvents;
  readonly openedAt: number;
  lastActiveAt: number;
  /** Admitted by `$connect`: from then on it can be posted to. */
  isOpen: boolean;
  /** The way between it and us is dead, and neither knows. */
  isHalfOpen: boolean;
  isEnded: boolean;
  /** Its holder has been told, which happens once. */
  isTold: boolean;
};

export type GatewaySettings = { readonly maxAgeMs: number; readonly idleMs: number };

/** What of the world a checker must see. */
export type GatewayWitness = {
  connected(id: string, token: string): void;
  answered(id: string, message: Record<string, unknown>): void;
  posted(id: string, message: Record<string, unknown>): void;
};

/** As `client/src/node/ws-transport.ts` has it. */
const pingEveryMs = 30_000;

const endpoint = 'https://soak.execute-api.us-east-1.amazonaws.com/soak';

/**
 * API Gateway on the stepped clock: what `local/gateway` does on real sockets. It cuts by age and
 * idleness, loses `$disconnect`s or brings them late and twice, and has sockets that are dead and look open.
 */
export function soakGateway(of: {
  readonly clock: EventClock;
  readonly chance: Chance;
  readonly troubles: Troubles;
  readonly settings: GatewaySettings;
  readonly invoke: () => Invoke;
  readonly witness: GatewayWitness;
  /** Hears what goes over the sockets, by the token that they came with. */
  readonly trace: (token: string, line: string) => void;
}) {
  const { clock, chance, troubles, settings, witness } = of;
  const sockets = new Map<string, Socket>();
  const openedAt = new Map<string, number>();
  let count = 0;
  let disconnectsAreBad = false;

  const wire = () => chance.between(5, 40);
  const event = (id: string, routeKey: string, eventType: string, more: object = {}) => ({
    requestContext: { routeKey, eventType, connectionId: id, apiId: 'soak', stage: 'soak' },
    ...more,
  });

  /** The socket is no more for the gateway. The holder learns of it unless its line is dead. */
  function end(socket: Socket, code: number): void {
    if (socket.isEnded) return;
    of.trace(socket.token, `${socket.id} ends with ${code}`);
    socket.isEnded = true;
    sockets.delete(socket.id);
    clock.after(60_000, () => openedAt.delete(socket.id));
    if (!socket.isHalfOpen) tellEnd(socket, { code, status: undefined });
    tellDisconnect(socket.id);
  }

  function tellEnd(socket: Socket, how: { code: number; status: number | undefined }): void {
    if (socket.isTold) return;
    socket.isTold = true;
    clock.after(wire(), () => socket.events.onEnd(how));
  }

  function tellDisconnect(id: string): void {
    const bad = disconnectsAreBad;
    if (bad && chance.perMille(150)) {
      troubles.count('$disconnect: lost');
      return;
    }
    const lateMs = bad && chance.perMille(200) ? chance.between(5_000, 90_000) : wire();
    if (lateMs > 1_000) troubles.count('$disconnect: late');
    const tell = () =>
      void of
        .invoke()(event(id, '$disconnect', 'DISCONNECT'))
        .catch(() => undefined);
    clock.after(lateMs, tell);
    if (bad && chance.perMille(50)) {
      troubles.count('$disconnect: twice');
      clock.after(lateMs + chance.between(0, 500), tell);
    }
  }

  async function arrive(socket: Socket): Promise<void> {
    const headers = { authorization: `Bearer ${socket.token}` };
    const answer = await of
      .invoke()(event(socket.id, '$connect', 'CONNECT', { headers }))
      .catch(() => ({ statusCode: 502 }));
    if (socket.isEnded) return;
    of.trace(socket.token, `${socket.id} is answered ${answer.statusCode}`);
    if (answer.statusCode !== 200) {
      socket.isEnded = true;
      sockets.delete(socket.id);
      tellEnd(socket, { code: 1006, status: answer.statusCode });
      return;
    }
    socket.isOpen = true;
    socket.lastActiveAt = clock.now();
    witness.connected(socket.id, socket.token);
    clock.after(wire(), () => {
      if (!socket.isEnded) socket.events.onOpen();
    });
  }

  async function hear(socket: Socket, text: string): Promise<void> {
    if (socket.isEnded || socket.isHalfOpen) return;
    socket.lastActiveAt = clock.now();
    const message: { action?: string } = JSON.parse(text);
    of.trace(socket.token, `${socket.id} says ${message.action} ${text.slice(0, 160)}`);
    const action = message.action ?? '';
    const route = Object.hasOwn(routeTable, action)
      ? routeTable[action as keyof typeof routeTable]
      : undefined;
    if (route?.integration.type === 'mock') {
      const reply = 'reply' in route.integration ? route.integration.reply : undefined;
      if (reply !== undefined) say(socket, reply);
      return;
    }
    const given = event(socket.id, route === undefined ? '$default' : action, 'MESSAGE', { body: text });
    // A function that is invoked twice for one message, as when the gateway's own attempt is repeated.
    if (chance.perMille(disconnectsAreBad ? 5 : 0)) {
      troubles.count('message: twice');
      void of
        .invoke()(given)
        .catch(() => undefined);
    }
    const { body } = await of
      .invoke()(given)
      .catch(() => ({ body: undefined }));
    if (body !== undefined) say(socket, body);
  }

  function say(socket: Socket, text: string): void {
    if (socket.isEnded) return;
    socket.lastActiveAt = clock.now();
    of.trace(
      socket.token,
      `${socket.id} ${socket.isHalfOpen ? 'does not hear' : 'hears'} ${text.slice(0, 160)}`,
    );
    if (socket.isHalfOpen) return;
    witness.answered(socket.id, JSON.parse(text));
    clock.after(wire(), () => {
      if (!socket.isHalfOpen) socket.events.onFrame(text);
    });
  }

  /** What `ws` in Node does and a browser does not: who does not answer a ping until the next is dead. */
  function ping(socket: Socket): void {
    const answered = !socket.isHalfOpen;
    clock.after(pingEveryMs, () => {
      if (socket.isTold) return;
      if (answered) return ping(socket);
      troubles.count('socket: half-open, found by a ping');
      tellEnd(socket, { code: 1006, status: undefined });
    });
  }

  const transportOf =
    (of: { readonly pings: boolean }): OpenTransport =>
    ({ token }, events) => {
      count += 1;
      const at = clock.now();
      const id = `c${String(count).padStart(7, '0')}=`;
      const socket: Socket = {
        id,
        token,
        events,
        openedAt: at,
        lastActiveAt: at,
        isOpen: false,
        isHalfOpen: false,
        isEnded: false,
        isTold: false,
      };
      sockets.set(id, socket);
      openedAt.set(id, at);
      if (of.pings) ping(socket);
      clock.after(wire(), () => void arrive(socket));
      return {
        send: (text) => void clock.after(wire(), () => void hear(socket, text)),
        close() {
          // Over a dead line nobody hears of it.
          tellEnd(socket, { code: 1000, status: undefined });
          if (!socket.isHalfOpen) clock.after(wire(), () => end(socket, 1000));
        },
      };
    };

  async function reach<Done>(id: string, act: (socket: Socket) => Done): Promise<Done | 'gone'> {
    const { postRefused, postGone, answerLost } = troubles.now;
    const fail = (code: string): never => {
      troubles.count(`@connections: ${code}`);
      throw new DependencyUnavailable('@connections', code, undefined);
    };
    await clock.sleep(chance.between(2, 8));
    if (chance.perMille(postRefused)) fail(chance.oneOf(['LimitExceededException', 'Http500', 'Http503']));
    const socket = sockets.get(id);
    if (socket?.isOpen && chance.perMille(postGone)) {
      troubles.count('@connections: 410');
      end(socket, 1006);
    }
    if (socket === undefined || !socket.isOpen || socket.isEnded) return 'gone';
    const done = act(socket);
    if (chance.perMille(answerLost)) fail('answer lost');
    return done;
  }

  const port: PeerGateway = {
    post: ({ connectionId: id }, message) =>
      reach(id, (socket) => {
        witness.posted(id, message);
        say(socket, JSON.stringify(message));
        return 'delivered' as const;
      }),
    find: ({ connectionId: id }) => reach(id, () => 'open' as const),
    close: ({ connectionId: id }) =>
      reach(id, (socket) => {
        end(socket, 1000);
        return 'closed' as const;
      }),
  };

  /** Once in a while: what is too old or was silent for too long is cut, as AWS does. */
  function sweep(): void {
    for (const socket of [...sockets.values()]) {
      const now = clock.now();
      const isOver =
        now - socket.openedAt >= settings.maxAgeMs || now - socket.lastActiveAt >= settings.idleMs;
      if (isOver) {
        troubles.count(now - socket.openedAt >= settings.maxAgeMs ? 'cut by age' : 'cut when idle');
        end(socket, 1001);
      }
    }
    clock.after(1_000, sweep);
  }
  sweep();

  const oneOpen = () => {
    const open = [...sockets.values()].filter(({ isOpen }) => isOpen);
    return open.length === 0 ? undefined : chance.oneOf(open);
  };

  return {
    port,
    transportOf,
    endpoint,
    openCount: () => sockets.size,
    isOpen: (id: string) => sockets.has(id),
    /** Ms since a socket was opened, for a minute after its end as well. */
    ageOf: (id: string) => clock.now() - (openedAt.get(id) ?? clock.now()),
    /** `$disconnect`s are lost, late and doubled from now on, or not. */
    setBadDisconnects(bad: boolean) {
      disconnectsAreBad = bad;
    },
    cutOne() {
      const socket = oneOpen();
      if (socket === undefined) return;
      troubles.count('socket: cut');
      end(socket, 1006);
    },
    halfOpenOne() {
      const socket = oneOpen();
      if (socket === undefined) return;
      troubles.count('socket: half-open');
      socket.isHalfOpen = true;
      of.trace(socket.token, `${socket.id} is half-open`);
    },
  };
}

export type SoakGateway = ReturnType<typeof soakGateway>;
