import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiGatewayPeerGateway } from '../../../functions/adapters/api-gateway/peer-gateway.ts';
import { signedPeerGateway } from '../../../functions/adapters/api-gateway/signed-peer-gateway.ts';
import { awsTransport } from '../../../functions/adapters/aws/transport.ts';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import type { ConnectionId } from '../../../protocol/ids.ts';
import { connectionId, robotId, sessionId } from '../../../protocol/ids.ts';
import type { ServerMessage } from '../../../protocol/messages.ts';
import { type Answer, answering, type LoopbackServer, loopbackServer } from './support/loopback-server.ts';

const secret = 'v=0 candidate:842163049 ice-pwd:s3cr3t';
const message: ServerMessage = {
  type: 'error',
  code: 'peer_away',
  message: `Grüße ☀ ${secret}`,
  retryable: true,
};
const id: ConnectionId = connectionId.parse('L0SM9cOFvHcCIhw=');
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'key', sessionToken: 'session-token-x' };
const timeouts = { connectMs: 200, requestMs: 250, totalMs: 700 };

const patient = { connectMs: 1_000, requestMs: 3_000, totalMs: 5_000 };
const region = 'eu-central-1';
/** `revocation` asks by the SDK's client, all others sign their own requests: the port promises the same of both. */
const ways = {
  'by the SDK': (timeouts: typeof patient) => apiGatewayPeerGateway({ region, credentials, timeouts }),
  'by signed requests': (timeouts: typeof patient) =>
    signedPeerGateway({
      transport: awsTransport({ timeouts, maxAttempts: 2, credentials: () => credentials }),
      region,
    }),
};

let answer: Answer;
let server: LoopbackServer;

beforeEach(async () => {
  answer = answering(200);
  server = await loopbackServer(() => answer);
});
afterEach(() => server.close());

const target = () => ({ connectionId: id, endpoint: `${server.url}/prod` });

async function failureOf(attempt: Promise<unknown>): Promise<DependencyUnavailable> {
  const failure: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof DependencyUnavailable)) {
    throw new Error(`expected DependencyUnavailable, got ${inspect(failure)}`);
  }
  return failure;
}

const goneWithName = answering(410, { 'x-amzn-errortype': 'GoneException' }, '{"message":"Gone"}');
const goneWithoutName = answering(410, { 'content-type': 'application/json' }, '{"message":"Gone"}');
const gonePlain = answering(410, { 'content-type': 'text/html' }, '<html>410 Gone</html>');
const goneEmpty = answering(410);
const goneShapes = { goneWithName, goneWithoutName, gonePlain, goneEmpty };

describe.each(Object.entries(ways))('%s', (_way, gatewayWith) => {
  const gateway = gatewayWith(patient);
  /** For what hangs. Too hasty for what is throttled: a second passes before it is tried again. */
  const hasty = gatewayWith(timeouts);
  const post = () => gateway.post(target(), message);
  const close = () => gateway.close(target());
  const find = () => gateway.find(target());

  describe('post', () => {
    it('delivers the message as UTF-8 JSON, signed, to the connection', async () => {
      await expect(post()).resolves.toBe('delivered');
      const [request] = server.seen;
      expect(request?.method).toBe('POST');
      expect(JSON.parse(request?.body ?? '')).toEqual(message);
      expect(request?.headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request/,
      );
    });

    it.each([
      [
        'numbers that grow when they are written anew',
        JSON.parse(`[${Array(7_000).fill('1e20').join(',')}]`),
      ],
      ['text above a frame', 'x'.repeat(33 * 1024)],
      ['nesting that can be read but not written', JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)],
    ])('does not send %s, which would close the receiver', async (_what, data: unknown) => {
      const large: ServerMessage = {
        type: 'signal',
        sessionId: sessionId.parse('s'),
        robotId: robotId.parse('rover-1'),
        from: 'client',
        seq: 1,
        kind: 'custom',
        data,
        leaseEpoch: 0,
      };
      expect(await gateway.post(target(), large)).toBe('too_large');
      expect(server.seen).toEqual([]);
    });

    it('encodes an id that ends in `=`, below the stage', async () => {
      await post();
      expect(server.seen[0]?.url).toMatch(/^\/prod\/(@|%40)connections\/L0SM9cOFvHcCIhw%3D$/);
    });

    it('encodes an id with a slash, so that it stays one segment', async () => {
      await gateway.post({ ...target(), connectionId: connectionId.parse('a/../b+c=') }, message);
      expect(server.seen[0]?.url.split('connections/')[1]).toBe('a%2F..%2Fb%2Bc%3D');
    });

    it('does not mind a body in a 200', async () => {
      answer = answering(200, { 'content-type': 'text/plain' }, 'OK');
      await expect(post()).resolves.toBe('delivered');
    });

    it.each(Object.entries(goneShapes))('takes 410 for gone: %s', async (_shape, gone) => {
      answer = gone;
      await expect(post()).resolves.toBe('gone');
      expect(server.seen).toHaveLength(1);
    });

    it.each([
      [
        '429',
        answering(429, { 'x-amzn-errortype': 'LimitExceededException' }, '{}'),
        'LimitExceededException',
        2,
      ],
      [
        '500',
        answering(500, { 'x-amzn-errortype': 'InternalServerException' }, '{}'),
        'InternalServerException',
        2,
      ],
      ['502 of a proxy', answering(502, { 'content-type': 'text/html' }, '<html>'), 'Http502', 2],
      ['403', answering(403, { 'x-amzn-errortype': 'ForbiddenException' }, '{}'), 'ForbiddenException', 1],
      ['404', answering(404, {}, '{}'), 'Http404', 1],
    ])('throws DependencyUnavailable on %s', async (_status, given, code, attempts) => {
      answer = given;
      const failure = await failureOf(post());
      expect(failure.code).toBe(code);
      expect(failure.message).toContain('@connections');
      expect(server.seen).toHaveLength(attempts);
    });

    it.each([
      ['with the name of AWS', answering(413, { 'x-amzn-errortype': 'PayloadTooLargeException' }, '{}')],
      ['of a proxy', answering(413, { 'content-type': 'text/html' }, '<html>')],
    ])('takes 413 for too large, and does not ask again: %s', async (_shape, tooLarge) => {
      answer = tooLarge;
      await expect(post()).resolves.toBe('too_large');
      expect(server.seen).toHaveLength(1);
    });

    it('succeeds with the second attempt when the first was throttled', async () => {
      answer = (response, request) => {
        answer = answering(200);
        answering(429, { 'x-amzn-errortype': 'LimitExceededException' }, '{}')(response, request);
      };
      await expect(post()).resolves.toBe('delivered');
      expect(server.seen).toHaveLength(2);
    });
  });

  describe('close', () => {
    it('deletes the connection', async () => {
      answer = answering(204);
      await expect(close()).resolves.toBe('closed');
      expect(server.seen[0]?.method).toBe('DELETE');
      expect(server.seen[0]?.url).toMatch(/L0SM9cOFvHcCIhw%3D$/);
    });

    it.each(Object.entries(goneShapes))('takes 410 for gone: %s', async (_shape, gone) => {
      answer = gone;
      await expect(close()).resolves.toBe('gone');
    });

    it('throws DependencyUnavailable on 500', async () => {
      answer = answering(500, {}, '{}');
      expect((await failureOf(close())).code).toBe('Http500');
    });
  });

  describe('find', () => {
    /** As AWS answers. */
    const found = answering(
      200,
      { 'content-type': 'application/json' },
      JSON.stringify({
        connectedAt: '2027-01-15T08:00:00Z',
        identity: { sourceIp: '203.0.113.7', userAgent: 'Mozilla/5.0' },
        lastActiveAt: '2027-01-15T08:10:00Z',
      }),
    );

    it('asks for the connection, signed, and finds it open', async () => {
      answer = found;
      await expect(find()).resolves.toBe('open');
      const [request] = server.seen;
      expect(server.seen).toHaveLength(1);
      expect(request?.method).toBe('GET');
      expect(request?.body).toBe('');
      expect(request?.headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request/,
      );
    });

    it('encodes an id that ends in `=`, below the stage', async () => {
      await find();
      expect(server.seen[0]?.url).toMatch(/^\/prod\/(@|%40)connections\/L0SM9cOFvHcCIhw%3D$/);
    });

    it('encodes an id with a slash, so that it stays one segment', async () => {
      await gateway.find({ ...target(), connectionId: connectionId.parse('a/../b+c=') });
      expect(server.seen[0]?.url.split('connections/')[1]).toBe('a%2F..%2Fb%2Bc%3D');
    });

    it('does not mind an answer without a body', async () => {
      answer = answering(200);
      await expect(find()).resolves.toBe('open');
    });

    it.each(Object.entries(goneShapes))(
      'takes 410 for gone, at the first attempt: %s',
      async (_shape, gone) => {
        answer = gone;
        await expect(find()).resolves.toBe('gone');
        expect(server.seen).toHaveLength(1);
      },
    );

    it.each([
      ['403', 403, 'ForbiddenException', 1],
      ['429', 429, 'LimitExceededException', 2],
      ['500', 500, 'InternalServerException', 2],
    ])('I10: throws DependencyUnavailable on %s, which says nothing of the socket', async (...given) => {
      const [, status, errorType, attempts] = given;
      answer = answering(status, { 'x-amzn-errortype': errorType }, '{}');
      const failure = await failureOf(find());
      expect(failure.code).toBe(errorType);
      expect(failure.message).toContain('@connections');
      expect(server.seen).toHaveLength(attempts);
    });

    it.each([403, 404, 429, 500, 502])('I10: nor does a nameless %i', async (status) => {
      answer = answering(status, { 'content-type': 'text/html' }, '<html>');
      expect((await failureOf(find())).code).toBe(`Http${status}`);
    });

    it('I10: throws DependencyUnavailable when nobody answers in time', async () => {
      answer = () => undefined;
      expect((await failureOf(hasty.find(target()))).code).toBe('TimeoutError');
    });

    it('finds with the second attempt when the first was throttled', async () => {
      answer = (response, request) => {
        answer = found;
        answering(429, { 'x-amzn-errortype': 'LimitExceededException' }, '{}')(response, request);
      };
      await expect(find()).resolves.toBe('open');
      expect(server.seen).toHaveLength(2);
    });
  });

  describe('a gateway that does not answer', () => {
    const hangs: Record<string, Answer> = {
      'never answers': () => undefined,
      'sends headers and stops': (response) => {
        response.writeHead(500, { 'content-length': '100' });
        response.write('{');
      },
      'drips its answer': (response) => {
        response.writeHead(500, { 'content-length': '1000' });
        const drip = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(drip));
      },
    };

    it.each(Object.entries(hangs))('%s: fails within the total time limit', async (_name, hang) => {
      answer = hang;
      const startedAt = performance.now();
      const failure = await failureOf(hasty.post(target(), message));
      expect(performance.now() - startedAt).toBeLessThan(timeouts.totalMs + 1000);
      expect(failure.code).toBe('TimeoutError');
    });

    it('is not there at all: fails with the code of the system', async () => {
      await server.close();
      expect((await failureOf(post())).code).toBe('ECONNREFUSED');
    });

    it('is tried again by a connection of its own when a kept one has died', async () => {
      const sockets = new Set<unknown>();
      answer = (response) => {
        sockets.add(response.socket);
        response.writeHead(200).end();
      };
      await post();
      answer = (response) => {
        sockets.add(response.socket);
        if (server.seen.length === 2) response.socket?.destroy();
        else response.writeHead(200).end();
      };
      await expect(post()).resolves.toBe('delivered');
      expect(server.seen).toHaveLength(3);
      expect(sockets.size).toBe(2);
    });
  });

  describe('I9: what is thrown', () => {
    const everything = (thrown: unknown) => inspect(thrown, { depth: 12, showHidden: true, getters: true });

    it.each([
      ['an echo as JSON', (body: string) => JSON.stringify({ message: body })],
      ['an echo as text', (body: string) => body],
      ['an echo as error type', (body: string) => JSON.stringify({ __type: body, code: body })],
    ])(
      'holds neither what was sent nor the signature, even when the gateway answers with %s',
      async (_how, echo) => {
        answer = (response, { body }) =>
          answering(
            500,
            { 'x-amzn-requestid': 'abc-123' },
            echo(body),
          )(response, {
            method: '',
            url: '',
            headers: {},
            body,
          });
        const failure = await failureOf(post());
        const text = everything(failure);
        expect(text).not.toContain(secret);
        expect(text).not.toContain('ice-pwd');
        expect(text).not.toContain(credentials.sessionToken);
        expect(text).not.toContain('Signature=');
        expect(failure.cause).toMatchObject({ status: 500, attempts: 2 });
        expect(failure.cause).not.toHaveProperty('$response');
      },
    );

    it('holds none of it either when nobody answers', async () => {
      answer = () => undefined;
      const text = everything(await failureOf(hasty.post(target(), message)));
      expect(text).not.toContain('ice-pwd');
      expect(text).not.toContain(credentials.sessionToken);
    });
  });

  describe('connections', () => {
    it('keeps its sockets', async () => {
      const sockets = new Set<unknown>();
      answer = (response) => {
        sockets.add(response.socket);
        response.writeHead(200).end();
      };
      for (let i = 0; i < 5; i++) await post();
      expect(sockets.size).toBe(1);
    });

    it('still serves when more endpoints were used than are kept', async () => {
      for (let i = 0; i < 40; i++) {
        await gateway.post({ connectionId: id, endpoint: `${server.url}/stage-${i % 20}` }, message);
      }
      expect(server.seen).toHaveLength(40);
    });
  });
});
