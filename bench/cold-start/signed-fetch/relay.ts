import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { placeKey, toClientSession } from '../../../functions/adapters/dynamodb/client-session-row.ts';
import { toConnection } from '../../../functions/adapters/dynamodb/connection-row.ts';
import { toRobotSession } from '../../../functions/adapters/dynamodb/robot-session-row.ts';
import { powertoolsLifeLog } from '../../../functions/adapters/powertools/life-log.ts';
import { systemClock } from '../../../functions/adapters/runtime/system-clock.ts';
import type { ConnectionStore } from '../../../functions/core/ports/connection-store.ts';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import type { PeerGateway } from '../../../functions/core/ports/peer-gateway.ts';
import type { SignalPath } from '../../../functions/core/ports/signal-path.ts';
import { dispatch } from '../../../functions/edge/dispatch.ts';
import { signalRoute } from '../../../functions/routes/signal.ts';
import { managementEndpointOf } from '../../../functions/runtime/management-endpoint.ts';
import { regionFrom, tableNameFrom } from '../../../functions/runtime/settings.ts';
import { type SignedFetch, signedFetch } from './aws-fetch.ts';

/** The relay with a signed `fetch` where the SDK is: a prototype, to see what it would save. Not deployed. */
const item = z.record(z.string(), z.any());
const batch = z.object({
  Responses: z.optional(z.record(z.string(), z.array(item))),
  UnprocessedKeys: z.optional(z.record(z.string(), z.unknown())),
});
const single = z.object({ Item: z.optional(item) });

type Tables = Readonly<Record<'connections' | 'robotSessions' | 'clientSessions', string>>;

async function ask(fetchSigned: SignedFetch, endpoint: string, operation: string, input: unknown) {
  const answer = await fetchSigned({
    service: 'dynamodb',
    url: new URL(endpoint),
    body: JSON.stringify(input),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    },
  });
  if (answer.status !== 200) throw new DependencyUnavailable('dynamodb', `Http${answer.status}`, undefined);
  return JSON.parse(answer.body) as unknown;
}

const text = (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, S]) => [name, { S }]));

function fetchedSignalPath(fetchSigned: SignedFetch, endpoint: string, tables: Tables): SignalPath {
  return {
    async read(key) {
      const { Responses, UnprocessedKeys } = batch.parse(
        await ask(fetchSigned, endpoint, 'BatchGetItem', {
          RequestItems: {
            [tables.robotSessions]: { Keys: [text({ robotId: key.robotId })], ConsistentRead: true },
            [tables.clientSessions]: { Keys: [text(placeKey(key))], ConsistentRead: true },
          },
        }),
      );
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) {
        throw new DependencyUnavailable('dynamodb', 'UnprocessedKeys', undefined);
      }
      const robot = Responses?.[tables.robotSessions]?.[0];
      const row = Responses?.[tables.clientSessions]?.[0];
      const session = row && toClientSession(unmarshall(row));
      return {
        robot: robot && toRobotSession(unmarshall(robot)),
        session: session?.sessionId === key.sessionId ? session : undefined,
      };
    },
  };
}

function fetchedConnections(
  fetchSigned: SignedFetch,
  endpoint: string,
  tables: Tables,
): Pick<ConnectionStore, 'get'> {
  return {
    async get(connectionId) {
      const { Item } = single.parse(
        await ask(fetchSigned, endpoint, 'GetItem', {
          TableName: tables.connections,
          Key: text({ connectionId }),
          ConsistentRead: true,
        }),
      );
      return Item && toConnection(unmarshall(Item));
    },
  };
}

function fetchedPeers(fetchSigned: SignedFetch): Pick<PeerGateway, 'post'> {
  return {
    async post({ connectionId, endpoint }, message) {
      const url = new URL(`${endpoint}/@connections/${encodeURIComponent(connectionId)}`);
      const { status } = await fetchSigned({ service: 'execute-api', url, body: JSON.stringify(message) });
      if (status === 410) return 'gone';
      if (status === 413) return 'too_large';
      if (status !== 200) throw new DependencyUnavailable('@connections', `Http${status}`, undefined);
      return 'delivered';
    },
  };
}

function notAsked(): never {
  throw new Error('The relay does not ask for this.');
}

const environment = process.env;
const region = regionFrom(environment);
const fetchSigned = signedFetch({
  region,
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    ...(environment.AWS_SESSION_TOKEN !== undefined && { sessionToken: environment.AWS_SESSION_TOKEN }),
  },
});
const endpoint = environment.AWS_ENDPOINT_URL_DYNAMODB ?? `https://dynamodb.${region}.amazonaws.com`;
const tables: Tables = {
  connections: tableNameFrom(environment, 'connections'),
  robotSessions: tableNameFrom(environment, 'robotSessions'),
  clientSessions: tableNameFrom(environment, 'clientSessions'),
};
const refusing = new Proxy({}, { get: () => notAsked });

export const handler = dispatch({
  routes: { signal: signalRoute },
  endpointOf: managementEndpointOf(environment),
  deps: {
    clock: systemClock,
    lifeLog: powertoolsLifeLog(),
    connections: { ...(refusing as ConnectionStore), ...fetchedConnections(fetchSigned, endpoint, tables) },
    signalPath: fetchedSignalPath(fetchSigned, endpoint, tables),
    peers: { ...(refusing as PeerGateway), ...fetchedPeers(fetchSigned) },
  },
});
