import { defaultConventions } from '../../../../functions/pool-conventions.ts';
import { type RouteKey, routeTable } from '../../../../functions/route-table.ts';
import {
  type TableName,
  type TableShape,
  tableShapes,
  ttlAttribute,
} from '../../../../functions/table-shapes.ts';
import type { ClientFacts, Setup, TableFacts } from '../../../../ops/doctor/setup.ts';
import { makeTokenPolicy } from '../../../../protocol/token-policy.ts';

const hour = { unit: 'minutes' } as const;

export const goodClient: ClientFacts = {
  access: { value: 240, ...hour },
  id: { value: 240, ...hour },
  refresh: { value: 365 * 24 * 60, ...hour },
  flows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  rotation: false,
  revocation: true,
  hasSecret: false,
};

export function goodTable(name: TableName): TableFacts {
  const { partitionKey, sortKey, indexes }: TableShape = tableShapes[name];
  return {
    status: 'ACTIVE',
    keys: [partitionKey.name, ...(sortKey === undefined ? [] : [sortKey.name])],
    indexes: indexes.map((index) => ({
      name: index.name,
      keys: [index.partitionKey.name, index.sortKey.name],
      status: 'ACTIVE',
    })),
    ttl: ttlAttribute,
  };
}

export const goodStage = {
  logsMessages: false,
  throttle: 2_000,
  routes: Object.entries(routeTable).map(([key, { responds }]) => ({ key, responds, hasTarget: true })),
};

const now = 1_800_000_000_000;

/** A deployment on AWS of which everything is as it must be. */
export function goodSetup(): Setup {
  return {
    title: 'stage prod in eu-central-1',
    kind: 'aws',
    policy: makeTokenPolicy(),
    clientIds: { robots: 'robots-id', people: 'people-id' },
    moreClientIds: [],
    acceptedClientIds: ['robots-id', 'people-id'],
    userPoolId: 'eu-central-1_Pool',
    conventions: defaultConventions,
    functionsPoolId: 'eu-central-1_Pool',
    redeploy: 'Deploy again: npx cdk deploy --all.',
    now: () => now,
    client: async (id) =>
      id === 'robots-id'
        ? goodClient
        : id === 'people-id'
          ? { ...goodClient, refresh: { value: 30 * 24 * 60, ...hour } }
          : undefined,
    groups: async () => ['robots', 'operators', 'viewers', 'admins', 'fleet:demo'],
    table: async (name) => goodTable(name),
    overdueMs: async () => 20_000,
    jwks: async () => ({ status: 200, at: now - 700, body: { keys: [{ kid: 'a', alg: 'RS256' }] } }),
    handshake: async () => ({ status: 401 }),
    visit: async () => ({
      signIn: 'done',
      lifeMs: 4 * 3_600_000,
      handshake: { status: 101 },
      answer: 'welcome',
      tookMs: 180,
    }),
    managed: {
      routeResponses: true,
      expectedRoutes: Object.keys(routeTable) as RouteKey[],
      cleanupFunction: 'the-cleanup',
      stage: async () => goodStage,
      schedule: async () => ({
        enabled: true,
        expression: 'rate(1 minute)',
        target: 'arn:aws:lambda:eu-central-1:123456789012:function:the-cleanup',
      }),
      functions: async () =>
        ['connection', 'sessions', 'relay', 'cleanup', 'revocation'].map((name) => ({
          name,
          state: 'Active',
        })),
    },
  };
}
