import {
  createOperatorEndpoint,
  createRobotEndpoint,
  createSignalingClient,
  type OpenTransport,
  type Session,
  type SignalingClient,
} from '../../../client/src/index.ts';
import type { Chance } from './chance.ts';
import type { SoakChecker } from './checker.ts';
import type { EventClock } from './event-clock.ts';
import type { SoakIdentity, SoakUser } from './identity.ts';

export type FleetDeps = {
  readonly clock: EventClock;
  readonly chance: Chance;
  readonly identity: SoakIdentity;
  readonly checker: SoakChecker;
  /** Robots run in Node, whose sockets ping; operators in browsers, whose do not. */
  readonly transportOf: (of: { readonly pings: boolean }) => OpenTransport;
  readonly count: (what: string) => void;
};

export type Member = {
  readonly user: SoakUser;
  readonly client: SignalingClient;
  leave(): Promise<void>;
};

const page = { isOffline: () => false, onWake: () => () => undefined };
/** Long enough for a resume window, and for the outages that there are. */
const drainWithinMs = 400_000;

/** None may end by itself: whatever happens to it here is over at some time. */
function clientFor(deps: FleetDeps, user: SoakUser, kind: 'robot' | 'client'): SignalingClient {
  const { clock, chance, identity, checker, count } = deps;
  const client = createSignalingClient({
    url: 'wss://soak.example/soak',
    tokens: identity.sourceOf(user),
    transport: deps.transportOf({ pings: kind === 'robot' }),
    clock,
    random: chance.random,
    page,
    kind,
  });
  client.on('state', (state) => {
    if (state.status !== 'closed') return;
    count(`${kind} ended: ${state.reason}`);
    if (state.reason !== 'closed_by_application') checker.fail(`${user.userName} ended: ${state.reason}`);
  });
  return client;
}

/** Hears what arrives on one side of a session, and tells the checker. */
function listen(
  deps: FleetDeps,
  session: Session,
  side: 'robot' | 'operator',
  answer: (kind: string) => void,
) {
  const { checker, count } = deps;
  const { sessionId } = session;
  session.on('signal', ({ kind, data }) => {
    checker.delivered(sessionId, side === 'robot' ? 'to robot' : 'to operator', String(data));
    answer(kind);
  });
  session.on('lost', (lost) => {
    count(`sdk: a hole, ${lost.direction}${lost.isGivenUp ? ', given up' : ''}`);
    if (lost.isGivenUp) checker.toldOfLoss(sessionId, { ...lost, side });
  });
  session.on('closed', (reason) => {
    count(`${side}: session closed, ${reason}`);
    checker.ended(sessionId);
  });
}

/** Sends on one side of a session, numbered, and tells the checker before it does. */
function sender(deps: FleetDeps, session: Session, side: 'robot' | 'operator') {
  let count = 0;
  return (kind: 'offer' | 'answer' | 'custom') => {
    if (!session.isOpen()) return;
    count += 1;
    const payload = `${side} ${kind} ${count}`;
    deps.checker.sent(session.sessionId, side === 'robot' ? 'to operator' : 'to robot', payload);
    session.send(kind, payload);
  };
}

/** Serves whoever comes: answers offers, and about half of what it is told. */
export function soakRobot(deps: FleetDeps, user: SoakUser): Member {
  const client = clientFor(deps, user, 'robot');
  createRobotEndpoint(client, {
    onSession(session) {
      const send = sender(deps, session, 'robot');
      listen(deps, session, 'robot', (kind) => {
        if (kind === 'offer') send('answer');
        else if (deps.chance.perMille(500)) send('custom');
      });
      return 'accept';
    },
  });
  client.start();
  return { user, client, leave: async () => client.close() };
}

/** Opens a session with one robot after the other, talks for a while, and sees to it that all has arrived. */
export function soakOperator(
  deps: FleetDeps,
  user: SoakUser,
  of: { readonly robots: readonly string[]; readonly isOutsider: boolean; readonly stopAt: () => number },
): Member {
  const { clock, chance, checker, count } = deps;
  const client = clientFor(deps, user, 'client');
  const endpoint = createOperatorEndpoint(client, { clock });
  client.start();
  const isOver = () => clock.now() >= of.stopAt() || client.state().status === 'closed';

  async function meet(): Promise<void> {
    const session = await endpoint.open(chance.oneOf(of.robots), chance.perMille(700) ? 'control' : 'view');
    if (of.isOutsider) checker.fail(`${user.userName}, of another fleet, has opened a session`);
    count('operator: session opened');
    const send = sender(deps, session, 'operator');
    listen(deps, session, 'operator', () => undefined);
    send('offer');
    const until = clock.now() + chance.between(30_000, 600_000);
    while (session.isOpen() && clock.now() < until && !isOver()) {
      await clock.sleep(chance.between(500, 12_000));
      // Candidates trickle in bursts.
      for (let burst = chance.perMille(200) ? 6 : 1; burst > 0; burst -= 1) {
        send('custom');
      }
    }
    const drainUntil = clock.now() + drainWithinMs;
    while (session.isOpen() && !checker.isDrained(session.sessionId) && clock.now() < drainUntil) {
      await clock.sleep(500);
    }
    if (session.isOpen()) {
      if (!checker.isDrained(session.sessionId)) {
        const who = `${user.userName} and ${session.robotId}`;
        checker.fail(
          `what ${who} sent in ${session.sessionId} has not arrived within ${drainWithinMs / 1_000} s`,
        );
      }
      session.close();
    }
    // Beyond that nothing of it is on its way.
    clock.after(120_000, () => checker.forget(session.sessionId));
  }

  const life = (async () => {
    while (!isOver()) {
      await meet().catch((failure: unknown) => {
        count(
          `operator: ${failure instanceof Error && 'code' in failure ? String(failure.code) : nameOf(failure)}`,
        );
      });
      await clock.sleep(chance.between(1_000, 20_000));
    }
  })();
  return {
    user,
    client,
    async leave() {
      await life;
      client.close();
    },
  };
}

const nameOf = (failure: unknown) => (failure instanceof Error ? failure.name : 'unknown');
