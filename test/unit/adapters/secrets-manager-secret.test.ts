import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AwsTransport, awsTransport } from '../../../functions/adapters/aws/transport.ts';
import { secretsManagerSecret } from '../../../functions/adapters/turn/secrets-manager-secret.ts';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import { type Answer, answering, type LoopbackServer, loopbackServer } from './support/loopback-server.ts';

const json = { 'content-type': 'application/x-amz-json-1.1' };
const secretId = 'turn/shared';

let answer: Answer;
let server: LoopbackServer;
let transport: AwsTransport;

beforeAll(async () => {
  server = await loopbackServer(() => answer);
  transport = awsTransport({
    timeouts: { connectMs: 10_000, requestMs: 15_000, totalMs: 25_000 },
    maxAttempts: 1,
    credentials: () => ({ accessKeyId: 'key', secretAccessKey: 'key' }),
  });
});
afterAll(() => server.close());
beforeEach(() => {
  answer = answering(200, json, '{}');
});

const secret = () =>
  secretsManagerSecret({ transport, region: 'us-east-1', endpoint: new URL(server.url), secretId })();

async function failure(): Promise<DependencyUnavailable> {
  const thrown: unknown = await secret().then(
    (value) => `gave ${value}`,
    (reason: unknown) => reason,
  );
  if (thrown instanceof DependencyUnavailable) return thrown;
  throw new Error('It did not fail as its port says.', { cause: thrown });
}

describe('a secret in Secrets Manager', () => {
  it('is asked for by its name, and given as it is', async () => {
    answer = answering(200, json, JSON.stringify({ Name: secretId, SecretString: 'north of the river' }));
    expect(await secret()).toBe('north of the river');
    expect(server.seen.at(-1)).toMatchObject({
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: secretId }),
    });
  });

  it('loses the line break with which it was read from a file', async () => {
    answer = answering(200, json, JSON.stringify({ SecretString: 'north of the river\n' }));
    expect(await secret()).toBe('north of the river');
  });

  it.each([
    ['nothing', '{}', 'SecretIsEmpty'],
    ['white space', '{"SecretString":" \\n"}', 'SecretIsEmpty'],
    ['bytes', '{"SecretBinary":"AAAA"}', 'SecretIsEmpty'],
    [
      'keys and values, as the console makes them',
      '{"SecretString":"{\\"turn\\":\\"north\\"}"}',
      'SecretIsKeyValuePairs',
    ],
  ])('that is %s is as one that cannot be read', async (_what, body, code) => {
    answer = answering(200, json, body);
    expect(await failure()).toMatchObject({ code, message: `Secrets Manager is unavailable (${code})` });
  });

  it.each([
    ['is not there', 400, 'ResourceNotFoundException'],
    ['is not ours to read', 400, 'AccessDeniedException'],
    ['is asked for too often', 400, 'ThrottlingException'],
    ['is out of order', 500, 'InternalServiceError'],
  ])('that %s is unavailable, by the name of the failure', async (_what, status, name) => {
    answer = answering(status, json, JSON.stringify({ __type: name, Message: 'for your eyes only' }));
    expect((await failure()).code).toBe(name);
  });

  it('I9: leaves no trace in a failure, though the answer that cannot be read holds it', async () => {
    answer = answering(200, json, '{"SecretString":"north of the river"');
    const thrown = await failure();
    expect(inspect(thrown, { depth: 12, showHidden: true })).not.toMatch(/north|SecretString|authorization/i);
  });
});
