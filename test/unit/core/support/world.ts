import { memoryClientDirectory } from '../../../../functions/adapters/memory/client-directory.ts';
import { memoryClientSessionStore } from '../../../../functions/adapters/memory/client-session-store.ts';
import { memoryConnectionStore } from '../../../../functions/adapters/memory/connection-store.ts';
import { memoryFleetDirectory } from '../../../../functions/adapters/memory/fleet-directory.ts';
import { memoryState } from '../../../../functions/adapters/memory/memory-state.ts';
import { memoryRevocationStore } from '../../../../functions/adapters/memory/revocation-store.ts';
import { memoryRobotSessionStore } from '../../../../functions/adapters/memory/robot-session-store.ts';
import { memorySignalPath } from '../../../../functions/adapters/memory/signal-path.ts';
import { memoryWatchDirectory } from '../../../../functions/adapters/memory/watch-directory.ts';
import { staticIceServers } from '../../../../functions/adapters/turn/static-ice-servers.ts';
import type { IceServers } from '../../../../functions/core/ports/ice-servers.ts';
import type { LifeEvent } from '../../../../functions/core/ports/life-log.ts';
import type { SignInAuthority } from '../../../../functions/core/ports/sign-in-authority.ts';
import { deadlineShards } from '../../../../functions/table-shapes.ts';
import type { RobotId, SessionId } from '../../../../protocol/ids.ts';
import { makeTokenPolicy, type TokenPolicy } from '../../../../protocol/token-policy.ts';
import { countingIds } from './counting-ids.ts';
import { everybody, roverId, type User } from './people.ts';
import { labelOfPeerCall, recordingGateway } from './recording-gateway.ts';
import { newTap } from './tap.ts';
import { tokenOffice } from './token-office.ts';

/** A moment like any other. */
export const t0 = 1_800_000_000_000;

export const stun = { urls: ['stun:stun.example.org'] };

type Settings = {
  readonly policy?: Partial<TokenPolicy>;
  readonly maxSessionsPerRobot?: number;
  readonly shards?: number;
  readonly iceServers?: IceServers;
};

export type World = ReturnType<typeof newWorld>;

/** Everything that a use case may ask for, in memory, with a tap on every port. */
export function newWorld({ policy: given = {}, maxSessionsPerRobot = 8, shards, iceServers }: Settings = {}) {
  const policy = makeTokenPolicy(given);
  const state = memoryState();
  const tap = newTap();
  const gateway = recordingGateway();
  const clock = { at: t0, now: () => clock.at };
  const tokens = tokenOffice(clock, policy.tokenMs);
  const events: LifeEvent[] = [];
  const known = new Map<string, User>([...everybody].map((user) => [user.userName, user]));
  const authority: SignInAuthority = {
    async signOutEverywhere(userName) {
      const principalId = known.get(userName)?.principalId;
      if (principalId === undefined) return undefined;
      return { principalId, at: Math.floor(clock.now() / 1000) * 1000 };
    },
  };

  const deps = {
    clock,
    policy,
    maxSessionsPerRobot,
    deadlineShards: shards ?? deadlineShards,
    fleetSize: 600,
    iceServers: tap.on('iceServers', iceServers ?? staticIceServers([stun])),
    queryToken: true,
    ids: countingIds(),
    lifeLog: { note: (event: LifeEvent) => void events.push(event) },
    verifier: tap.on('verifier', tokens.verifier),
    connections: tap.on('connections', memoryConnectionStore(state)),
    robots: tap.on('robots', memoryRobotSessionStore(state)),
    sessions: tap.on('sessions', memoryClientSessionStore(state)),
    clients: tap.on('clients', memoryClientDirectory(state)),
    watches: tap.on('watches', memoryWatchDirectory(state)),
    takeover: 'newest' as 'newest' | 'reject-new',
    revocations: tap.on('revocations', memoryRevocationStore(state)),
    authority: tap.on('authority', authority),
    /** Time that is waited for passes as soon as everything that is under way has come to its end. */
    pause: async (ms: number) => {
      await new Promise(setImmediate);
      clock.at += ms;
    },
    fleets: tap.on('fleets', memoryFleetDirectory(state)),
    signalPath: tap.on('signalPath', memorySignalPath(state)),
    peers: tap.on('peers', gateway.port, labelOfPeerCall),
  };

  return {
    deps,
    policy,
    state,
    tap,
    gateway,
    clock,
    tokens,
    events: events as readonly LifeEvent[],

    pass(ms: number) {
      clock.at += ms;
    },

    noted: <Type extends LifeEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<LifeEvent, { type: Type }> => event.type === type),

    robot: (id: RobotId = roverId) => state.robots.get(id),
    connection: (of: { connectionId: Parameters<typeof state.connections.get>[0] }) =>
      state.connections.get(of.connectionId),
    session: (id: SessionId) => sessionRows().find((row) => row.sessionId === id),
    sessions: sessionRows,
  };

  function sessionRows() {
    return [...state.sessions.values()];
  }
}
