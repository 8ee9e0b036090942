import { Readable } from 'node:stream';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HttpResponse } from '@smithy/core/protocols';
import { apiGatewayPeerGateway } from '../../functions/adapters/api-gateway/peer-gateway.ts';
import { signedPeerGateway } from '../../functions/adapters/api-gateway/signed-peer-gateway.ts';
import { awsTransport } from '../../functions/adapters/aws/transport.ts';
import { dynamoDbConnectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { sdkStoreClient } from '../../functions/adapters/dynamodb/sdk-store-client.ts';
import { dynamoDbSignalPath } from '../../functions/adapters/dynamodb/signal-path.ts';
import { signedStoreClient } from '../../functions/adapters/dynamodb/signed-store-client.ts';
import type { StoreClient } from '../../functions/adapters/dynamodb/store-client.ts';
import type { PeerGateway } from '../../functions/core/ports/peer-gateway.ts';
import { dispatch } from '../../functions/edge/dispatch.ts';
import { signalRoute } from '../../functions/routes/signal.ts';
import { localTableNames } from '../../local/store/local-store.ts';
import { bothRows } from './canned.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A clock in which a second passes with each message, so that no rate is exceeded. */
function hurryingClock() {
  let at = Date.now();
  const step = 1_000;
  return {
    now: () => at,
    pass() {
      at += step;
    },
  };
}

/** The relay's handler on what is given it, without a request being written: what is ours of the work. */
export function withoutIo() {
  const store = { ...refusing, batchGetItem: async () => bothRows };
  const transport = async () => ({ status: 200, headers: {}, text: '' });
  return relayOver(store, signedPeerGateway({ transport, region }));
}

/** The same with the requests as it sends them, which are written, signed and read; only the network is left out. */
export function withSignedRequests() {
  const over = (body: string) =>
    awsTransport({
      timeouts: { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 },
      maxAttempts: 2,
      credentials: () => credentials,
      http: answered(body),
    });
  const endpoint = new URL('https://dynamodb.us-east-1.amazonaws.com');
  const store = signedStoreClient({ transport: over(JSON.stringify(bothRows)), region, endpoint });
  return relayOver(store, signedPeerGateway({ transport: over(''), region }));
}

/** The same with the SDK's clients, as the other functions have them. */
export function withSdk() {
  const common = { region, credentials };
  const store = new DynamoDBClient({ ...common, requestHandler: answered(JSON.stringify(bothRows)) });
  const endpoint = 'http://127.0.0.1:1/local';
  const management = new ApiGatewayManagementApiClient({ ...common, endpoint, requestHandler: answered('') });
  return relayOver(sdkStoreClient(store), apiGatewayPeerGateway({ clientFor: () => management }));
}

function answered(body: string) {
  return {
    async handle() {
      const headers = { 'content-type': 'application/x-amz-json-1.0' };
      return {
        response: new HttpResponse({ statusCode: 200, headers, body: Readable.from([Buffer.from(body)]) }),
      };
    },
    metadata: { handlerProtocol: 'http/1.1' },
    destroy() {},
  };
}

async function notAsked(): Promise<never> {
  throw new Error('The relay does not ask for this.');
}
const refusing = {
  getItem: notAsked,
  putItem: notAsked,
  updateItem: notAsked,
  deleteItem: notAsked,
  query: notAsked,
};

function relayOver(client: StoreClient, peers: PeerGateway) {
  const clock = hurryingClock();
  const handler = dispatch({
    routes: { signal: signalRoute },
    endpointOf: () => 'http://127.0.0.1:1/local',
    deps: {
      clock,
      lifeLog: { note: () => undefined },
      connections: dynamoDbConnectionStore({ client, tableName: localTableNames.connections }),
      signalPath: dynamoDbSignalPath({ client, tableNames: localTableNames }),
      peers,
    },
  });
  return async (event: unknown) => {
    clock.pass();
    const answer = await handler(event);
    // An answer is given only to a refusal, here.
    if (answer.body !== undefined) throw new Error(`The relay refused: ${answer.body}`);
  };
}
