import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/protocols';
import { apiGatewayPeerGateway } from '../../functions/adapters/api-gateway/peer-gateway.ts';
import { jsonCalls } from '../../functions/adapters/aws/json-calls.ts';
import { type AwsTransport, awsTransport } from '../../functions/adapters/aws/transport.ts';
import { dynamoDbConnectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { dynamoDbSignalPath } from '../../functions/adapters/dynamodb/signal-path.ts';
import { type StoreClient, signedStoreClient } from '../../functions/adapters/dynamodb/store-client.ts';
import { dispatch } from '../../functions/edge/dispatch.ts';
import { signalRoute } from '../../functions/routes/signal.ts';
import { localTableNames } from '../../local/store/local-store.ts';
import { sdkGatewayTransport, sdkStoreClient } from '../baselines/sdk-clients.ts';
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
  return relayOver(store, async () => ({ status: 200, headers: {}, text: '' }));
}

/** The same with the requests as the functions send them, which are written, signed and read; only the network is left out. */
export function withSignedRequests() {
  const over = (body: string) =>
    awsTransport({
      timeouts: { connectMs: 1_000, requestMs: 1_500, totalMs: 5_000 },
      maxAttempts: 2,
      credentials: () => credentials,
      http: answered(body),
    });
  const call = jsonCalls({
    transport: over(JSON.stringify(bothRows)),
    service: 'dynamodb',
    region,
    endpoint: new URL('https://dynamodb.us-east-1.amazonaws.com'),
    target: 'DynamoDB_20120810',
    version: '1.0',
  });
  return relayOver(signedStoreClient(call), over(''));
}

/** The same with the SDK's clients. */
export function withSdk() {
  const common = { region, credentials };
  return relayOver(
    sdkStoreClient({ ...common, requestHandler: answered(JSON.stringify(bothRows)) }),
    sdkGatewayTransport({ ...common, requestHandler: answered('') }),
  );
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

function relayOver(client: StoreClient, transport: AwsTransport) {
  const clock = hurryingClock();
  const handler = dispatch({
    routes: { signal: signalRoute },
    endpointOf: () => 'http://127.0.0.1:1/local',
    deps: {
      clock,
      lifeLog: { note: () => undefined },
      connections: dynamoDbConnectionStore({ client, tableName: localTableNames.connections }),
      signalPath: dynamoDbSignalPath({ client, tableNames: localTableNames }),
      peers: apiGatewayPeerGateway({ transport, region }),
    },
  });
  return async (event: unknown) => {
    clock.pass();
    const answer = await handler(event);
    // An answer is given only to a refusal, here.
    if (answer.body !== undefined) throw new Error(`The relay refused: ${answer.body}`);
  };
}
