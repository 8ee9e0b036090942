import { AsyncLocalStorage } from 'node:async_hooks';
import type { LifeEvent } from '../../../functions/core/ports/life-log.ts';
import { policyFor } from '../../../local/stack/options.ts';
import { soakBackend } from './backend.ts';
import { chanceOf } from './chance.ts';
import { soakChecker, type Verdict } from './checker.ts';
import { eventClock } from './event-clock.ts';
import { type FleetDeps, type Member, soakOperator, soakRobot } from './fleet.ts';
import { type Invoke, soakGateway } from './gateway.ts';
import { type SoakUser, soakIdentity } from './identity.ts';
import { noTrouble, type Trouble, troublesOf } from './troubles.ts';

export type SoakOptions = {
  readonly robots: number;
  readonly operators: number;
  /** Token lifetimes that the fleet lives through. */
  readonly lifetimes: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
  /** Whose sockets are followed, and who hears of it. */
  readonly trace?: { readonly userName: string; readonly tell: (line: string) => void };
};

export type SoakReport = Verdict & {
  readonly robotSessionsLost: number;
  readonly lifetimesPerRobot: number;
  readonly rollOversPerRobot: number;
  readonly livedMs: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Rows that are there when everybody has left; those of robots and their fleets stay. */
  readonly rowsLeft: Readonly<Record<string, number>>;
  /** Rows of clients without a connection and without sessions that DynamoDB deletes by their time to live. */
  readonly clientsPastTheirTtl: number;
  readonly heapMb: { readonly before: number; readonly after: number };
};

const tokenMs = 300_000;
const maxAgeMs = 540_000;
const idleMs = 180_000;
const t0 = 1_800_000_000_000;

/** Kinds of bad weather, each for a while. */
const weathers: readonly Trouble[] = [
  { ...noTrouble, throttled: 150, slow: 50 },
  { ...noTrouble, slow: 200, timedOut: 15 },
  { ...noTrouble, timedOut: 10, answerLost: 25 },
  { ...noTrouble, postRefused: 150, answerLost: 10 },
  { ...noTrouble, postRefused: 20, postGone: 3 },
];

/** The life of a fleet on a stepped clock, with the package's own clients and the functions as they are. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { robots, operators, seed, onProgress = () => undefined } = options;
  const policy = policyFor({
    port: 0,
    regions: 1,
    tokenTtlMs: tokenMs,
    connectionMaxAgeMs: maxAgeMs,
    idleTimeoutMs: idleMs,
    cleanupEveryMs: 10_000,
  });
  const clock = eventClock(t0);
  const chance = chanceOf(seed);
  const troubles = troublesOf(clock, chance);
  const identity = soakIdentity(clock, { tokenMs });
  const checker = soakChecker({ identity, now: () => clock.now() - t0 });
  const invocation = new AsyncLocalStorage<{ readAt: number | undefined }>();
  let rollOvers = 0;
  let robotsLost = 0;
  let hasLeft = false;
  const invoke: { it: Invoke } = { it: () => Promise.reject(new Error('Nothing is deployed yet')) };

  const gateway = soakGateway({
    clock,
    chance,
    troubles,
    settings: { maxAgeMs, idleMs },
    invoke: () => invoke.it,
    trace(token, line) {
      const { trace } = options;
      if (trace === undefined || identity.holderOf(token)?.user.userName !== trace.userName) return;
      trace.tell(`${clock.now() - t0} ${line}`);
    },
    witness: {
      connected: checker.connected,
      answered: checker.answered,
      posted: (id, message) => checker.posted(id, message, invocation.getStore()?.readAt),
    },
  });

  function note(event: LifeEvent): void {
    const detail = 'how' in event ? `, ${event.how}` : 'code' in event ? `, ${event.code}` : '';
    if (event.type !== 'cleanup_done') troubles.count(`life: ${event.type}${detail}`);
    // A younger connection of the robot took over from one that lived, and was about to be cut for its age.
    const isOld = event.type === 'replaced' && gateway.ageOf(event.connectionId) > maxAgeMs / 2;
    if (isOld) rollOvers += 1;
    if (event.type === 'fault') checker.fail(`a fault at ${event.where}: ${event.name} ${event.stack ?? ''}`);
    if (event.type === 'robot_offline' && !hasLeft) {
      robotsLost += 1;
      checker.fail(`${event.robotId} was lost`);
    }
  }

  const backend = soakBackend({
    clock,
    policy,
    troubles,
    identity,
    endpoint: gateway.endpoint,
    fleetSize: robots,
    peers: gateway.port,
    note,
    relayReads({ readAt }) {
      const store = invocation.getStore();
      if (store !== undefined) store.readAt = readAt;
    },
  });
  invoke.it = (event) => invocation.run({ readAt: undefined }, () => backend.invoke(event));

  // The schedule: at least once, sometimes twice at once, and killed half-way.
  function tick(): void {
    if (chance.perMille(30)) {
      troubles.count('cleanup: killed');
      backend.cleanUpKilled(Math.floor(chance.between(0, 60)));
    } else {
      void backend.cleanUp();
      if (chance.perMille(50)) {
        troubles.count('cleanup: twice');
        void backend.cleanUp();
      }
    }
    clock.after(policy.cleanupEveryMs, tick);
  }
  tick();

  const deps: FleetDeps = {
    clock,
    chance,
    identity,
    checker,
    transportOf: gateway.transportOf,
    count: troubles.count,
  };
  const heapBefore = heapMb();
  let stopAt = Number.POSITIVE_INFINITY;
  const robotUsers = named('robot', robots, ['robots', 'fleet:soak']);
  const robotIds = robotUsers.map(({ userName }) => userName);
  const all: Member[] = [];
  for (const user of robotUsers) {
    clock.after(chance.between(0, 60_000), () => all.push(soakRobot(deps, user)));
  }
  await clock.runUntil(t0 + 90_000);
  const outsiders = Math.ceil(operators / 20);
  const people = [
    ...named('operator', operators - outsiders, ['operators', 'fleet:soak']),
    ...named('outsider', outsiders, ['operators', 'fleet:other']),
  ];
  for (const user of people) {
    const isOutsider = user.groups.includes('fleet:other');
    clock.after(chance.between(0, 60_000), () =>
      all.push(soakOperator(deps, user, { robots: robotIds, isOutsider, stopAt: () => stopAt })),
    );
  }

  const endsAt = t0 + options.lifetimes * tokenMs;
  let isBad = false;
  while (clock.now() < endsAt) {
    const forMs = isBad ? chance.between(10_000, 30_000) : chance.between(30_000, 90_000);
    troubles.now = isBad ? chance.oneOf(weathers) : noTrouble;
    gateway.setBadDisconnects(chance.perMille(500));
    const isOut = isBad && chance.perMille(200);
    if (isOut) troubles.count('identity: outage');
    identity.setOut(isOut);
    const until = Math.min(clock.now() + forMs, endsAt);
    while (clock.now() < Math.floor(until)) {
      await clock.runUntil(Math.min(clock.now() + 1_000, until));
      // A robot's line is cut every 25 minutes, and dies unseen every hour.
      const members = robots + operators;
      for (let i = 0; i < members; i += 1) {
        if (chance.perMille(1_000 / 1_500)) gateway.cutOne();
        if (chance.perMille(1_000 / 3_600)) gateway.halfOpenOne();
      }
    }
    identity.forgetExpired();
    checker.forgetSockets(gateway.isOpen);
    isBad = !isBad;
    const { sent, delivered } = checker.soFar();
    onProgress(`${Math.round((clock.now() - t0) / 1_000)} s lived, ${sent} sent, ${delivered} delivered`);
  }

  // The weather clears, everybody finishes what is under way and goes.
  troubles.now = noTrouble;
  identity.setOut(false);
  gateway.setBadDisconnects(false);
  stopAt = clock.now();
  await clock.runUntil(clock.now() + 600_000);
  const verdict = checker.verdict();
  hasLeft = true;
  const leaving = Promise.all(all.map((member) => member.leave()));
  await clock.runUntil(clock.now() + 30_000);
  await leaving;
  await clock.runUntil(clock.now() + maxAgeMs + tokenMs + 300_000);
  const { connections, clients, sessions, watchers, unsettled } = backend.state;
  const online = [...backend.state.robots.values()].filter(({ state }) => state !== 'offline').length;
  // Whose `hello` came after its end, and could be taken apart but not deleted: nobody is left who would try again. In
  // DynamoDB the row has a time to live, which has passed; the stores in memory have none.
  const expired = [...clients.values()].filter(
    ({ connectionId, sessions: own, resumeEndsAt = Number.POSITIVE_INFINITY }) =>
      connectionId === undefined && own.size === 0 && resumeEndsAt + 300_000 < clock.now(),
  ).length;
  const rowsLeft = {
    connections: connections.size,
    clients: clients.size - expired,
    sessions: sessions.size,
    watchers: [...watchers.values()].reduce((sum, of) => sum + of.size, 0),
    unsettled: unsettled.size,
    'robots that are not offline': online,
    sockets: gateway.openCount(),
  };
  const left = Object.entries(rowsLeft).filter(([, count]) => count > 0);
  const failures = [...verdict.failures, ...left.map(([what, count]) => `left behind: ${count} ${what}`)];
  return {
    ...verdict,
    failures,
    robotSessionsLost: robotsLost,
    lifetimesPerRobot: options.lifetimes,
    rollOversPerRobot: Math.floor(rollOvers / robots),
    livedMs: clock.now() - t0,
    counts: troubles.counts,
    rowsLeft,
    clientsPastTheirTtl: expired,
    heapMb: { before: heapBefore, after: heapMb() },
  };
}

function named(prefix: string, count: number, groups: readonly string[]): SoakUser[] {
  return Array.from({ length: count }, (_, at) => ({ userName: `${prefix}-${at + 1}`, groups }));
}

function heapMb(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}
