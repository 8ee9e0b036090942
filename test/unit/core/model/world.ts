import type { Scheduler } from 'fast-check';
import { memoryClientDirectory } from '../../../../functions/adapters/memory/client-directory.ts';
import { memoryClientSessionStore } from '../../../../functions/adapters/memory/client-session-store.ts';
import { memoryConnectionStore } from '../../../../functions/adapters/memory/connection-store.ts';
import { memoryFleetDirectory } from '../../../../functions/adapters/memory/fleet-directory.ts';
import { memoryState } from '../../../../functions/adapters/memory/memory-state.ts';
import { memoryRobotSessionStore } from '../../../../functions/adapters/memory/robot-session-store.ts';
import { memorySignalPath } from '../../../../functions/adapters/memory/signal-path.ts';
import { staticIceServers } from '../../../../functions/adapters/turn/static-ice-servers.ts';
import { DependencyUnavailable } from '../../../../functions/core/ports/dependency-unavailable.ts';
import { deadlineShards } from '../../../../functions/table-shapes.ts';
import type { ConnectionId, SessionId } from '../../../../protocol/ids.ts';
import { makeTokenPolicy } from '../../../../protocol/token-policy.ts';
import { endpoint, socketNamed } from '../support/cast.ts';
import { countingIds } from '../support/counting-ids.ts';
import { operator1, operator2, rover1, type User } from '../support/people.ts';
import { tokenOffice } from '../support/token-office.ts';
import { t0 } from '../support/world.ts';
import { modelGateway } from './gateway.ts';
import type { Look } from './look.ts';
import type { Round, Step } from './steps.ts';
import { watchedMap } from './watched-map.ts';

export const policy = makeTokenPolicy({ tokenMs: 300_000, graceMs: 60_000, resumeWindowMs: 120_000 });

/** Two devices that take themselves for the same robot, and two people. */
export const users = [rover1, rover1, operator1, operator2] as const;

export type Actor = { readonly name: string; readonly connectionId?: ConnectionId };

/** What the world itself knows of a socket, apart from any row. */
export type ModelSocket = {
  readonly connectionId: ConnectionId;
  readonly user: User;
  /** When its token ends: that of `$connect`, or the longest that a refresh was granted. */
  tokenExpiresAt: number;
  /** The end of the token of a refresh that is under way: from when it is granted nobody can see. */
  offeredUntil: number;
  saidBye: boolean;
};

export type ModelWorld = ReturnType<typeof modelWorld>;

export function modelWorld(scheduler: Scheduler, looks: readonly Look[]) {
  const state = memoryState();
  const clock = { at: t0, now: () => clock.at };
  const tokens = tokenOffice(clock, policy.tokenMs);
  const gateway = modelGateway();
  const sockets: ModelSocket[] = [];
  const sessionIds: SessionId[] = [];
  const ids = countingIds();
  let cleanups = 0;

  const world = {
    state,
    clock,
    policy,
    tokens,
    gateway,
    sockets,
    sessionIds,
    depsFor,
    socketOf: (id: ConnectionId) => sockets.find(({ connectionId }) => connectionId === id),

    /** A socket counted back from the youngest; undefined while there is none. */
    socketAt: (back: number) => sockets[sockets.length - 1 - (back % Math.max(sockets.length, 1))],

    newSocket(user: User, tokenExpiresAt: number): ModelSocket {
      const { connectionId } = socketNamed(`socket-${String(sockets.length).padStart(2, '0')}`);
      const socket = { connectionId, user, tokenExpiresAt, offeredUntil: 0, saidBye: false };
      sockets.push(socket);
      return socket;
    },

    cleanedUp: () => void cleanups++,

    async play({ steps, faults, thenPass }: Round) {
      gateway.tell(faults);
      cleanups = 0;
      await scheduler.waitFor(Promise.all(steps.map(attempt)));
      const cleanedUp = cleanups > 0 && gateway.isWell;
      for (const look of looks) look.afterRound?.(world, { cleanedUp });
      clock.at += thenPass;
    },

    /** Alone and to its end. */
    settle: async (step: Step) => {
      gateway.tell([]);
      await scheduler.waitFor(attempt(step));
    },
  };
  return world;

  async function attempt(step: Step) {
    try {
      await step.run(world);
    } catch (failure) {
      // The edge answers `unavailable`; whatever else was thrown is a fault.
      if (!(failure instanceof DependencyUnavailable)) throw failure;
    }
  }

  /** All that a use case may ask for; every call takes its turn, every change is seen with who made it. */
  function depsFor(by: Actor) {
    const seen =
      <Row>(tell: (look: Look, write: { before: Row | undefined; after: Row | undefined }) => void) =>
      (write: { before: Row | undefined; after: Row | undefined }) => {
        for (const look of looks) tell(look, write);
      };
    const rows = {
      ...state,
      connections: watchedMap(
        state.connections,
        seen((look, write) => look.connection?.(world, { by, ...write })),
      ),
      robots: watchedMap(
        state.robots,
        seen((look, write) => look.robot?.(world, { by, ...write })),
      ),
      sessions: watchedMap(
        state.sessions,
        seen((look, write) => look.session?.(world, { by, ...write })),
      ),
    };
    const peers = gateway.port({
      attempted(to, what) {
        for (const look of looks) look.attempted?.(world, { by, to, what });
      },
      delivered(to, message) {
        for (const look of looks) look.delivered?.(world, { by, to, message });
      },
    });
    return {
      clock,
      policy,
      ids,
      deadlineShards,
      fleetSize: 1,
      iceServers: staticIceServers([]),
      maxSessionsPerRobot: 3,
      lifeLog: { note: () => {} },
      verifier: inTurn('verifier', tokens.verifier),
      connections: inTurn('connections', memoryConnectionStore(rows)),
      robots: inTurn('robots', memoryRobotSessionStore(rows)),
      sessions: inTurn('sessions', memoryClientSessionStore(rows)),
      clients: inTurn('clients', memoryClientDirectory(rows)),
      fleets: inTurn('fleets', memoryFleetDirectory(rows)),
      signalPath: inTurn('signalPath', memorySignalPath(rows)),
      peers: inTurn('peers', peers),
    };

    function inTurn<Port extends object>(port: string, of: Port): Port {
      return new Proxy(of, {
        get(target, key) {
          const method: unknown = Reflect.get(target, key);
          if (typeof method !== 'function') return method;
          return async (...args: unknown[]) => {
            await scheduler.schedule(
              Promise.resolve(),
              `${by.name} ${by.connectionId ?? ''}: ${port}.${String(key)}`,
            );
            return Reflect.apply(method, target, args);
          };
        },
      });
    }
  }
}

export const addressOf = ({ connectionId }: ModelSocket) => ({ connectionId, endpoint });
