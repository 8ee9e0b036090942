import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient as Client, CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Place } from '../stack/backend.ts';

const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** The same clients of the same SDK as the functions of this repository use, all but the relay (ADR 0050). */
export function awsClients({
  storeEndpoint,
  managementEndpoint,
}: Pick<Place, 'storeEndpoint' | 'managementEndpoint'>) {
  const store = new Client({ ...local, endpoint: storeEndpoint });
  const management = new ApiGatewayManagementApiClient({ ...local, endpoint: managementEndpoint });
  return {
    store,
    async post(connectionId: string, message: unknown): Promise<void> {
      try {
        await management.send(
          new PostToConnectionCommand({ ConnectionId: connectionId, Data: JSON.stringify(message) }),
        );
      } catch (failure) {
        if (!(failure instanceof Error && failure.name === 'GoneException')) throw failure;
      }
    },
  };
}

/** A table without indexes, its keys texts. */
export async function createTable(
  client: DynamoDBClient,
  TableName: string,
  ...keys: readonly [string, string?]
) {
  const names = keys.filter((key) => key !== undefined);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: names.map((name, at) => ({ AttributeName: name, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
}
