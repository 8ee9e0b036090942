import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { countedPeerGateway } from '../adapters/api-gateway/counted-peer-gateway.ts';
import { apiGatewayPeerGateway } from '../adapters/api-gateway/peer-gateway.ts';
import { dynamoDbClientDirectory } from '../adapters/dynamodb/client-directory.ts';
import { dynamoDbClientSessionStore } from '../adapters/dynamodb/client-session-store.ts';
import { dynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { dynamoDbFleetDirectory } from '../adapters/dynamodb/fleet-directory.ts';
import { dynamoDbRevocationStore } from '../adapters/dynamodb/revocation-store.ts';
import { dynamoDbRobotSessionStore } from '../adapters/dynamodb/robot-session-store.ts';
import { dynamoDbSignalPath } from '../adapters/dynamodb/signal-path.ts';
import { dynamoDbWatchDirectory } from '../adapters/dynamodb/watch-directory.ts';
import { powertoolsLifeLog } from '../adapters/powertools/life-log.ts';
import { randomIds } from '../adapters/runtime/random-ids.ts';
import { systemClock } from '../adapters/runtime/system-clock.ts';
import type { LifeLog } from '../core/ports/life-log.ts';
import { credentialsFrom } from './credentials.ts';
import { type Environment, regionFrom, storeRegionFrom, tableNameFrom } from './settings.ts';

/** What a caller other than Lambda may put in place of the defaults. */
export type Overrides = {
  readonly lifeLog?: LifeLog;
  /** Called with each request to DynamoDB before it is sent, for those who count them. */
  readonly onStoreRequest?: (command: string) => void;
  /** Called with each post to a socket. */
  readonly onPost?: () => void;
  /** Gives the secret of the TURN servers, instead of Secrets Manager. Throws what its port throws. */
  readonly readTurnSecret?: () => Promise<string>;
};

/** Far below the functions' own timeout, so that a slow table ends in a retryable refusal and not in silence. */
const storeTimeouts = { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true };

function storeClient(environment: Environment, overrides: Overrides): DynamoDBClient {
  const endpoint = environment.AWS_ENDPOINT_URL_DYNAMODB ?? environment.AWS_ENDPOINT_URL;
  const client = new DynamoDBClient({
    region: storeRegionFrom(environment),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...credentialsFrom(environment),
    maxAttempts: 2,
    requestHandler: storeTimeouts,
  });
  const { onStoreRequest } = overrides;
  if (onStoreRequest !== undefined) {
    client.middlewareStack.add(
      (next, context) => (args) => {
        onStoreRequest(context.commandName ?? 'unknown');
        return next(args);
      },
      { step: 'initialize', name: 'countRequests' },
    );
  }
  return client;
}

/**
 * Makes the adapters that a function needs, once per cold start. Each is made on its own call, so
 * that a function without a table's name (and hence without its permission) does not ask for it.
 */
export function dependencies(environment: Environment, overrides: Overrides = {}) {
  const client = storeClient(environment, overrides);
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
      const peers = countedPeerGateway(
        apiGatewayPeerGateway({ region: regionFrom(environment), ...credentialsFrom(environment) }),
        { lifeLog, clock: systemClock },
      );
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
