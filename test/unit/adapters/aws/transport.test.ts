import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsCredentials } from '../../../../functions/adapters/aws/credentials.ts';
import { AwsFailure } from '../../../../functions/adapters/aws/failure.ts';
import { type AwsRequest, awsTransport } from '../../../../functions/adapters/aws/transport.ts';
import { type Answer, answering, type LoopbackServer, loopbackServer } from '../support/loopback-server.ts';
import { isSignedBy } from '../support/verify-signature.ts';

const secret = 'v=0 ice-pwd:s3cr3t';
const timeouts = { connectMs: 200, requestMs: 250, totalMs: 700 };

let answer: Answer;
let server: LoopbackServer;
let credentials: AwsCredentials;
const transport = awsTransport({ timeouts, maxAttempts: 2, credentials: () => credentials });

beforeEach(async () => {
  credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'key', sessionToken: 'session-token-x' };
  answer = answering(200, {}, 'found');
  server = await loopbackServer(() => answer);
});
afterEach(() => server.close());

const request = (of: Partial<AwsRequest> = {}): AwsRequest => ({
  service: 'execute-api',
  region: 'eu-central-1',
  method: 'POST',
  endpoint: new URL(server.url),
  path: '/prod/@connections/L0SM9cOFvHcCIhw%3D',
  headers: { 'content-type': 'text/plain' },
  body: `Grüße ☀ ${secret}`,
  ...of,
});

async function failureOf(attempt: Promise<unknown>): Promise<AwsFailure> {
  const thrown: unknown = await attempt.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (thrown instanceof AwsFailure) return thrown;
  throw new Error(`expected AwsFailure, got ${inspect(thrown)}`);
}

describe('a request', () => {
  it.each<[string, Partial<AwsRequest>]>([
    ['with a body, and a path that is encoded', {}],
    [
      'to the root',
      { service: 'dynamodb', path: '/', headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' } },
    ],
    ['for a key with a slash', { path: '/prod/@connections/a%2F..%2Fb%2Bc%3D' }],
  ])('is signed as AWS signs what it receives: %s', async (_what, of) => {
    await transport(request(of));
    expect(server.seen.map((seen) => isSignedBy('key', seen))).toEqual([true]);
    expect(server.seen.map((seen) => isSignedBy('another key', seen))).toEqual([false]);
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: of.path ?? request().path,
      headers: { host: new URL(server.url).host, 'x-amz-security-token': 'session-token-x' },
      body: request().body,
    });
  });

  it.each(['GET', 'DELETE'] as const)('has no body with %s, and is signed', async (method) => {
    const { body: _, headers: __, ...rest } = request({ method });
    expect(await transport(rest)).toMatchObject({ status: 200, text: 'found' });
    expect(server.seen).toMatchObject([{ method, body: '' }]);
    expect(server.seen.map((seen) => isSignedBy('key', seen))).toEqual([true]);
  });

  it('is signed with the credentials of its moment, and without a session where there is none', async () => {
    await transport(request());
    credentials = { accessKeyId: 'AKIDNEXT', secretAccessKey: 'next key' };
    await transport(request());
    const [, second] = server.seen;
    expect(second?.headers.authorization).toContain('Credential=AKIDNEXT/');
    expect(second?.headers).not.toHaveProperty('x-amz-security-token');
    expect(second && isSignedBy('next key', second)).toBe(true);
  });

  it('is not sent where there are no credentials', async () => {
    const without = awsTransport({
      timeouts,
      maxAttempts: 2,
      credentials: () => {
        throw new AwsFailure('NoCredentials');
      },
    });
    expect((await failureOf(without(request()))).name).toBe('NoCredentials');
    expect(server.seen).toEqual([]);
  });

  it('goes over the connection of the one before', async () => {
    const sockets = new Set<unknown>();
    answer = (response) => {
      sockets.add(response.socket);
      response.end();
    };
    for (let sent = 0; sent < 5; sent += 1) await transport(request());
    expect(sockets.size).toBe(1);
  });

  it('is answered whole, in however many pieces the answer comes', async () => {
    const text = `${'☀'.repeat(40_000)}end`;
    answer = (response) => {
      const bytes = Buffer.from(text);
      // In the middle of a character.
      response.write(bytes.subarray(0, 50_000));
      setTimeout(() => response.end(bytes.subarray(50_000)), 20);
    };
    expect((await transport(request())).text).toBe(text);
  });
});

describe('an answer that fails', () => {
  it.each([
    ['by its header', { 'x-amzn-errortype': 'GoneException' }, '', 'GoneException'],
    [
      'by its header, with an address',
      { 'x-amzn-errortype': 'GoneException:http://x/' },
      '',
      'GoneException',
    ],
    [
      'by its body',
      {},
      '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}',
      'ResourceNotFoundException',
    ],
    ['by the other name in its body', {}, '{"code":"ForbiddenException"}', 'ForbiddenException'],
    ['by its status, where it has no name', {}, '{"message":"no"}', 'Http403'],
    ['by its status, where the name says nothing', {}, '{"__type":"Unknown"}', 'Http403'],
    [
      'by its status, where the name is none',
      { 'x-amzn-errortype': 'not a name' },
      '{"__type":7}',
      'Http403',
    ],
    [
      'by its status, where it is a page',
      { 'content-type': 'text/html' },
      '<html>Forbidden</html>',
      'Http403',
    ],
    ['by its status, where it is a list', {}, '[1]', 'Http403'],
  ])('is named %s', async (_how, headers, body, name) => {
    answer = answering(403, headers, body);
    const failure = await failureOf(transport(request()));
    expect(failure.name).toBe(name);
    expect(failure.$metadata).toEqual({ httpStatusCode: 403, attempts: 1 });
  });

  it('keeps the id of the request, if it can be one', async () => {
    answer = answering(403, { 'x-amzn-requestid': 'abc-123=' });
    expect((await failureOf(transport(request()))).$metadata.requestId).toBe('abc-123=');
    answer = answering(403, { 'x-amzn-requestid': `<${secret}>` });
    expect((await failureOf(transport(request()))).$metadata).not.toHaveProperty('requestId');
  });

  it.each<[string, Answer]>([
    [
      'an echo',
      (response, { body }) => answering(500, {}, body)(response, { method: '', url: '', headers: {}, body }),
    ],
    ['silence', () => undefined],
    ['a reset', (response) => response.destroy()],
    [
      'half of an echo',
      (response, { body }) => {
        response.writeHead(500, { 'content-length': '100' });
        response.write(body);
      },
    ],
  ])('I9: with %s, leaves no trace of what was sent, or with what it was signed', async (_what, given) => {
    answer = given;
    const shown = inspect(await failureOf(transport(request())), { depth: 12, showHidden: true });
    expect(shown).not.toMatch(/ice-pwd|session-token-x|Signature=|AKIDEXAMPLE/);
  });
});

describe('an answer that does not come', () => {
  it.each<[string, Answer, string]>([
    ['nobody answers', () => undefined, 'TimeoutError'],
    ['the connection is lost', (response) => response.destroy(), 'TimeoutError'],
    [
      'the connection is lost half-way',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{');
        setTimeout(() => response.destroy(), 20);
      },
      'TimeoutError',
    ],
    [
      'it stops half-way',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{');
      },
      'TimeoutError',
    ],
    ['what comes is not HTTP', (response) => response.socket?.end('SSH-2.0-x\r\n\r\n'), 'Error'],
  ])('fails where %s, after two attempts at most', async (_what, given, name) => {
    answer = given;
    const failure = await failureOf(transport(request()));
    expect(failure.name).toBe(name);
    expect(failure.$metadata.httpStatusCode).toBeUndefined();
    expect(server.seen).toHaveLength(failure.$metadata.attempts ?? 0);
    expect(failure.$metadata.attempts).toBe(name === 'TimeoutError' ? 2 : 1);
  });

  it('ends with the time that all attempts have together, even while it drips', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '10000' });
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    };
    const startedAt = performance.now();
    expect((await failureOf(transport(request()))).name).toBe('TimeoutError');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(timeouts.totalMs - 50);
    expect(server.seen).toHaveLength(1);
  });

  it('names the code of the system where nobody listens', async () => {
    const { close } = server;
    const of = request();
    await close();
    expect(await failureOf(transport(of))).toMatchObject({ name: 'Error', code: 'ECONNREFUSED' });
  });
});
