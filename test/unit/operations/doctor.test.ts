import { describe, expect, it } from 'vitest';
import { defaultConventions } from '../../../functions/pool-conventions.ts';
import { examine, hasFaults } from '../../../ops/doctor/doctor.ts';
import type { Finding } from '../../../ops/doctor/finding.ts';
import { inWords } from '../../../ops/doctor/finding.ts';
import type { Setup } from '../../../ops/doctor/setup.ts';
import { OperationFailed } from '../../../ops/failure.ts';
import { goodClient, goodSetup, goodStage, goodTable } from './support/good-setup.ts';

const look = (setup: Setup) => examine(setup, () => undefined);
const faultsOf = (findings: readonly Finding[]) =>
  findings.flatMap((finding) => (finding.state === 'fault' ? [finding] : []));

const good = goodSetup();
const managed = good.managed ?? fail();

function fail(): never {
  throw new Error('The good setup is managed.');
}

describe('a setup that is as it must be', () => {
  it('has no fault and no warning', async () => {
    const findings = await look(good);
    expect(hasFaults(findings)).toBe(false);
    expect(new Set(findings.map(({ state }) => state))).toEqual(new Set(['ok']));
    expect(findings.length).toBeGreaterThan(12);
  });

  it('may take tokens of further app clients that the configuration lists: they are no strangers', async () => {
    const findings = await look({
      ...good,
      moreClientIds: ['legacy-id'],
      acceptedClientIds: ['robots-id', 'people-id', 'legacy-id'],
      // Its app signs in otherwise than by password.
      client: async (id) => (id === 'legacy-id' ? { ...goodClient, flows: [] } : good.client(id)),
    });
    expect(faultsOf(findings)).toEqual([]);
    expect(findings).toContainEqual({
      check: 'accepted clients',
      state: 'ok',
      says: 'The functions take tokens of these 3 app clients, and of no other.',
    });
  });

  it('tells what it looks at next', async () => {
    const told: string[] = [];
    await examine(good, (what) => told.push(what));
    expect(told).toEqual([
      'app clients',
      'groups',
      'tables',
      'functions',
      'stage',
      'schedule',
      'keys',
      'connect',
    ]);
  });
});

type Planted = {
  readonly fault: string;
  readonly plant: Partial<Setup>;
  /** The one finding, and a word of its remedy. */
  readonly check: string;
  readonly says: RegExp;
  readonly remedy: RegExp;
  /** What follows from it, and is found too. */
  readonly also?: RegExp;
};

const robotsAs = (facts: Partial<typeof goodClient>): Partial<Setup> => ({
  client: async (id) => (id === 'robots-id' ? { ...goodClient, ...facts } : good.client(id)),
});

const planted: readonly Planted[] = [
  {
    fault: 'F1: the 1-hour default life: access tokens without a validity',
    plant: robotsAs({ access: { value: undefined, unit: undefined } }),
    check: 'client robots',
    says: /Access tokens live 1 h, the policy says 4 h: no validity is set, and this is Cognito’s default/,
    remedy: /cdk deploy.*Set no validity in the console/,
  },
  {
    fault: 'F1: units in hours where minutes were meant',
    plant: robotsAs({ access: { value: 5, unit: 'hours' } }),
    check: 'client robots',
    says: /Access tokens live 5 h, the policy says 4 h: it is set to 5 hours/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'F1: a unit that is missing',
    plant: robotsAs({ refresh: { value: 12, unit: undefined } }),
    check: 'client robots',
    says: /Refresh tokens live 12 days, the policy says 365 days: it is set to 12 without a unit, which Cognito takes for days/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a missing index',
    plant: {
      table: async (name) => ({
        ...goodTable(name),
        ...(name === 'connections' && { indexes: goodTable(name).indexes.slice(1) }),
      }),
    },
    check: 'table connections',
    says: /lacks the index byDeadline: the cleanup finds nothing/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a schedule that is dead: disabled',
    plant: {
      managed: {
        ...managed,
        schedule: async () => ({ enabled: false, expression: 'rate(1 minute)', target: 'x:the-cleanup' }),
      },
    },
    check: 'schedule',
    says: /disabled: the cleanup never runs/,
    remedy: /Enable it in EventBridge Scheduler/,
  },
  {
    fault: 'a schedule that is dead: gone',
    plant: { managed: { ...managed, schedule: async () => undefined } },
    check: 'schedule',
    says: /There is no schedule/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a schedule that is dead: nothing is done',
    plant: { overdueMs: async () => 600_000 },
    check: 'cleanup',
    says: /due since 10 min: the cleanup stands still/,
    remedy: /heliograph tail .*CleanupStopped/,
  },
  {
    fault: 'a wrong client: the functions take tokens of another',
    plant: { acceptedClientIds: ['robots-id', 'old-id'] },
    check: 'accepted clients',
    says: /refuse every token of the client people/,
    also: /take tokens of old-id, which is no client of ours/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a wrong client: one that is listed, and that the pool does not have',
    plant: { moreClientIds: ['legacy-id'], acceptedClientIds: ['robots-id', 'people-id', 'legacy-id'] },
    check: 'client legacy-id',
    says: /has no app client legacy-id/,
    remedy: /identity\.userPoolClients\.more/,
  },
  {
    fault: 'a wrong client: one that is listed, and that the functions do not take',
    plant: { moreClientIds: ['people-id', 'robots-id'], acceptedClientIds: ['robots-id'] },
    check: 'accepted clients',
    says: /refuse every token of the client people/,
    also: /client that is listed \(people-id\)/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'F1: a client that is listed, with tokens of 1 h',
    plant: {
      moreClientIds: ['legacy-id'],
      acceptedClientIds: ['robots-id', 'people-id', 'legacy-id'],
      client: async (id) =>
        id === 'legacy-id'
          ? { ...goodClient, id: { value: undefined, unit: undefined }, flows: [] }
          : good.client(id),
    },
    check: 'client legacy-id',
    says: /ID tokens live 1 h, the policy says 4 h/,
    remedy: /applyTokenPolicy/,
  },
  {
    fault: 'a wrong client: one that the pool does not have',
    plant: { clientIds: { robots: 'robots-id', people: 'deleted-id' } },
    check: 'client people',
    says: /has no app client deleted-id/,
    also: /client people \(deleted-id\)|take tokens of people-id/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a clock that is 3 min behind',
    plant: { jwks: async () => ({ status: 200, at: good.now() + 180_000, body: { keys: [{ kid: 'a' }] } }) },
    check: 'clock',
    says: /3 min( 1 s)? behind, the leeway is 30 s: tokens look younger here/,
    remedy: /NTP/,
  },
  {
    fault: 'a clock that is 3 min ahead',
    plant: { jwks: async () => ({ status: 200, at: good.now() - 180_500, body: { keys: [{ kid: 'a' }] } }) },
    check: 'clock',
    says: /3 min ahead/,
    remedy: /NTP/,
  },
  {
    fault: 'a JWKS without keys',
    plant: { jwks: async () => ({ status: 200, at: good.now() - 500, body: { keys: [] } }) },
    check: 'keys',
    says: /no keys: no token can be checked/,
    remedy: /user pool .* exists/,
  },
  {
    fault: 'a group that is missing',
    plant: { groups: async () => ['robots', 'operators', 'admins'] },
    check: 'groups',
    says: /lacks the group viewers/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a route that is missing',
    plant: {
      managed: {
        ...managed,
        stage: async () => ({
          ...goodStage,
          routes: goodStage.routes.filter(({ key }) => key !== 'refreshToken'),
        }),
      },
    },
    check: 'stage',
    says: /no working route refreshToken/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'I9: a stage that logs whole messages',
    plant: { managed: { ...managed, stage: async () => ({ ...goodStage, logsMessages: true }) } },
    check: 'stage',
    says: /Execution logs hold whole messages, tokens among them/,
    remedy: /LoggingLevel to OFF.*delete that log group/,
  },
  {
    fault: 'rows that do not expire',
    plant: {
      table: async (name) => ({ ...goodTable(name), ...(name === 'directory' && { ttl: undefined }) }),
    },
    check: 'table directory',
    says: /Rows are not expired by ttl/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a handshake that fails',
    plant: { handshake: async () => ({ status: 502 }), visit: undefined },
    check: 'connect',
    says: /answered with 502 instead of 401/,
    remedy: /heliograph tail/,
  },
  {
    fault: 'an address that is not there',
    plant: { handshake: async () => ({ unreachable: 'ENOTFOUND' }) },
    check: 'connect',
    says: /cannot be reached: ENOTFOUND/,
    remedy: /DNS record/,
  },
  {
    fault: 'F1: a token that lives otherwise than everything says',
    plant: {
      visit: async () => ({
        signIn: 'done',
        lifeMs: 3_600_000,
        handshake: { status: 101 },
        answer: 'welcome',
        tookMs: 1,
      }),
    },
    check: 'visit',
    says: /The token lives 1 h, the policy says 4 h/,
    remedy: /cdk deploy/,
  },
  {
    fault: 'a user who is in no group',
    plant: {
      visit: async () => ({
        signIn: 'done',
        lifeMs: 14_400_000,
        handshake: { status: 403 },
        answer: undefined,
        tookMs: 1,
      }),
    },
    check: 'visit',
    says: /refused at the handshake with 403/,
    remedy: /exactly one of robots, operators/,
  },
  {
    fault: 'an app client with a secret',
    plant: robotsAs({ hasSecret: true }),
    check: 'client robots',
    says: /has a secret/,
    remedy: /made anew/,
  },
  {
    fault: 'an app client without the refresh flow',
    plant: robotsAs({ flows: ['ALLOW_USER_PASSWORD_AUTH'] }),
    check: 'client robots',
    says: /ALLOW_REFRESH_TOKEN_AUTH is off/,
    remedy: /applyTokenPolicy/,
  },
  {
    fault: 'rotation of refresh tokens',
    plant: robotsAs({ rotation: true, flows: ['ALLOW_USER_PASSWORD_AUTH'] }),
    check: 'client robots',
    says: /rotated/,
    remedy: /Turn the rotation off/,
  },
  {
    fault: 'a group that an existing pool is said to have, and has not',
    plant: {
      conventions: { ...defaultConventions, groups: { ...defaultConventions.groups, operators: 'Drivers' } },
    },
    check: 'groups',
    says: /lacks the group Drivers/,
    remedy: /Deploy again/,
  },
];

describe('a planted fault is found, alone, with its remedy', () => {
  it.each(planted)('$fault', async ({ plant, check, says, remedy, also }) => {
    const findings = await look({ ...good, ...plant });
    const [found, ...others] = faultsOf(findings).filter(({ says: text }) => also?.test(text) !== true);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ check, state: 'fault' });
    expect(found?.says).toMatch(says);
    expect(found?.remedy).toMatch(remedy);
    expect(hasFaults(findings)).toBe(true);
  });

  it('where it may not look it says so, and looks at the rest', async () => {
    const table = () =>
      Promise.reject(
        new OperationFailed('These credentials may not call dynamodb:DescribeTable.', 'Use a role that may.'),
      );
    const findings = await look({ ...good, table });
    expect(faultsOf(findings)).toEqual([
      {
        check: 'tables',
        state: 'fault',
        says: expect.stringContaining('dynamodb:DescribeTable'),
        remedy: 'Use a role that may.',
      },
    ]);
    expect(findings.length).toBeGreaterThan(9);
  });

  it('what an emulator cannot do is no fault of the deployment', async () => {
    const kind = 'emulator';
    const table: Setup['table'] = async (name) => ({ ...goodTable(name), ttl: undefined });
    const findings = await look({ ...good, kind, table, handshake: async () => ({ status: 403 }) });
    expect(hasFaults(findings)).toBe(false);
    expect(findings.filter(({ state }) => state === 'warning')).toHaveLength(4);
  });

  it('a small lag of the clock within the leeway is none', async () => {
    for (const offMs of [-29_000, 29_000]) {
      const jwks: Setup['jwks'] = async () => ({
        status: 200,
        at: good.now() - 500 + offMs,
        body: { keys: [{ kid: 'a' }] },
      });
      expect(faultsOf(await look({ ...good, jwks }))).toEqual([]);
    }
  });
});

it.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [180_000, '3 min'],
  [14_400_000, '4 h'],
  [5_400_000, '1 h 30 min'],
  [86_400_000, '1 day'],
  [365 * 86_400_000, '365 days'],
])('%i ms are %s', (ms, text) => {
  expect(inWords(ms)).toBe(text);
});
