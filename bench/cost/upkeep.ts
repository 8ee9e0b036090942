import { apiGatewayPeerGateway } from '../../functions/adapters/api-gateway/peer-gateway.ts';
import { dynamoDbClientDirectory } from '../../functions/adapters/dynamodb/client-directory.ts';
import { dynamoDbClientSessionStore } from '../../functions/adapters/dynamodb/client-session-store.ts';
import { dynamoDbConnectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { dynamoDbRobotSessionStore } from '../../functions/adapters/dynamodb/robot-session-store.ts';
import { dynamoDbWatchDirectory } from '../../functions/adapters/dynamodb/watch-directory.ts';
import { randomIds } from '../../functions/adapters/runtime/random-ids.ts';
import { type CleanupReport, runCleanup } from '../../functions/core/use-cases/cleanup.ts';
import { deadlineShards } from '../../functions/table-shapes.ts';
import { localClient, localTableNames } from '../../local/store/local-store.ts';
import { type Cost, costOfCalls } from '../messages/cost-of-calls.ts';
import { heliographPlace } from '../messages/heliograph.ts';
import { type Backend, type Place, startBackend } from '../stack/backend.ts';
import { connectPeer, type Peer } from '../stack/peer.ts';
import { robotName } from '../stack/users.ts';

/** What keeps one idle robot: each thing that happens to it in a month, counted once. */
export type Upkeep = {
  readonly connect: Cost;
  readonly refresh: Cost;
  readonly check: Cost;
  readonly 'roll-over announced': Cost;
  readonly 'roll-over': Cost;
  /** A run of the cleanup in which nothing is due: of the whole system, not of a robot. */
  readonly 'cleanup run': Cost;
};

const minuteMs = 60_000;

/** The cleanup of the same store, at another time than now. */
function cleanupAt(place: Place, backend: Backend, aheadMs: number): Promise<CleanupReport> {
  const client = localClient(place.storeEndpoint);
  const on = (table: keyof typeof localTableNames) => ({ client, tableName: localTableNames[table] });
  const now = () => Date.now() + aheadMs;
  const deps = {
    policy: backend.policy,
    deadlineShards,
    ids: randomIds,
    clock: { now },
    lifeLog: { note: () => undefined },
    connections: dynamoDbConnectionStore(on('connections')),
    robots: dynamoDbRobotSessionStore(on('robotSessions')),
    sessions: dynamoDbClientSessionStore(on('clientSessions')),
    clients: dynamoDbClientDirectory(on('directory')),
    watches: dynamoDbWatchDirectory(on('directory')),
    peers: apiGatewayPeerGateway({
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  };
  return runCleanup(deps, { endBy: now() + 50_000, batch: 50 }).finally(() => client.destroy());
}

export async function measureUpkeep(): Promise<Upkeep> {
  const backend = await startBackend({ pairs: 1, metered: true });
  try {
    const place = await heliographPlace(backend);
    const counted = async (act: () => Promise<unknown>): Promise<Cost> => {
      await place.watch.quiet();
      place.take();
      await act();
      await place.watch.quiet();
      return costOfCalls(place.take());
    };
    const enter = async (resume: boolean): Promise<Peer> => {
      const peer = await connectPeer(place.url, await backend.tokenOf(robotName(0)));
      peer.send({ action: 'hello', protocol: 1, ...(resume && { resume: true }) });
      await peer.next(({ type }) => type === 'welcome');
      return peer;
    };
    // The first of all makes rows that stay: a robot is known from then on.
    const first = await enter(false);
    first.socket.close();
    await place.watch.next('$disconnect');
    let robot: Peer | undefined;
    const connect = await counted(async () => {
      robot = await enter(false);
    });
    const refresh = await counted(async () => {
      robot?.send({
        action: 'refreshToken',
        requestId: 'refresh',
        token: await backend.tokenOf(robotName(0)),
      });
      await robot?.next(({ type }) => type === 'tokenRefreshed');
    });
    const nothing = await counted(() => cleanupAt(place, backend, 0));
    const told = async (aheadMs: number, wanted: keyof CleanupReport): Promise<Cost> => {
      let report: CleanupReport | undefined;
      const cost = await counted(async () => {
        report = await cleanupAt(place, backend, aheadMs);
      });
      if (report?.[wanted] !== 1)
        throw new Error(`Of the cleanup ${wanted} was expected: ${JSON.stringify(report)}`);
      return without(cost, nothing);
    };
    const check = await told(61 * minuteMs, 'checked');
    const announced = await told(110 * minuteMs, 'announced');
    const rollOver = await counted(async () => {
      const old = robot;
      robot = await enter(true);
      const gone = place.watch.next('$disconnect');
      old?.socket.close();
      await gone;
    });
    return {
      connect,
      refresh,
      check,
      'roll-over announced': announced,
      'roll-over': rollOver,
      'cleanup run': nothing,
    };
  } finally {
    await backend.close();
  }
}

/** What was due cost more than what is asked in any case. */
function without(cost: Cost, base: Cost): Cost {
  return {
    storeRequests: cost.storeRequests - base.storeRequests,
    posts: cost.posts - base.posts,
    otherGatewayCalls: cost.otherGatewayCalls - base.otherGatewayCalls,
    readUnits: cost.readUnits - base.readUnits,
    writeUnits: cost.writeUnits - base.writeUnits,
    operations: cost.operations.filter((operation) => operation !== 'Query'),
  };
}
