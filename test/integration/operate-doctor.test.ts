import { get } from 'node:http';
import {
  CognitoIdentityProviderClient,
  DeleteGroupCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingVariables } from '../../functions/environment-names.ts';
import { dependencies } from '../../functions/runtime/dependencies.ts';
import { awsServices } from '../../functions/runtime/sdk-services.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { seededPassword } from '../../local/stack/users.ts';
import { localClient, localTableNames } from '../../local/store/local-store.ts';
import { connectionId, principalId } from '../../protocol/ids.ts';
import { makeTokenPolicy } from '../../protocol/token-policy.ts';
import { localOnly } from './support/emulator.ts';
import { type Operated, startOperated } from './support/operated.ts';
import { enterAs } from './support/raw-client.ts';

const visitor = { HELIOGRAPH_USER: 'operator-1', HELIOGRAPH_PASSWORD: seededPassword };

/** What differs from run to run, as in the transcripts of the documentation. */
function normal(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:4500')
    .replaceAll(/left; \d+ ms/g, 'left; 180 ms')
    .replaceAll(/right, to \d+ s/g, 'right, to 1 s')
    .replaceAll(/\b3 min( 1 s)? behind/g, '3 min behind')
    .replaceAll(/is due since 10 min( \d+ s)?/g, 'is due since 10 min');
}

function cognitoOf({ addresses }: LocalStack) {
  return new CognitoIdentityProviderClient({
    endpoint: addresses.identity,
    region: addresses.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** Everything that is stored: rows, users, groups. */
async function everything(stack: LocalStack): Promise<string> {
  const client = localClient(stack.addresses.dynamodb);
  const rows = await Promise.all(
    Object.values(localTableNames).map((TableName) =>
      client.send(new ScanCommand({ TableName })).then(({ Items }) => Items),
    ),
  );
  const pool = { UserPoolId: stack.addresses.userPoolId };
  const { Users } = await cognitoOf(stack).send(new ListUsersCommand(pool));
  client.destroy();
  return JSON.stringify({ rows, Users });
}

describe.skipIf(localOnly)('[local-only] heliograph doctor, on a good setup', () => {
  let operated: Operated;
  beforeAll(async () => {
    operated = await startOperated();
  });
  afterAll(() => operated.close());

  it('finds everything in order, as the transcript in docs/ shows', async () => {
    const { code, out, err } = await operated.call(['doctor'], { env: visitor });
    expect(code).toBe(0);
    expect(err).toMatch(/^Looking at app clients …\n/);
    await expect(normal(`$ heliograph doctor\n${out}`)).toMatchFileSnapshot(
      '../../docs/transcripts/doctor-good.txt',
    );
  });

  it('prints findings as JSON', async () => {
    expect(await operated.json(['doctor'])).toMatchObject({
      deployment: expect.stringContaining('the local stack'),
      findings: expect.arrayContaining([{ check: 'keys', state: 'ok', says: '2 keys at the JWKS.' }]),
    });
  });

  it('a robot is not taken over by a visit in its name', async () => {
    const { client } = await enterAs(operated.stack.addresses, 'rover-2');
    const env = { HELIOGRAPH_USER: 'rover-2', HELIOGRAPH_PASSWORD: seededPassword };
    const { code, out } = await operated.call(['doctor'], { env });
    expect(out).toContain('Signed in, connected, got pong, left');
    expect(code).toBe(0);
    expect(client.received.filter(({ type }) => type === 'goAway')).toEqual([]);
    client.send({ action: 'ping' });
    await client.nextOf('pong');
    await client.close();
  });

  it.each(['/deployment.json', '/events'])(
    '%s is not for a page of another site, whatever name leads here',
    async (path) => {
      const status = (host: string) =>
        new Promise((resolve) => {
          get(new URL(path, operated.url), { headers: { host } }, (response) => {
            response.resume();
            resolve(response.statusCode);
          });
        });
      expect(await status('rebound.example.org')).toBe(421);
      expect(await status(new URL(operated.url).host)).toBe(200);
    },
  );

  it('whoever cannot sign in is told so', async () => {
    const { code, out } = await operated.call(['doctor'], {
      env: { ...visitor, HELIOGRAPH_PASSWORD: 'wrong' },
    });
    expect(code).toBe(1);
    expect(out).toContain('The sign-in was refused: NotAuthorizedException.');
    expect(out).not.toContain('wrong');
  });

  it('commands that only read change nothing', async () => {
    const { client } = await enterAs(operated.stack.addresses, 'rover-3');
    // Until all have been told that it is here.
    await expect.poll(() => everything(operated.stack), { timeout: 10_000 }).toMatch(/rover-3.*arrivalTold/);
    const before = await everything(operated.stack);
    for (const args of [
      ['doctor'],
      ['robots', 'list'],
      ['sessions', 'list'],
      ['tail', '--no-follow', '--since', '1h'],
    ]) {
      expect((await operated.call(args)).code).toBe(0);
      expect((await operated.call(['--json', ...args])).code).toBe(0);
    }
    expect(await everything(operated.stack)).toBe(before);
    await client.close();
  });
});

/** Tokens of an hour, a clock that is off, a table without its index, a group that is gone, a client that is not taken, a cleanup that sleeps. */
async function startBad(): Promise<Operated> {
  const hourMs = 3_600_000;
  const operated = await startOperated(
    {
      tokenTtlMs: hourMs,
      cleanupEveryMs: hourMs,
      graceMs: hourMs,
      identityClock: () => Date.now() + 180_000,
    },
    (environment) => ({
      ...environment,
      [settingVariables.tokenPolicy]: JSON.stringify(makeTokenPolicy()),
      [settingVariables.userPoolClientIds]: 'heliographlocalrobots',
    }),
  );
  const { stack } = operated;
  const pool = { UserPoolId: stack.addresses.userPoolId };
  await cognitoOf(stack).send(new DeleteGroupCommand({ ...pool, GroupName: 'viewers' }));
  await withoutIndexes(stack.addresses.dynamodb, localTableNames.clientSessions);
  const now = Date.now();
  await dependencies(awsServices, stack.environment, { lifeLog: { note: () => undefined } })
    .connections()
    .create({
      connectionId: connectionId.parse('L0SM9cOFvHcCIhw='),
      endpoint: 'http://127.0.0.1:9/local',
      identity: { kind: 'client', principalId: principalId.parse('somebody'), groups: ['operators'] },
      token: { issuedAt: now, expiresAt: now + hourMs, signedInAt: now },
      ...{ connectedAt: now, state: 'connected', watching: [], refreshes: 0, settledUntil: 0 },
      nextDeadlineAt: now - 600_000,
    });
  return operated;
}

async function withoutIndexes(endpoint: string, TableName: string): Promise<void> {
  const client = localClient(endpoint);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  await client.send(new DeleteTableCommand({ TableName }));
  const KeySchema = Table?.KeySchema;
  const names = KeySchema?.map(({ AttributeName }) => AttributeName);
  const AttributeDefinitions = Table?.AttributeDefinitions?.filter(({ AttributeName }) =>
    names?.includes(AttributeName),
  );
  await client.send(
    new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', KeySchema, AttributeDefinitions }),
  );
  client.destroy();
}

describe.skipIf(localOnly)('[local-only] heliograph doctor, on a bad setup', () => {
  let operated: Operated;
  beforeAll(async () => {
    operated = await startBad();
  });
  afterAll(() => operated.close());

  it('finds each of seven faults with its remedy, as the transcript in docs/ shows', async () => {
    const { code, out } = await operated.call(['doctor'], { env: visitor });
    expect(code).toBe(1);
    for (const said of [
      'Access tokens live 1 h, the policy says 4 h',
      'refuse every token of the client people',
      'lacks the group viewers',
      'lacks the index byDeadline',
      'is due since 10 min',
      '3 min behind',
      'The token lives 1 h',
    ]) {
      expect(normal(out)).toContain(said);
    }
    const remedies = out.split('\n').filter((line) => /^ +→ \S/.test(line));
    expect(remedies).toHaveLength(out.split('\n').filter((line) => line.startsWith('✗')).length);
    await expect(normal(`$ heliograph doctor\n${out}`)).toMatchFileSnapshot(
      '../../docs/transcripts/doctor-bad.txt',
    );
  });

  it('finds that the keys cannot be had', async () => {
    operated.stack.identity.faults.failFor(60_000);
    const { code, out } = await operated.call(['doctor']);
    operated.stack.identity.faults.clear();
    expect(code).toBe(1);
    expect(out).toContain('The JWKS answers with 503: no token can be checked.');
  });
});

describe.skipIf(localOnly)('[local-only] heliograph doctor --probe', () => {
  it('settles what the gateway does with ping frames, and how late $disconnect comes', async () => {
    const operated = await startOperated({ idleTimeoutMs: 1_200 });
    try {
      const { code, out, err } = await operated.call(
        ['--json', 'doctor', '--probe', '--idle-minutes', '0.02'],
        { env: visitor },
      );
      expect(code).toBe(0);
      expect(err).toContain('waiting for the idle limit, 1 s, and a fifth more');
      const answers: unknown = JSON.parse(out);
      // The local gateway holds that they do not, as AWS documents only messages.
      expect(answers).toMatchObject({
        pingsResetIdle: false,
        silentLivedMs: expect.any(Number),
        pingedLivedMs: expect.any(Number),
      });
      expect(answers).toMatchObject({
        disconnectAfterCloseMs: expect.any(Number),
        disconnectAfterCutMs: expect.any(Number),
      });
    } finally {
      await operated.close();
    }
  });

  it('asks for a person, and refuses a robot, before anything is connected', async () => {
    const operated = await startOperated();
    try {
      expect(await operated.call(['doctor', '--probe'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('Set HELIOGRAPH_USER'),
      });
      const env = { ...visitor, HELIOGRAPH_USER: 'rover-1' };
      expect(await operated.call(['doctor', '--probe'], { env })).toMatchObject({
        code: 1,
        err: expect.stringContaining('would take the robot over'),
      });
    } finally {
      await operated.close();
    }
  });
});
