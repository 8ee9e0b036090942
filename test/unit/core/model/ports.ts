import { shardOf } from '../../../../functions/adapters/dynamodb/deadline.ts';
import { memoryClientDirectory } from '../../../../functions/adapters/memory/client-directory.ts';
import { memoryClientSessionStore } from '../../../../functions/adapters/memory/client-session-store.ts';
import { memoryConnectionStore } from '../../../../functions/adapters/memory/connection-store.ts';
import { memoryFleetDirectory } from '../../../../functions/adapters/memory/fleet-directory.ts';
import { memoryRevocationStore } from '../../../../functions/adapters/memory/revocation-store.ts';
import { memoryRobotSessionStore } from '../../../../functions/adapters/memory/robot-session-store.ts';
import { memorySignalPath } from '../../../../functions/adapters/memory/signal-path.ts';
import { memoryWatchDirectory } from '../../../../functions/adapters/memory/watch-directory.ts';
import { staticIceServers } from '../../../../functions/adapters/turn/static-ice-servers.ts';
import type { Connection } from '../../../../functions/core/model/connection.ts';
import type { ConnectionStore } from '../../../../functions/core/ports/connection-store.ts';
import { DependencyUnavailable } from '../../../../functions/core/ports/dependency-unavailable.ts';
import type { LifeEvent } from '../../../../functions/core/ports/life-log.ts';
import type { RevocationStore } from '../../../../functions/core/ports/revocation-store.ts';
import type { CleanupDeps } from '../../../../functions/core/use-cases/cleanup.ts';
import type { ConnectDeps } from '../../../../functions/core/use-cases/connect.ts';
import type { HelloDeps } from '../../../../functions/core/use-cases/hello-deps.ts';
import type { OpenSessionDeps } from '../../../../functions/core/use-cases/open-session.ts';
import type { RefreshDeps } from '../../../../functions/core/use-cases/refresh-token.ts';
import type { RelayDeps } from '../../../../functions/core/use-cases/relay-signal.ts';
import type { RevokeDeps } from '../../../../functions/core/use-cases/revoke.ts';
import { deadlineShards } from '../../../../functions/table-shapes.ts';
import type { ConnectionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import { countingIds } from '../support/counting-ids.ts';
import type { Look } from './look.ts';
import type { Actor, Round } from './steps.ts';
import { type Write, watchedMap } from './watched-map.ts';
import type { ModelWorld } from './world.ts';

type Inside = {
  readonly world: ModelWorld;
  readonly looks: readonly Look[];
  round(): Round;
  /** How many turns the next call of that name lets pass. */
  turnsFor(call: string): number;
  wrote(by: Actor, id: ConnectionId): void;
  heard(by: Actor, to: ConnectionId, message: ServerMessage): void;
};

/** What every use case may ask for, together. */
export type ModelDeps = ConnectDeps &
  HelloDeps &
  RefreshDeps &
  OpenSessionDeps &
  RelayDeps &
  RevokeDeps &
  CleanupDeps;

/** The ports as one actor sees them: each call waits for its turn, each write and each post is told. */
export function modelPorts(inside: Inside): (by: Actor) => ModelDeps {
  const { world, looks } = inside;
  const { state, clock, policy, cognito, gateway } = world;
  const ids = countingIds();
  const index = laggingIndex(inside);

  return (by: Actor) => {
    const seen =
      <Row>(tell: (look: Look, write: { before: Row | undefined; after: Row | undefined }) => void) =>
      (write: { before: Row | undefined; after: Row | undefined }) => {
        for (const look of looks) tell(look, write);
      };
    const rows = {
      ...state,
      connections: watchedMap(state.connections, ({ before, after }) => {
        const id = (before ?? after)?.connectionId;
        if (id !== undefined) inside.wrote(by, id);
        index.wrote({ before, after });
        for (const look of looks) look.connection?.(world, { by, before, after });
      }),
      robots: watchedMap(
        state.robots,
        seen((look, write) => look.robot?.(world, { by, ...write })),
      ),
      sessions: watchedMap(
        state.sessions,
        seen((look, write) => look.session?.(world, { by, ...write })),
      ),
      clients: watchedMap(state.clients, ({ key, ...write }) => {
        for (const look of looks) look.client?.(world, { by, clientId: key, ...write });
      }),
    };
    const peers = gateway.port({
      heard: (to, message) => inside.heard(by, to, message),
      attempted(to, what) {
        for (const look of looks) look.attempted?.(world, { by, to, what });
      },
      delivered(to, message) {
        for (const look of looks) look.delivered?.(world, { by, to, message });
      },
      failed(to, message) {
        for (const look of looks) look.failed?.(world, { by, to, message });
      },
    });
    const lifeLog = {
      note(event: LifeEvent) {
        for (const look of looks) look.noted?.(world, event);
      },
    };
    return {
      clock,
      policy,
      ids,
      lifeLog,
      deadlineShards,
      takeover: 'newest' as const,
      fleetSize: 1,
      iceServers: staticIceServers([]),
      maxSessionsPerRobot: 3,
      verifier: inTurn('verifier', cognito.verifier),
      connections: inTurn('connections', index.over(memoryConnectionStore(rows))),
      robots: inTurn('robots', memoryRobotSessionStore(rows)),
      sessions: inTurn('sessions', memoryClientSessionStore(rows)),
      clients: inTurn('clients', memoryClientDirectory(rows)),
      watches: inTurn('watches', memoryWatchDirectory(rows)),
      revocations: inTurn('revocations', onRecord(inside, by, memoryRevocationStore(rows))),
      pause: (ms: number) => world.pause(ms, `${by.name}: pause`),
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
            const call = `${port}.${String(key)}`;
            for (let turns = inside.turnsFor(call); turns > 0; turns--) {
              await world.turn(`${by.name} ${by.connectionId ?? ''}: ${call}`);
            }
            return Reflect.apply(method, target, args);
          };
        },
      });
    }
  };
}

/** A revocation store that cannot be read when the round says so, and whose writes the ledger hears of. */
function onRecord({ world, looks, round }: Inside, by: Actor, store: RevocationStore): RevocationStore {
  const { ledger } = world;
  let reads = 0;
  const recorded = async (write: Promise<void>) => {
    await write;
    ledger.written(by, world.nextOrder());
  };
  return {
    async of(who) {
      const { blind } = round();
      if (blind !== undefined && by.name.startsWith(blind.name) && blind.read === reads++) {
        for (const look of looks) look.blinded?.(world, by);
        throw new DependencyUnavailable('revocations', 'BlindInModel', undefined);
      }
      return store.of(who);
    },
    revokeSignInsUntil: (principalId, of) => recorded(store.revokeSignInsUntil(principalId, of)),
    revokeTokensUntil: (principalId, of) => recorded(store.revokeTokensUntil(principalId, of)),
    revokeSignIn: (signIn, of) => recorded(store.revokeSignIn(signIn, of)),
  };
}

/** The two lists come from an index that goes on for a while without what was written. */
function laggingIndex({ world }: Inside) {
  const { clock, setting } = world;
  const createdAt = new Map<ConnectionId, number>();
  const former = new Map<ConnectionId, { dueAt: number; until: number }>();
  const isYoung = (id: ConnectionId) =>
    (createdAt.get(id) ?? Number.NEGATIVE_INFINITY) + setting.indexLagMs > clock.at;

  return {
    wrote({ before, after }: Omit<Write<Connection>, 'key'>) {
      if (before === undefined && after !== undefined) createdAt.set(after.connectionId, clock.at);
      if (before === undefined || before.nextDeadlineAt === after?.nextDeadlineAt) return;
      former.set(before.connectionId, { dueAt: before.nextDeadlineAt, until: clock.at + setting.indexLagMs });
    },

    over: (store: ConnectionStore): ConnectionStore => ({
      ...store,
      async listByPrincipal(principalId) {
        return (await store.listByPrincipal(principalId)).filter((id) => !isYoung(id));
      },
      async due(of) {
        const due = await store.due(of);
        const isNamed = (id: ConnectionId) => due.some(({ key }) => key === id);
        const stale = [...former]
          .filter(
            ([id, { dueAt, until }]) =>
              shardOf(id) === of.shard && dueAt <= of.now && until > clock.at && !isNamed(id),
          )
          .map(([key, { dueAt }]) => ({ key, dueAt }));
        return [...due, ...stale].sort((one, other) => one.dueAt - other.dueAt).slice(0, of.limit);
      },
    }),
  };
}
