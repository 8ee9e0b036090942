import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AwsTransport } from '../../functions/adapters/aws/transport.ts';
import type { StoreClient } from '../../functions/adapters/dynamodb/store-client.ts';

/** The SDK's clients in the place of signed requests: what the functions had before, to be measured against. */
export function sdkStoreClient(config: DynamoDBClientConfig): StoreClient {
  const client = new DynamoDBClient(config);
  return {
    getItem: (input) => client.send(new GetItemCommand(input)),
    batchGetItem: (input) => client.send(new BatchGetItemCommand(input)),
    putItem: (input) => client.send(new PutItemCommand(input)),
    updateItem: (input) => client.send(new UpdateItemCommand(input)),
    deleteItem: (input) => client.send(new DeleteItemCommand(input)),
    query: (input) => client.send(new QueryCommand(input)),
  };
}

export function sdkGatewayTransport(config: ApiGatewayManagementApiClientConfig): AwsTransport {
  const clients = new Map<string, ApiGatewayManagementApiClient>();
  const clientOf = (endpoint: string) => {
    const client = clients.get(endpoint) ?? new ApiGatewayManagementApiClient({ ...config, endpoint });
    clients.set(endpoint, client);
    return client;
  };
  return async ({ method, endpoint, path, body }) => {
    const [stage = '', id = ''] = path.split('/@connections/');
    const client = clientOf(`${endpoint.origin}${stage}`);
    const ConnectionId = decodeURIComponent(id);
    if (method === 'POST') await client.send(new PostToConnectionCommand({ ConnectionId, Data: body ?? '' }));
    else if (method === 'GET') await client.send(new GetConnectionCommand({ ConnectionId }));
    else await client.send(new DeleteConnectionCommand({ ConnectionId }));
    return { status: 200, headers: {}, text: '' };
  };
}
