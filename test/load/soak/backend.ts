import { memoryClientDirectory } from '../../../functions/adapters/memory/client-directory.ts';
import { memoryClientSessionStore } from '../../../functions/adapters/memory/client-session-store.ts';
import { memoryConnectionStore } from '../../../functions/adapters/memory/connection-store.ts';
import { memoryFleetDirectory } from '../../../functions/adapters/memory/fleet-directory.ts';
import { memoryState } from '../../../functions/adapters/memory/memory-state.ts';
import { memoryRevocationStore } from '../../../functions/adapters/memory/revocation-store.ts';
import { memoryRobotSessionStore } from '../../../functions/adapters/memory/robot-session-store.ts';
import { memorySignalPath } from '../../../functions/adapters/memory/signal-path.ts';
import { memoryWatchDirectory } from '../../../functions/adapters/memory/watch-directory.ts';
import { staticIceServers } from '../../../functions/adapters/turn/static-ice-servers.ts';
import type { LifeEvent } from '../../../functions/core/ports/life-log.ts';
import type { PeerGateway } from '../../../functions/core/ports/peer-gateway.ts';
import { runCleanup } from '../../../functions/core/use-cases/cleanup.ts';
import { revokeSignIns } from '../../../functions/core/use-cases/revoke.ts';
import { dispatch } from '../../../functions/edge/dispatch.ts';
import { deadlineShards } from '../../../functions/table-shapes.ts';
import type { SessionId } from '../../../protocol/ids.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import { allRoutes } from '../../support/all-routes.ts';
import type { EventClock } from './event-clock.ts';
import type { SoakIdentity, SoakUser } from './identity.ts';
import { principalOf } from './identity.ts';
import { soakIds } from './ids.ts';
import type { Troubles } from './troubles.ts';

/** Before a relay's post: what it had read, and when. */
export type RelayRead = { readonly sessionId: SessionId; readonly readAt: number };

/** The functions, edge and all, over stores in memory that come to grief as told. */
export function soakBackend(of: {
  readonly clock: EventClock;
  readonly policy: TokenPolicy;
  readonly troubles: Troubles;
  readonly identity: SoakIdentity;
  readonly endpoint: string;
  readonly fleetSize: number;
  readonly peers: PeerGateway;
  readonly note: (event: LifeEvent) => void;
  /** Called in the same turn in which the relay's rows are read. */
  readonly relayReads: (read: RelayRead) => void;
}) {
  const { clock, policy, troubles, identity } = of;
  const state = memoryState();
  const signalPath = memorySignalPath(state);
  const deps = {
    clock: { now: clock.now },
    policy,
    ids: soakIds(),
    lifeLog: { note: of.note },
    maxSessionsPerRobot: 10,
    deadlineShards,
    fleetSize: of.fleetSize,
    takeover: 'newest' as const,
    queryToken: false,
    cameByEdge: () => true,
    iceServers: staticIceServers([]),
    pause: clock.sleep,
    verifier: identity.verifier,
    connections: troubles.on('connections', memoryConnectionStore(state)),
    robots: troubles.on('robots', memoryRobotSessionStore(state)),
    sessions: troubles.on('sessions', memoryClientSessionStore(state)),
    clients: troubles.on('clients', memoryClientDirectory(state)),
    watches: troubles.on('watches', memoryWatchDirectory(state)),
    fleets: troubles.on('fleets', memoryFleetDirectory(state)),
    revocations: troubles.on('revocations', memoryRevocationStore(state)),
    signalPath: troubles.on('signalPath', {
      async read(key: Parameters<typeof signalPath.read>[0]) {
        const rows = await signalPath.read(key);
        of.relayReads({ sessionId: key.sessionId, readAt: clock.now() });
        return rows;
      },
    }),
    peers: of.peers,
  };
  const invoke = dispatch({
    deps,
    endpointOf: () => of.endpoint,
    routes: allRoutes,
  });

  return {
    state,
    invoke,
    cleanUp: () => runCleanup(deps, { endBy: clock.now() + 50_000, batch: 50 }),
    /** A run that is killed: nothing that it asks for from some call on is ever done or answered. */
    cleanUpKilled(afterCalls: number) {
      let left = afterCalls;
      const mortal = <Port extends object>(port: Port): Port =>
        new Proxy(port, {
          get(target, key) {
            const method: unknown = Reflect.get(target, key);
            if (typeof method !== 'function') return method;
            return (...args: unknown[]) => {
              left -= 1;
              return left < 0 ? new Promise(() => undefined) : Reflect.apply(method, target, args);
            };
          },
        });
      const killed = {
        ...deps,
        connections: mortal(deps.connections),
        robots: mortal(deps.robots),
        sessions: mortal(deps.sessions),
        clients: mortal(deps.clients),
        watches: mortal(deps.watches),
        peers: mortal(deps.peers),
      };
      void runCleanup(killed, { endBy: clock.now() + 50_000, batch: 50 });
    },
    signOut: (user: SoakUser) =>
      revokeSignIns(deps, { principalId: principalOf(user), at: Math.floor(clock.now() / 1000) * 1000 }),
  };
}

export type SoakBackend = ReturnType<typeof soakBackend>;
