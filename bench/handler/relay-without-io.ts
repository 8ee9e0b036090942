import { Readable } from 'node:stream';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { apiGatewayPeerGateway } from '../../functions/adapters/api-gateway/peer-gateway.ts';
import { dynamoDbConnectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { dynamoDbSignalPath } from '../../functions/adapters/dynamodb/signal-path.ts';
import { dispatch } from '../../functions/edge/dispatch.ts';
import { signalRoute } from '../../functions/routes/signal.ts';
import { localTableNames } from '../../local/store/local-store.ts';
import { bothRows } from './canned.ts';

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

/** The relay's handler on what `send` gives it, without an SDK client: what is ours of the work. */
export function withoutSdk() {
  return relayOver({
    client: { send: async () => bothRows },
    clientFor: () => ({ send: async () => ({}) }),
  });
}

/** The same with the SDK's clients, which write, sign and read; only the network is left out. */
export function withSdk() {
  const answered = (body: string) => ({
    async handle() {
      const headers = { 'content-type': 'application/x-amz-json-1.0' };
      return { response: { statusCode: 200, headers, body: Readable.from([Buffer.from(body)]) } };
    },
    metadata: { handlerProtocol: 'http/1.1' },
    destroy() {},
  });
  const common = { region: 'us-east-1', credentials };
  const store = new DynamoDBClient({ ...common, requestHandler: answered(JSON.stringify(bothRows)) });
  const endpoint = 'http://127.0.0.1:1/local';
  const management = new ApiGatewayManagementApiClient({ ...common, endpoint, requestHandler: answered('') });
  return relayOver({ client: store, clientFor: () => management });
}

type Given = {
  readonly client: unknown;
  readonly clientFor: () => unknown;
};

function relayOver({ client, clientFor }: Given) {
  const clock = hurryingClock();
  const store = client as Pick<DynamoDBClient, 'send'>;
  const handler = dispatch({
    routes: { signal: signalRoute },
    endpointOf: () => 'http://127.0.0.1:1/local',
    deps: {
      clock,
      lifeLog: { note: () => undefined },
      connections: dynamoDbConnectionStore({ client: store, tableName: localTableNames.connections }),
      signalPath: dynamoDbSignalPath({ client: store, tableNames: localTableNames }),
      peers: apiGatewayPeerGateway({
        clientFor: clientFor as () => Pick<ApiGatewayManagementApiClient, 'send'>,
      }),
    },
  });
  return async (event: unknown) => {
    clock.pass();
    const answer = await handler(event);
    // An answer is given only to a refusal, here.
    if (answer.body !== undefined) throw new Error(`The relay refused: ${answer.body}`);
  };
}
