import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { StoreClient } from '../../../functions/adapters/dynamodb/store-client.ts';
import { signedClient } from './signed-client.ts';

/** A DynamoDB that answers all in one way, such as with a failure, reached through real clients and a real socket. */
export type FailingEndpoint = {
  readonly client: DynamoDB;
  /** What the relay asks with. */
  readonly signed: StoreClient;
  close(): Promise<void>;
};
export const ways = ['client', 'signed'] as const;
export type Way = (typeof ways)[number];

export type Answer = (response: ServerResponse, requestBody: string) => void;

const errorType = 'com.amazonaws.dynamodb.v20120810#';

export const failWith =
  (status: number, name: string): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: `${errorType}${name}`, message: 'made to fail' }));
  };

export const answerWith =
  (body: object): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  };

export const failures = [
  {
    failure: 'a throttled table',
    code: 'ProvisionedThroughputExceededException',
    answer: failWith(400, 'ProvisionedThroughputExceededException'),
  },
  {
    failure: 'a throttled account',
    code: 'ThrottlingException',
    answer: failWith(400, 'ThrottlingException'),
  },
  { failure: 'a server error', code: 'InternalServerError', answer: failWith(500, 'InternalServerError') },
  {
    failure: 'a missing permission',
    code: 'AccessDeniedException',
    answer: failWith(400, 'AccessDeniedException'),
  },
  { failure: 'silence', code: 'TimeoutError', answer: () => {} },
  {
    // A connection that is lost is named like that.
    failure: 'a lost connection',
    code: 'TimeoutError',
    answer: (response: ServerResponse) => response.destroy(),
  },
  { failure: 'a closed port', code: 'ECONNREFUSED', answer: 'refuse' },
] as const;

export async function failingEndpoint(answer: Answer | 'refuse'): Promise<FailingEndpoint> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (answer !== 'refuse') answer(response, body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  if (answer === 'refuse') await close();
  const endpoint = `http://127.0.0.1:${port}`;
  const timeouts = { connectMs: 1_000, requestMs: 1_000, totalMs: 5_000 };
  const client = new DynamoDB({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true },
  });
  return {
    client,
    signed: signedClient(endpoint, { maxAttempts: 1, timeouts }),
    async close() {
      client.destroy();
      await close();
    },
  };
}
