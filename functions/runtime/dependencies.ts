import { countedPeerGateway } from '../adapters/api-gateway/counted-peer-gateway.ts';
import { dynamoDbClientDirectory } from '../adapters/dynamodb/client-directory.ts';
import { dynamoDbClientSessionStore } from '../adapters/dynamodb/client-session-store.ts';
import { dynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { dynamoDbFleetDirectory } from '../adapters/dynamodb/fleet-directory.ts';
import { dynamoDbRevocationStore } from '../adapters/dynamodb/revocation-store.ts';
import { dynamoDbRobotSessionStore } from '../adapters/dynamodb/robot-session-store.ts';
import { dynamoDbSignalPath } from '../adapters/dynamodb/signal-path.ts';
import type { StoreClient } from '../adapters/dynamodb/store-client.ts';
import { dynamoDbWatchDirectory } from '../adapters/dynamodb/watch-directory.ts';
import { powertoolsLifeLog } from '../adapters/powertools/life-log.ts';
import { randomIds } from '../adapters/runtime/random-ids.ts';
import { systemClock } from '../adapters/runtime/system-clock.ts';
import type { LifeLog } from '../core/ports/life-log.ts';
import type { AwsServices } from './aws-services.ts';
import { type Environment, tableNameFrom } from './settings.ts';

/** What a caller other than Lambda may put in place of the defaults. */
export type Overrides = {
  readonly lifeLog?: LifeLog;
  /** Called with each request to DynamoDB before it is sent, as the SDK names its command, for those who count them. */
  readonly onStoreRequest?: (command: string) => void;
  /** Called with each post to a socket. */
  readonly onPost?: () => void;
  /** Gives the secret of the TURN servers, instead of Secrets Manager. Throws what its port throws. */
  readonly readTurnSecret?: () => Promise<string>;
};

/** Tells of each request before it is sent. */
function watched(client: StoreClient, onRequest: (command: string) => void): StoreClient {
  const telling =
    <Input, Output>(command: string, send: (input: Input) => Promise<Output>) =>
    async (input: Input) => {
      onRequest(command);
      return send(input);
    };
  return {
    getItem: telling('GetItemCommand', client.getItem),
    batchGetItem: telling('BatchGetItemCommand', client.batchGetItem),
    putItem: telling('PutItemCommand', client.putItem),
    updateItem: telling('UpdateItemCommand', client.updateItem),
    deleteItem: telling('DeleteItemCommand', client.deleteItem),
    query: telling('QueryCommand', client.query),
  };
}

/**
 * Makes the adapters that a function needs, once per cold start. Each is made on its own call, so
 * that a function without a table's name (and hence without its permission) does not ask for it.
 */
export function dependencies(services: AwsServices, environment: Environment, overrides: Overrides = {}) {
  const { onStoreRequest } = overrides;
  const store = services.storeClient(environment);
  const client = onStoreRequest === undefined ? store : watched(store, onStoreRequest);
  const access = (table: Parameters<typeof tableNameFrom>[1]) => ({
    client,
    tableName: tableNameFrom(environment, table),
  });
  const lifeLog = overrides.lifeLog ?? powertoolsLifeLog({ service: environment.POWERTOOLS_SERVICE_NAME });
  return {
    clock: systemClock,
    ids: randomIds,
    lifeLog,
    connections: () => dynamoDbConnectionStore(access('connections')),
    robots: () => dynamoDbRobotSessionStore(access('robotSessions')),
    sessions: () => dynamoDbClientSessionStore(access('clientSessions')),
    clients: () => dynamoDbClientDirectory(access('directory')),
    watches: () => dynamoDbWatchDirectory(access('directory')),
    revocations: () => dynamoDbRevocationStore(access('directory')),
    fleets: () => dynamoDbFleetDirectory(access('directory')),
    signalPath: () =>
      dynamoDbSignalPath({
        client,
        tableNames: {
          robotSessions: tableNameFrom(environment, 'robotSessions'),
          clientSessions: tableNameFrom(environment, 'clientSessions'),
        },
      }),
    peers: () => {
      const peers = countedPeerGateway(services.peerGateway(environment), { lifeLog, clock: systemClock });
      const { onPost } = overrides;
      if (onPost === undefined) return peers;
      return {
        ...peers,
        post: (...of: Parameters<typeof peers.post>) => {
          onPost();
          return peers.post(...of);
        },
      };
    },
  };
}
