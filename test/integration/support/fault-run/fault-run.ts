import { setTimeout as pause } from 'node:timers/promises';
import type { LocalStack } from '../../../../local/stack/local-stack.ts';
import type { LocalStackOptions } from '../../../../local/stack/options.ts';
import { seededPassword } from '../../../../local/stack/users.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { startTestStack } from '../target.ts';
import { createPair, type Pair, type Way } from './pair.ts';
import type { Peer } from './peer.ts';
import { type HitCounts, troublePair } from './trouble.ts';

/** For the last resends, once both sides are back. */
const settleMs = 30_000;

export type FaultRunOptions = {
  readonly seed: number;
  /** So many robots, each with an operator. */
  readonly pairs: number;
  /** So many of them, the first, are left in peace: their connections live as long as connections do. None by default. */
  readonly calmPairs?: number;
  /** How long there is trouble. */
  readonly forMs: number;
  readonly stack: Partial<LocalStackOptions> & { readonly tokenTtlMs: number };
  readonly heartbeat: { readonly pingMs: number; readonly pongWithinMs: number };
  /** One of each pair is hit so often. */
  readonly hitEveryMs: readonly [number, number];
  /** How often each side says something, on average. */
  readonly signalEveryMs: number;
  /** The part of its requests that the identity fails. */
  readonly identityFails: number;
};

export type FaultRun = {
  readonly peers: readonly Peer[];
  readonly ways: readonly Way[];
  readonly hits: HitCounts;
  /** All that must not have happened. */
  readonly wrongs: readonly string[];
  /** What happened to each pair, in its order; those that something went wrong with first. */
  readonly trace: readonly string[];
  /** Tokens that each peer was given after its first, per lifetime of a token. */
  readonly refreshesPerLifetime: readonly number[];
  /** How often a function could not reach what it needs, by route and error. */
  readonly unavailable: Readonly<Record<string, number>>;
  /** Requests that the identity failed. */
  readonly identityFaults: number;
  readonly summary: string;
};

/** Lets pairs talk under faults, on a stack of its own in this process; then lets everything arrive. */
export async function runUnderFaults(options: FaultRunOptions): Promise<FaultRun> {
  const { seed } = options;
  const robots = names('rover', options.pairs);
  const operators = names('operator', options.pairs);
  const fleet = 'fleet:faults';
  const users = [
    ...robots.map((userName) => ({ userName, groups: ['robots', fleet], password: seededPassword })),
    ...operators.map((userName) => ({ userName, groups: ['operators', fleet], password: seededPassword })),
  ];
  const unavailable: Record<string, number> = {};
  const stack = await startTestStack(
    { ...options.stack, users },
    {
      lifeLog: {
        note(event) {
          if (event.type !== 'dependency_unavailable') return;
          const what = `${event.where} ${event.code}`;
          unavailable[what] = (unavailable[what] ?? 0) + 1;
        },
      },
    },
  );
  const pairs = robots.map((robot, index) =>
    createPair(
      stack.addresses,
      { robot, operator: operators[index] ?? '' },
      { heartbeat: options.heartbeat, random: seededRandom(seed + index + 1), requestWithinMs: 60_000 },
    ),
  );
  try {
    stack.identity.faults.failSome(options.identityFails, seededRandom(seed));
    await Promise.all(pairs.map((pair) => pair.open()));
    const { hits, refreshesPerLifetime } = await talkInTrouble(pairs, { options, stack });
    await arrived(pairs, options);
    // Closing ends sessions, which until here is wrong.
    const run = {
      peers: pairs.flatMap(({ peers }) => peers),
      ways: pairs.flatMap(({ ways }) => ways),
      wrongs: pairs.flatMap(({ peers }) =>
        peers.flatMap(({ name, story }) => story.wrongs.map((wrong) => `${name}: ${wrong}`)),
      ),
      trace: [...pairs].sort((a, b) => Number(isWrong(b)) - Number(isWrong(a))).flatMap(traceOf),
      hits,
      refreshesPerLifetime,
      unavailable,
      identityFaults: stack.identity.faults.stats().faulted,
    };
    return { ...run, summary: summaryOf(run, options) };
  } finally {
    for (const pair of pairs) pair.close();
    await stack.close();
  }
}

async function talkInTrouble(pairs: readonly Pair[], of: { options: FaultRunOptions; stack: LocalStack }) {
  const {
    seed,
    hitEveryMs,
    signalEveryMs,
    forMs,
    calmPairs = 0,
    stack: { tokenTtlMs },
  } = of.options;
  const [gateway] = of.stack.gateways;
  if (gateway === undefined) throw new Error('The stack has no gateway.');
  const hits: HitCounts = { cut: 0, 'cut, $disconnect lost': 0, 'cut, $disconnect late': 0, 'half-open': 0 };
  const stories = pairs.flatMap(({ peers }) => peers.map(({ story }) => story));
  const before = stories.map(({ renewals }) => renewals);
  const stop = new AbortController();
  const { signal: until } = stop;
  const startedAt = performance.now();
  const work = pairs.flatMap((pair, index) => {
    const [trouble, talk] = [seededRandom(seed + 1_000 + index), seededRandom(seed + 2_000 + index)];
    const talking = pair.talk({ everyMs: signalEveryMs, random: talk, until });
    if (index < calmPairs) return [talking];
    return [
      troublePair(pair, { gateway, random: trouble, everyMs: hitEveryMs, until, counts: hits }),
      talking,
    ];
  });
  await pause(forMs);
  const lifetimes = (performance.now() - startedAt) / tokenTtlMs;
  const refreshesPerLifetime = stories.map(
    ({ renewals }, index) => (renewals - (before[index] ?? 0)) / lifetimes,
  );
  stop.abort();
  await Promise.all(work);
  return { hits, refreshesPerLifetime };
}

/** Until everything that was sent is heard, or there is no hope that it will be. */
async function arrived(pairs: readonly Pair[], { heartbeat }: FaultRunOptions): Promise<void> {
  const until = performance.now() + heartbeat.pingMs + heartbeat.pongWithinMs + settleMs;
  const ways = pairs.flatMap((pair) => pair.ways);
  while (performance.now() < until && ways.some(({ sent, heard }) => (heard.at(-1) ?? 0) < sent)) {
    await pause(100);
  }
}

function isWrong({ peers, ways }: Pair): boolean {
  return (
    peers.some(({ story }) => story.wrongs.length > 0) ||
    ways.some(({ sent, heard }) => sent !== heard.length)
  );
}

function traceOf({ peers }: Pair): string[] {
  const lines = peers.flatMap(({ story }) => story.log);
  return lines.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

const names = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);

function summaryOf(
  { peers, ways, hits, ...run }: Omit<FaultRun, 'summary'>,
  { seed, pairs, forMs }: FaultRunOptions,
): string {
  const total = (count: (peer: Peer) => number): number => peers.reduce((sum, peer) => sum + count(peer), 0);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  const slowest = (isHalfOpen: boolean): string => {
    const times = peers.flatMap(({ story }) =>
      story.recoveries.filter(({ hit }) => (hit === 'half-open') === isHalfOpen).map(({ ms }) => ms),
    );
    return `${(Math.max(0, ...times) / 1000).toFixed(1)} s`;
  };
  const rates = run.refreshesPerLifetime;
  return [
    `seed ${seed}: ${pairs} robots and ${pairs} operators for ${forMs / 1000} s`,
    `${sum(ways.map(({ sent }) => sent))} signals sent, ${sum(ways.map(({ heard }) => heard.length))} heard`,
    Object.entries(hits)
      .map(([hit, count]) => `${count} × ${hit}`)
      .join('; '),
    `unavailable: ${JSON.stringify(run.unavailable)}`,
    `${run.identityFaults} requests failed by the identity`,
    `${total(({ story }) => story.returns)} returns, ${total(({ story }) => story.rollOvers)} roll-overs`,
    `${total(({ story }) => story.refreshes)} refreshes on the open connection`,
    `tokens renewed per lifetime: ${(sum(rates) / rates.length).toFixed(2)} on average, ${Math.max(...rates).toFixed(2)} at most`,
    `slowest recovery: ${slowest(false)} from a cut, ${slowest(true)} from a half-open connection`,
  ].join(', ');
}
