import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { makeTokenPolicy } from '../../protocol/token-policy.ts';

/** The message with which a context is refused. */
function refusal(context: Record<string, unknown>): string {
  try {
    parseConfig(context);
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigError') return error.message;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('a configuration', () => {
  test('is complete without a word', () => {
    expect(parseConfig({})).toEqual({
      stage: 'dev',
      tokenPolicy: makeTokenPolicy(),
      queryToken: false,
      tokenUse: 'access',
      iceServers: [{ urls: ['stun:stun.l.google.com:19302'] }],
      fleetSize: 100,
      robotTakeover: 'newest',
      runbookUrl: 'docs/runbook.md',
      maxSessionsPerRobot: 10,
      logRetentionDays: 30,
      throttle: { rate: 2_000, burst: 1_000 },
      apiGatewayLogRole: 'create',
    });
  });

  test('reads the text of the command line and the values of cdk.json alike', () => {
    const fromCommandLine = parseConfig({
      'heliograph:stage': 'prod',
      'heliograph:fleetSize': '5000',
      'heliograph:queryToken': 'true',
      'heliograph:tokenPolicy': '{"tokenMs":3600000}',
    });
    const fromFile = parseConfig({
      'heliograph:stage': 'prod',
      'heliograph:fleetSize': 5000,
      'heliograph:queryToken': true,
      'heliograph:tokenPolicy': { tokenMs: 3_600_000 },
    });
    expect(fromCommandLine).toEqual(fromFile);
    expect(fromFile).toMatchObject({ stage: 'prod', fleetSize: 5000, queryToken: true });
    expect(fromFile.tokenPolicy).toEqual(makeTokenPolicy({ tokenMs: 3_600_000 }));
  });

  test('does not look at the context of others', () => {
    expect(parseConfig({ '@aws-cdk/core:something': true, stage: 'prod' }).stage).toBe('dev');
  });
});

describe('a configuration is refused, by the name of the key,', () => {
  test.each([
    ['an unknown key', { 'heliograph:tokenLife': 5 }, 'heliograph:tokenLife is no setting of Heliograph'],
    [
      'an unknown key of the policy',
      { 'heliograph:tokenPolicy': { tokenLifeMs: 1 } },
      'heliograph:tokenPolicy.tokenLifeMs is no setting',
    ],
    ['everything in one key', { heliograph: { stage: 'prod' } }, 'heliograph:heliograph is no setting'],
    ['a wrong type', { 'heliograph:fleetSize': 'many' }, 'heliograph:fleetSize: '],
    [
      'a wrong type within',
      { 'heliograph:tokenPolicy': { tokenMs: '4h' } },
      'heliograph:tokenPolicy.tokenMs: ',
    ],
    ['a stage that cannot be a name', { 'heliograph:stage': 'Prod_1' }, 'heliograph:stage: must be a lower'],
    [
      'a retention that CloudWatch lacks',
      { 'heliograph:logRetentionDays': 31 },
      'heliograph:logRetentionDays',
    ],
    ['a wrong choice', { 'heliograph:tokenUse': 'refresh' }, 'heliograph:tokenUse: '],
    ['a takeover that is neither', { 'heliograph:robotTakeover': 'oldest' }, 'heliograph:robotTakeover: '],
    [
      'an endpoint without the placeholder',
      { 'heliograph:emulator': { routeResponses: false, managementEndpoint: 'http://127.0.0.1' } },
      'heliograph:emulator.managementEndpoint: ',
    ],
  ])('for %s', (_what, context, message) => {
    expect(refusal(context)).toContain(message);
  });

  test('for several at once, each named', () => {
    const message = refusal({ 'heliograph:a': 1, 'heliograph:fleetSize': 0 });
    expect(message).toContain('heliograph:a is no setting');
    expect(message).toContain('heliograph:fleetSize: ');
  });
});

describe('TURN servers', () => {
  const urls = ['turn:turn.example.org'];
  const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:turn/shared-AbC123';

  test('are none unless configured', () => {
    expect(parseConfig({})).not.toHaveProperty('turn');
  });

  test('take their secret by name or ARN, and credentials of an hour', () => {
    const turn = (of: unknown) => parseConfig({ 'heliograph:turn': of }).turn;
    const credentialsMs = 3_600_000;
    expect(turn({ urls, secretArn })).toEqual({ urls, secretId: secretArn, credentialsMs });
    expect(turn(JSON.stringify({ urls, secretName: 'turn/shared' }))).toEqual({
      urls,
      secretId: 'turn/shared',
      credentialsMs,
    });
    expect(turn({ urls, secretArn, credentialsMs: 86_400_000 })).toMatchObject({ credentialsMs: 86_400_000 });
  });

  test.each([
    'turn:turn.example.org',
    'turn:turn.example.org:3478',
    'turn:192.0.2.1:3478?transport=udp',
    'turn:[2001:db8::1]:3478?transport=tcp',
    'turns:turn.example.org:5349?transport=tcp',
  ])('may be at %s', (url) => {
    expect(parseConfig({ 'heliograph:turn': { urls: [url], secretArn } }).turn?.urls).toEqual([url]);
  });

  test.each([
    ...[
      'stun:turn.example.org',
      'turn://turn.example.org',
      'turn:user:password@turn.example.org',
      'turn.example.org',
      'turn:turn.example.org?transport=sctp',
      'turn:turn.example.org:port',
    ].map((url) => [
      url,
      { urls: [url], secretArn },
      /heliograph:turn\.urls\.0: must be a TURN URL, such as/,
    ]),
    ['no server', { urls: [], secretArn }, /heliograph:turn\.urls: must name at least one server/],
    ['no secret', { urls }, /heliograph:turn: must have either secretArn or secretName/],
    ['two secrets', { urls, secretArn, secretName: 'turn' }, /heliograph:turn: must have either/],
    ['the secret itself', { urls, secret: 'north' }, /heliograph:turn\.secret is no setting/],
    [
      'half an ARN',
      { urls, secretArn: secretArn.slice(0, -7) },
      /heliograph:turn\.secretArn: must be the whole/,
    ],
    [
      'the ARN of something else',
      { urls, secretArn: 'arn:aws:s3:::turn' },
      /turn\.secretArn: must be the whole/,
    ],
    ['an ARN for a name', { urls, secretName: secretArn }, /heliograph:turn\.secretName: must be the name/],
    [
      'a life below a minute',
      { urls, secretArn, credentialsMs: 59_999 },
      /credentialsMs: must be at least 60000/,
    ],
    [
      'a life above a day',
      { urls, secretArn, credentialsMs: 86_400_001 },
      /credentialsMs: must be at most 86400000/,
    ],
  ] as [string, unknown, RegExp][])('are refused for %s', (_what, turn, message) => {
    expect(refusal({ 'heliograph:turn': turn })).toMatch(message);
  });

  test('I9: are refused without a word of what may be a secret', () => {
    const turn = { urls: ['turn:user:north@turn.example.org'], secret: 'north', secretArn: 'north' };
    expect(refusal({ 'heliograph:turn': turn })).not.toContain('north');
  });
});

describe('a token policy is refused', () => {
  const hourMs = 3_600_000;
  test.each([
    ['a life below what Cognito allows', { tokenMs: 4 * 60_000 }, /tokenMs is 240000 ms, but Cognito allows/],
    ['a life above what Cognito allows', { tokenMs: 25 * hourMs }, /tokenMs is 90000000 ms, but Cognito/],
    [
      'a refresh token that Cognito would refuse',
      { refreshTokenMs: { people: hourMs / 2, robots: 24 * hourMs } },
      /refreshTokenMs\.people is 1800000 ms, but Cognito allows/,
    ],
    ['a cleanup slower than the grace', { cleanupEveryMs: 120_000 }, /cleanup every 120000 ms is slower/],
    ['a warning longer than the life', { tokenMs: hourMs, warnMs: [2 * hourMs] }, /warning of 7200000 ms/],
    ['a life that is no whole minutes', { tokenMs: hourMs + 1 }, /tokenMs is 3600001 ms; .* whole minutes/],
  ])('for %s', (_what, tokenPolicy, message) => {
    const refused = refusal({ 'heliograph:tokenPolicy': tokenPolicy });
    expect(refused).toContain('heliograph:tokenPolicy: ');
    expect(refused).toMatch(message);
  });
});
