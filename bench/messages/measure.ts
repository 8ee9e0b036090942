import { scanFanOut, scanFanOutPlace } from '../baselines/scan-fan-out.ts';
import { sixReads, sixReadsPlace } from '../baselines/six-reads.ts';
import { type Backend, type Place, startBackend } from '../stack/backend.ts';
import { connectPeer, type Peer } from '../stack/peer.ts';
import { operatorName } from '../stack/users.ts';
import { interleaved, median, quantile, rounded, timed } from '../statistics.ts';
import { type Contender, type ContenderName, contenderNames, type Pair } from './contender.ts';
import { type Cost, costOfCalls } from './cost-of-calls.ts';
import { heliograph, heliographPlace } from './heliograph.ts';

export type Times = { readonly medianMs: number; readonly p99Ms: number; readonly rounds: number };

export const acts = [
  'candidate, client to robot',
  'candidate, robot to client',
  'offer',
  'connect',
  'refresh',
  'disconnect',
  'robot return',
] as const;
export type Act = (typeof acts)[number];

export type MessagesResult = {
  readonly idleConnections: number;
  readonly cost: Record<ContenderName, Record<Act, Cost>>;
  readonly times: Record<ContenderName, Record<Act, Times>>;
  /** The same where each call takes `awayMs` more, as a function on AWS waits for it. */
  readonly timesAway: Record<ContenderName, Record<Act, Times>>;
  readonly awayMs: number;
};

type System = { readonly contender: Contender; readonly place: Place };

async function systemsOn(backend: Backend): Promise<Record<ContenderName, System>> {
  const [ours, six, scan] = [
    await heliographPlace(backend),
    await sixReadsPlace(backend),
    await scanFanOutPlace(backend),
  ];
  return {
    heliograph: { contender: heliograph(backend, ours), place: ours },
    'six reads in sequence': { contender: sixReads(backend, six), place: six },
    'scan and fan-out': { contender: scanFanOut(backend, scan), place: scan },
  };
}

type Scene = { pair: Pair; leaving: Peer | undefined; seq: number };

/** Each act, with what must be there before it; only the act itself is measured. */
const scenes: Readonly<
  Record<
    Act,
    {
      before?: (of: System, scene: Scene) => Promise<void>;
      act: (of: System, scene: Scene) => Promise<unknown>;
      after?: (of: System, scene: Scene) => Promise<void>;
    }
  >
> = {
  'candidate, client to robot': {
    act: ({ contender }, scene) =>
      contender.signal(scene.pair, {
        direction: 'client to robot',
        kind: 'candidate',
        seq: next(scene),
      }),
  },
  'candidate, robot to client': {
    act: ({ contender }, scene) =>
      contender.signal(scene.pair, {
        direction: 'robot to client',
        kind: 'candidate',
        seq: next(scene),
      }),
  },
  offer: {
    act: ({ contender }, scene) =>
      contender.signal(scene.pair, { direction: 'client to robot', kind: 'offer', seq: next(scene) }),
  },
  connect: {
    act: arrive,
    after: leave,
  },
  refresh: { act: ({ contender }, scene) => contender.refresh(scene.pair) },
  disconnect: {
    before: arrive,
    act: leave,
  },
  'robot return': {
    before: async ({ place }, scene) => {
      const heard = place.watch.next('$disconnect');
      scene.pair.robot.socket.terminate();
      await heard;
    },
    act: ({ contender }, scene) => contender.robotReturns(scene.pair),
  },
};

function next(scene: Scene): number {
  scene.seq += 1;
  return scene.seq;
}

async function arrive({ contender }: System, scene: Scene): Promise<void> {
  scene.leaving = await contender.connect(1);
}

async function leave({ contender }: System, scene: Scene): Promise<void> {
  if (scene.leaving !== undefined) await contender.disconnect(scene.leaving);
  scene.leaving = undefined;
}

async function withSystems<T>(
  of: { readonly metered: boolean; readonly awayMs?: number },
  idle: number,
  use: (
    systems: Record<ContenderName, System>,
    scenesOf: Record<ContenderName, Scene>,
    backend: Backend,
  ) => Promise<T>,
): Promise<T> {
  const backend = await startBackend({ pairs: 2, ...of });
  const open: Peer[] = [];
  try {
    const systems = await systemsOn(backend);
    const made = {} as Record<ContenderName, Scene>;
    for (const name of contenderNames) {
      made[name] = { pair: await systems[name].contender.pair(0), leaving: undefined, seq: 0 };
      // Others who are connected and have nothing to do with it.
      for (let i = 0; i < idle; i += 1) {
        open.push(await connectPeer(systems[name].place.url, await backend.tokenOf(operatorName(1))));
      }
    }
    return await use(systems, made, backend);
  } finally {
    for (const { socket } of open) socket.terminate();
    await backend.close();
  }
}

/** The calls and the units of one of each, past its warm-up. */
function costs(idle: number): Promise<MessagesResult['cost']> {
  return withSystems({ metered: true }, idle, async (systems, made) => {
    const result = {} as Record<ContenderName, Record<Act, Cost>>;
    for (const name of contenderNames) {
      const system = systems[name];
      const scene = made[name];
      result[name] = {} as Record<Act, Cost>;
      for (const act of acts) {
        const { before, act: run, after } = scenes[act];
        await before?.(system, scene);
        await system.place.watch.quiet();
        system.place.take();
        await run(system, scene);
        await system.place.watch.quiet();
        result[name][act] = costOfCalls(system.place.take());
        await after?.(system, scene);
      }
    }
    return result;
  });
}

async function times(idle: number, rounds: number, awayMs = 0): Promise<MessagesResult['times']> {
  return withSystems({ metered: false, awayMs }, idle, async (systems, made) => {
    const result = Object.fromEntries(
      contenderNames.map((name) => [name, {} as Record<Act, Times>]),
    ) as Record<ContenderName, Record<Act, Times>>;
    for (const act of acts) {
      const { before, act: run, after } = scenes[act];
      const isSlow = !act.includes('candidate') && act !== 'offer';
      const once = (name: ContenderName) => async () => {
        await before?.(systems[name], made[name]);
        const took = await timed(() => run(systems[name], made[name]));
        await after?.(systems[name], made[name]);
        // Who fans out still posts to all others when its signal has arrived: that is not to fall on the next one.
        await systems[name].place.watch.done();
        return took;
      };
      const contenders = Object.fromEntries(contenderNames.map((name) => [name, once(name)]));
      await interleaved(contenders, 3);
      const samples = await interleaved(contenders, isSlow ? Math.ceil(rounds / 4) : rounds);
      for (const name of contenderNames) {
        const own = samples[name] ?? [];
        result[name][act] = {
          medianMs: rounded(median(own)),
          p99Ms: rounded(quantile(own, 0.99)),
          rounds: own.length,
        };
      }
    }
    return result;
  });
}

export async function measureMessages({ quick }: { quick: boolean }): Promise<MessagesResult> {
  const idleConnections = 20;
  // A few milliseconds are usual for DynamoDB and for `@connections` within a region.
  const awayMs = 5;
  return {
    idleConnections,
    cost: await costs(idleConnections),
    times: await times(idleConnections, quick ? 60 : 400),
    timesAway: await times(idleConnections, quick ? 40 : 200, awayMs),
    awayMs,
  };
}
