import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../ops/cli/main.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  vi.unstubAllEnvs();
});

type Answer = { readonly status: number; readonly body: string };

/** An endpoint of AWS's query protocol, which CloudFormation speaks; it knows no start page of a local stack. */
async function cloudFormation(answer: (stackName: string) => Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = new URLSearchParams(await text(request));
    const { status, body: xml } =
      request.method === 'GET' ? { status: 404, body: '' } : answer(body.get('StackName') ?? '');
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(xml);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => new Promise((resolve) => void server.close(resolve).closeAllConnections()));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const refuse = (status: number, code: string, message = 'made to fail'): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
const notThere = refuse(400, 'ValidationError', 'Stack with id x does not exist');
const stack = (name: string, status: string): Answer => ({
  status: 200,
  body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><CreationTime>2026-11-21T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
});

const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-central-1' };

async function doctor(env: Record<string, string>, ...flags: string[]) {
  const written = { out: '', err: '' };
  const code = await main([...flags, 'doctor'], {
    env,
    streams: {
      out: (said) => {
        written.out += said;
      },
      err: (said) => {
        written.err += said;
      },
      colours: false,
    },
    stop: new AbortController().signal,
    now: () => Date.now(),
  });
  return { code, ...written };
}

/** Nothing of the machine that this runs on. */
function withoutAws() {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
}

describe('what is wrong with where it is to look is said clearly, with what to do', () => {
  it('no credentials', async () => {
    withoutAws();
    const endpoint = await cloudFormation(() => notThere);
    const { code, err } = await doctor({ AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: endpoint });
    expect(code).toBe(1);
    expect(err).toContain('There are no AWS credentials.');
    expect(err).toMatch(/AWS_PROFILE.*aws sso login/);
  });

  it('no region', async () => {
    withoutAws();
    const { code, err } = await doctor({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    expect({ code, err }).toEqual({
      code: 1,
      err: 'No AWS region is given.\nSet AWS_REGION to the one that Heliograph is deployed in.\n',
    });
  });

  it('wrong region, or wrong stage', async () => {
    const AWS_ENDPOINT_URL = await cloudFormation(() => notThere);
    const { code, err } = await doctor({ ...keys, AWS_ENDPOINT_URL }, '--stage', 'prod');
    expect(code).toBe(1);
    expect(err).toContain('There is no Heliograph of the stage prod in eu-central-1.');
    expect(err).toContain('Set AWS_REGION to where it is, or give --stage; else deploy it');
  });

  it.each([
    [
      'AccessDenied',
      /may not call cloudformation:DescribeStacks/,
      /have cloudformation:DescribeStacks allowed/,
    ],
    ['ExpiredToken', /does not take these credentials/, /sign in again/],
    ['InvalidClientTokenId', /does not take these credentials/, /sign in again/],
    ['InternalFailure', /DescribeStacks failed: InternalFailure/, /Try again/],
  ])('a call that is refused: %s', async (name, message, remedy) => {
    const AWS_ENDPOINT_URL = await cloudFormation(() => refuse(name === 'InternalFailure' ? 500 : 403, name));
    const { code, err } = await doctor({ ...keys, AWS_ENDPOINT_URL });
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).toMatch(remedy);
  });

  it.each([
    [
      'a stack that is missing',
      'Store',
      notThere,
      'Heliograph-prod-Store is missing',
      'Finish it: npx cdk deploy --all',
    ],
    [
      'a stack that failed',
      'Signaling',
      stack('s', 'ROLLBACK_COMPLETE'),
      'Heliograph-prod-Signaling is ROLLBACK_COMPLETE',
      'Finish it',
    ],
    [
      'a deployment under way',
      'Signaling',
      stack('s', 'UPDATE_IN_PROGRESS'),
      'is UPDATE_IN_PROGRESS',
      'wait until it has ended',
    ],
  ])('a half-deployed stage: %s', async (_what, part, answer, message, remedy) => {
    const AWS_ENDPOINT_URL = await cloudFormation((name) =>
      name.endsWith(part) ? answer : stack(name, 'CREATE_COMPLETE'),
    );
    const { code, err } = await doctor({ ...keys, AWS_ENDPOINT_URL }, '--stage', 'prod');
    expect(code).toBe(1);
    expect(err).toContain('The stage prod in eu-central-1 is half deployed');
    expect(err).toContain(message);
    expect(err).toContain(remedy);
  });

  it('an emulator or a local stack that does not run', async () => {
    const gone = await cloudFormation(() => notThere);
    await stops.pop()?.();
    const { code, err } = await doctor({ ...keys, AWS_ENDPOINT_URL: gone });
    expect(code).toBe(1);
    expect(err).toContain(`Nobody answers at ${gone}`);
    expect(err).toContain(
      'Start the local stack (`npm start`) or the emulator there, or unset AWS_ENDPOINT_URL',
    );
  });

  it('an address that is none', async () => {
    const { code, err } = await doctor({ ...keys, AWS_ENDPOINT_URL: 'localhost' });
    expect(code).toBe(1);
    expect(err).toContain('AWS_ENDPOINT_URL is no URL');
  });

  it('with --json, as JSON', async () => {
    const AWS_ENDPOINT_URL = await cloudFormation(() => notThere);
    const { err, out } = await doctor({ ...keys, AWS_ENDPOINT_URL }, '--json');
    expect(out).toBe('');
    expect(JSON.parse(err)).toEqual({
      error: expect.stringContaining('There is no Heliograph'),
      remedy: expect.any(String),
    });
  });
});
