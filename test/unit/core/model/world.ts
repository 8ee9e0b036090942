import type { Scheduler } from 'fast-check';
import { memoryState } from '../../../../functions/adapters/memory/memory-state.ts';
import { DependencyUnavailable } from '../../../../functions/core/ports/dependency-unavailable.ts';
import type { ConnectionId, SessionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import { gateway as limits, makeTokenPolicy } from '../../../../protocol/token-policy.ts';
import { endpoint, socketNamed } from '../support/cast.ts';
import { admin1, operator1, operator2, rover1, type User } from '../support/people.ts';
import { t0 } from '../support/world.ts';
import { type ModelToken, modelCognito } from './cognito.ts';
import { modelGateway } from './gateway.ts';
import { revocationLedger } from './ledger.ts';
import type { Answer, Look } from './look.ts';
import { memories } from './memories.ts';
import { msOf } from './passing.ts';
import { modelPorts } from './ports.ts';
import type { Actor, Round, Step } from './steps.ts';

export const policy = makeTokenPolicy({
  tokenMs: 300_000,
  graceMs: 60_000,
  resumeWindowMs: 120_000,
  warnMs: [60_000, 12_000],
  cleanupEveryMs: 60_000,
  // Often enough that a program lives to see them, and near enough to each other to meet.
  checkEveryMs: 50_000,
  rollOverMs: { from: 100_000, to: 162_000 },
});

/** Two devices that take themselves for the same robot, two people, and one who may do all. */
export const users = [rover1, rover1, operator1, operator2, admin1] as const;

/** What the world itself knows of a socket, apart from any row. */
export type ModelSocket = {
  readonly connectionId: ConnectionId;
  readonly user: User;
  readonly connectedAt: number;
  /** When its token ends: that of `$connect`, or the longest that a refresh was granted. */
  tokenExpiresAt: number;
  /** The same, as of the end of the last round. */
  knownUntil: number;
  /** The end of the token of a refresh that is under way: from when it is granted nobody can see. */
  offeredUntil: number;
  /** The longest that was ever offered: copies may say so of a connection that is being closed. */
  offeredEver: number;
  /** The longest that was offered by a refresh which met an outage: copies may say so, and the row does not. */
  leftUntil: number;
  saidHello: boolean;
  saidBye: boolean;
};

/** What holds for a whole program. */
export type Setting = {
  /** How far Cognito's clock is ahead of ours. */
  readonly skewMs: number;
  /** How long an index goes on without what was written. */
  readonly indexLagMs: number;
};

export type ModelWorld = ReturnType<typeof modelWorld>;

export function modelWorld(scheduler: Scheduler, given: readonly Look[], setting: Setting) {
  const { looks, rethrow } = watchful(given);
  const state = memoryState();
  const clock = { at: t0, now: () => clock.at };
  const cognito = modelCognito(clock, { tokenMs: policy.tokenMs, skewMs: setting.skewMs });
  const gateway = modelGateway(clock);
  const ledger = revocationLedger();
  const remembered = memories();
  const sockets: ModelSocket[] = [];
  const sessionIds: SessionId[] = [];
  let order = 0;
  let round: Round = { steps: [], faults: [], thenPass: 0 };
  let callsOfSlow = 0;
  let cleanups: readonly { by: Actor; isWhole: boolean }[] = [];
  let writers = new Map<ConnectionId, Set<Actor>>();

  const world = {
    state,
    clock,
    policy,
    cognito,
    gateway,
    ledger,
    sockets,
    sessionIds,
    setting,
    remembered,
    socketOf: (id: ConnectionId) => sockets.find(({ connectionId }) => connectionId === id),

    /**
     * A socket that can be heard: counted back from the youngest that is open, then from the youngest that
     * is not, for its last messages may be on their way. Undefined while there is none. Nobody is heard
     * before `$connect` has returned.
     */
    socketAt(back: number): ModelSocket | undefined {
      const open = sockets.filter(({ connectionId }) => gateway.open.has(connectionId));
      const shut = sockets.filter(({ connectionId }) => gateway.shutAt.has(connectionId));
      const heard = [...open.reverse(), ...shut.reverse()];
      return heard[back % Math.max(heard.length, 1)];
    },

    newSocket(user: User, tokenExpiresAt: number): ModelSocket {
      const { connectionId } = socketNamed(`socket-${String(sockets.length).padStart(2, '0')}`);
      const socket: ModelSocket = {
        connectionId,
        user,
        connectedAt: clock.at,
        tokenExpiresAt,
        knownUntil: tokenExpiresAt,
        offeredUntil: 0,
        offeredEver: 0,
        leftUntil: 0,
        saidHello: false,
        saidBye: false,
      };
      sockets.push(socket);
      return socket;
    },

    nextOrder: () => ++order,

    /** Begins a step: what it may use, and how it tells what came of it. */
    acts(name: string, connectionId?: ConnectionId) {
      const of = connectionId === undefined ? {} : { connectionId };
      const by: Actor = { name, ...of, startedAt: clock.at, order: ++order };
      return {
        by,
        deps: ports(by),
        /** An answer to the caller, if it can still hear it. */
        replied(message: ServerMessage) {
          if (connectionId !== undefined && gateway.canHear(connectionId)) heard(by, connectionId, message);
        },
        answered(refusal: string | undefined, token?: ModelToken) {
          const answer: Answer = { by, refusal, ...(token !== undefined && { token }) };
          for (const look of looks) look.answered?.(world, answer);
        },
      };
    },

    /** Waits for a turn. */
    turn: (why: string) => scheduler.schedule(Promise.resolve(), why),

    /** Others have their turn, then time has passed. */
    async pause(ms: number, why: string) {
      await world.turn(why);
      pass(ms);
    },

    cleanupBegins(by: Actor) {
      cleanups = [...cleanups, { by, isWhole: false }];
    },
    cleanupIsWhole(by: Actor) {
      cleanups = cleanups.map((each) => (each.by === by ? { by, isWhole: true } : each));
    },

    async play(next: Round) {
      round = next;
      cleanups = [];
      callsOfSlow = 0;
      writers = new Map();
      gateway.tell(next.faults);
      await scheduler.waitFor(Promise.all(next.steps.map(attempt)));
      rethrow();
      for (const socket of sockets) takeStock(socket);
      const seen = {
        cleanedUpAt: gateway.isWell ? cleanedUpAt() : undefined,
        writersOf: (id: ConnectionId) => writers.get(id) ?? new Set<Actor>(),
      };
      for (const look of looks) look.afterRound?.(world, seen);
      pass(msOf(next.thenPass, world));
    },
  };
  const ports = modelPorts({
    world,
    looks,
    round: () => round,
    turnsFor(call) {
      const { slow } = round;
      return slow?.call === call && slow.nth === callsOfSlow++ ? slow.turns : 1;
    },
    heard,
    wrote(by, id) {
      writers.set(id, (writers.get(id) ?? new Set()).add(by));
    },
  });
  return world;

  function heard(by: Actor, to: ConnectionId, message: ServerMessage) {
    const socket = world.socketOf(to);
    if (socket !== undefined) remembered.heard(socket, message);
    for (const look of looks) look.heard?.(world, { by, to, message });
  }

  /** Of several at once the first: what it has taken up, the others leave to it. */
  function cleanedUpAt(): number | undefined {
    if (!cleanups.some(({ isWhole }) => isWhole)) return undefined;
    return Math.min(...cleanups.map(({ by }) => by.startedAt));
  }

  /** What was offered in the round has been granted by now, or has not; a grant may have been lost on its way. */
  function takeStock(socket: ModelSocket) {
    const row = state.connections.get(socket.connectionId);
    socket.offeredEver = Math.max(socket.offeredEver, socket.offeredUntil);
    socket.offeredUntil = 0;
    socket.tokenExpiresAt = Math.max(socket.tokenExpiresAt, row?.token.expiresAt ?? 0);
    socket.knownUntil = socket.tokenExpiresAt;
  }

  function pass(ms: number) {
    clock.at += ms;
    for (const { connectionId, connectedAt } of sockets) {
      if (connectedAt + limits.connectionMs <= clock.at) gateway.cut(connectionId);
    }
  }

  async function attempt(step: Step) {
    try {
      await step.run(world);
    } catch (failure) {
      // The edge answers `unavailable`; whatever else was thrown is a fault.
      if (!(failure instanceof DependencyUnavailable)) throw failure;
    }
  }
}

export const addressOf = ({ connectionId }: ModelSocket) => ({ connectionId, endpoint });

/**
 * The looks, and what the first of them to fail has thrown: a cleanup that meets a failure notes it and
 * goes on, and would do so here too.
 */
function watchful(given: readonly Look[]): { looks: readonly Look[]; rethrow(): void } {
  const thrown: unknown[] = [];
  const watched = (look: Look): Look =>
    Object.fromEntries(
      Object.entries(look).map(([hook, see]) => [
        hook,
        (...seen: unknown[]) => {
          try {
            return Reflect.apply(see, look, seen);
          } catch (failure) {
            thrown.push(failure);
            throw failure;
          }
        },
      ]),
    );
  return {
    looks: given.map(watched),
    rethrow() {
      if (thrown.length > 0) throw thrown[0];
    },
  };
}
