import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { type TableName, tableNames } from '../../functions/table-shapes.ts';
import { functionAccess } from '../../lib/constructs/function-access.ts';
import { grantsByRole, grantsOf } from './support/statements.ts';
import { resourcesOf, synthesize, synthesized } from './support/synthesized.ts';

const stacks = synthesized();

/** Whoever is called with an event has nobody to answer to: what it fails at is kept. */
function isCalledByEvents(name: FunctionName): boolean {
  return name === 'cleanup' || name === 'revocation';
}

/** `connections`, or `connections/byDeadline` for an index, from the logical id of the table's construct. */
function tableOf(resource: string): string {
  const [, construct = '', index] =
    /^\{([A-Z][A-Za-z]*?)Table[0-9A-F]{8}\}(?:\/index\/(.+))?$/.exec(resource) ?? [];
  const name = tableNames.find((table) => table.toLowerCase() === construct.toLowerCase());
  if (name === undefined) throw new Error(`${resource} is no table.`);
  return index === undefined ? name : `${name}/${index}`;
}

function tableGrants(name: FunctionName, from = stacks): string[] {
  return grantsOf(name, from)
    .filter(({ action }) => action.startsWith('dynamodb:'))
    .map(({ action, resource }) => `${action.slice('dynamodb:'.length)} ${tableOf(resource)}`)
    .sort();
}

function expectedTableGrants(name: FunctionName): string[] {
  const tables = functionAccess[name].tables;
  return tableNames
    .flatMap((table: TableName) => {
      const access = tables[table];
      if (access === undefined) return [];
      const indexes: readonly string[] = access.queryIndexes ?? [];
      return [
        ...access.items.map((action) => `${action} ${table}`),
        ...indexes.map((index) => `Query ${table}/${index}`),
      ];
    })
    .sort();
}

describe('permissions', () => {
  test.each(functionNames)('%s may do on the tables what the access table says, and nothing else', (name) => {
    expect(tableGrants(name)).toEqual(expectedTableGrants(name));
  });

  test('the relay can neither write nor query, and reads three tables', () => {
    expect(tableGrants('relay')).toEqual([
      'BatchGetItem clientSessions',
      'BatchGetItem robotSessions',
      'GetItem connections',
    ]);
  });

  test('the cleanup queries by deadline and nobody else does (I6); who revokes queries by user', () => {
    const onIndexes = functionNames.flatMap((name) =>
      tableGrants(name)
        .filter((grant) => grant.includes('/'))
        .map((grant) => `${name}: ${grant}`),
    );
    expect(onIndexes).toEqual([
      'connection: Query connections/byPrincipal',
      'cleanup: Query clientSessions/byDeadline',
      'cleanup: Query connections/byDeadline',
      'cleanup: Query robotSessions/byDeadline',
      'revocation: Query connections/byPrincipal',
    ]);
  });

  test.each(functionNames)('%s reaches the sockets of this API and stage only', (name) => {
    const sockets = grantsOf(name, stacks).filter(({ action }) => action.startsWith('execute-api:'));
    const base =
      /^arn:\{AWS::Partition\}:execute-api:\{AWS::Region\}:\{AWS::AccountId\}:\{SignalingApi[0-9A-F]+\}\/v1\//;
    expect(sockets.map(({ action }) => action)).toEqual(sockets.map(() => 'execute-api:ManageConnections'));
    expect(sockets.map(({ resource }) => resource.replace(base, '')).sort()).toEqual(
      functionAccess[name].connections.map((method) => `${method}/@connections/*`).sort(),
    );
  });

  test('the relay cannot close sockets', () => {
    expect(grantsOf('relay', stacks).some(({ resource }) => resource.includes('DELETE'))).toBe(false);
  });

  /** Written out here, not taken from the access table: a permission that is added is to be seen twice. */
  const most: Record<FunctionName, readonly string[]> = {
    connection: [
      'BatchGetItem directory',
      'BatchGetItem robotSessions',
      'DeleteItem clientSessions',
      'DeleteItem connections',
      'DeleteItem directory',
      'GetItem clientSessions',
      'GetItem connections',
      'GetItem directory',
      'GetItem robotSessions',
      'PutItem connections',
      'PutItem directory',
      'Query clientSessions',
      'Query connections/byPrincipal',
      'Query directory',
      'UpdateItem clientSessions',
      'UpdateItem connections',
      'UpdateItem directory',
      'UpdateItem robotSessions',
    ],
    sessions: [
      'BatchGetItem directory',
      'BatchGetItem robotSessions',
      'DeleteItem clientSessions',
      'DeleteItem connections',
      'DeleteItem directory',
      'GetItem clientSessions',
      'GetItem connections',
      'GetItem directory',
      'GetItem robotSessions',
      'PutItem clientSessions',
      'PutItem directory',
      'Query clientSessions',
      'Query directory',
      'UpdateItem clientSessions',
      'UpdateItem connections',
      'UpdateItem directory',
      'UpdateItem robotSessions',
    ],
    relay: ['BatchGetItem clientSessions', 'BatchGetItem robotSessions', 'GetItem connections'],
    cleanup: [
      // To count the robots.
      'BatchGetItem robotSessions',
      'DeleteItem clientSessions',
      'DeleteItem connections',
      'DeleteItem directory',
      'GetItem clientSessions',
      'GetItem connections',
      'GetItem robotSessions',
      'Query clientSessions',
      'Query clientSessions/byDeadline',
      'Query connections/byDeadline',
      'Query directory',
      'Query robotSessions/byDeadline',
      'UpdateItem clientSessions',
      'UpdateItem connections',
      'UpdateItem directory',
      'UpdateItem robotSessions',
    ],
    revocation: [
      'BatchGetItem directory',
      'DeleteItem clientSessions',
      'DeleteItem connections',
      'DeleteItem directory',
      'GetItem connections',
      'GetItem robotSessions',
      'Query clientSessions',
      'Query connections/byPrincipal',
      'Query directory',
      'UpdateItem clientSessions',
      'UpdateItem connections',
      'UpdateItem directory',
      'UpdateItem robotSessions',
    ],
  };

  test.each(functionNames)('%s may do no more on the tables than this', (name) => {
    expect(tableGrants(name)).toEqual(most[name]);
  });

  /** Planted, so that the two tests above are known to see it: in the access table, or past it. */
  test.each(['PutItem', 'UpdateItem', 'DeleteItem'] as const)(
    'a policy that gives the relay %s on the robots’ sessions is seen',
    (action) => {
      const planted = synthesize({}, (app) => {
        const role = app.node.findAll().find(({ node }) => node.path.endsWith('/Functions/Relay/Role'));
        const table = app.node.findAll().find(({ node }) => node.path.endsWith('-Store/RobotSessions/Table'));
        if (!(role instanceof Role) || !(table instanceof Table))
          throw new Error('The constructs have moved.');
        role.addToPrincipalPolicy(
          new PolicyStatement({ actions: [`dynamodb:${action}`], resources: [table.tableArn] }),
        );
      });
      expect(tableGrants('relay', planted)).toEqual([...most.relay, `${action} robotSessions`].sort());
      expect(tableGrants('relay', planted)).not.toEqual(most.relay);
    },
  );

  test('sockets are posted to by all, closed by all but the relay, asked after by two', () => {
    const methodsOf = (name: FunctionName) =>
      grantsOf(name, stacks)
        .filter(({ action }) => action.startsWith('execute-api:'))
        .map(({ resource }) => /\/v1\/([A-Z]+)\/@connections\/\*$/.exec(resource)?.[1] ?? resource)
        .sort();
    expect(Object.fromEntries(functionNames.map((name) => [name, methodsOf(name)]))).toEqual({
      connection: ['DELETE', 'POST'],
      // GET: where a robot keeps its connection, whether that is still there.
      sessions: ['DELETE', 'GET', 'POST'],
      relay: ['POST'],
      cleanup: ['DELETE', 'GET', 'POST'],
      revocation: ['DELETE', 'POST'],
    });
  });

  test('only the revocation may ask something of the user pool, of ours alone', () => {
    const asked = functionNames.flatMap((name) =>
      grantsOf(name, stacks)
        .filter(({ action }) => action.startsWith('cognito-idp:'))
        .map(({ action, resource }) => `${name}: ${action} ${resource.replace(/[0-9A-F]{8}/, '')}`),
    );
    expect(asked.sort()).toEqual([
      'revocation: cognito-idp:AdminGetUser {IdentityUserPool}',
      'revocation: cognito-idp:AdminUserGlobalSignOut {IdentityUserPool}',
    ]);
  });

  describe('on secrets', () => {
    const urls = ['turn:turn.example.org'];
    const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:turn/shared-AbC123';
    const ofSecrets = (turn: Record<string, unknown> | undefined) => {
      const from = synthesized(turn === undefined ? {} : { 'heliograph:turn': { urls, ...turn } });
      return [...grantsByRole(from)].flatMap(([role, grants]) =>
        grants
          .filter(({ action, resource }) => /secretsmanager|kms/.test(`${action} ${resource}`))
          .map(({ action, resource }) => `${role.replace(/[0-9A-F]{8}$/, '')}: ${action} ${resource}`),
      );
    };

    test('nobody has any while no TURN servers are configured', () => {
      expect(ofSecrets(undefined)).toEqual([]);
    });

    test('the sessions function alone may read the one that is given by its ARN', () => {
      expect(ofSecrets({ secretArn })).toEqual([
        `FunctionsSessionsRole: secretsmanager:GetSecretValue ${secretArn}`,
      ]);
    });

    /** The suffix is exactly six characters: `turn/shared-two` is not meant. */
    test('the sessions function alone may read the one of the given name, in this account and region', () => {
      expect(ofSecrets({ secretName: 'turn/shared' })).toEqual([
        'FunctionsSessionsRole: secretsmanager:GetSecretValue arn:{AWS::Partition}:secretsmanager:{AWS::Region}:{AWS::AccountId}:secret:turn/shared-??????',
      ]);
    });
  });

  test.each(['cleanup', 'revocation'] as const)('the %s may leave what it failed at in the queue', (name) => {
    const queues = grantsOf(name, stacks).filter(({ action }) => action.startsWith('sqs:'));
    expect(queues.map(({ action }) => action)).toContain('sqs:SendMessage');
    for (const { resource } of queues) expect(resource).toMatch(/^\{UndeliveredQueue/);
  });

  test.each(functionNames)('%s writes to its own log group and touches nothing else', (name) => {
    const others = grantsOf(name, stacks)
      .filter(({ action }) => !/^(dynamodb|execute-api|cognito-idp):/.test(action))
      .filter(({ action }) => !(isCalledByEvents(name) && action.startsWith('sqs:')));
    expect(others.map(({ action }) => action).sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    for (const { resource } of others) expect(resource.toLowerCase()).toMatch(`{functions${name}logs`);
  });

  test('nobody may scan, and nobody has a wildcard for an action or a whole resource', () => {
    const all = [...grantsByRole(stacks).values()].flat();
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ action }) => action.includes('Scan') || action.includes('*'))).toEqual([]);
    expect(all.filter(({ resource }) => resource === '*')).toEqual([]);
  });

  test('the only managed policy is the one that API Gateway writes its logs with', () => {
    const managed = resourcesOf(stacks.signaling, 'AWS::IAM::Role').flatMap(([id, role]) =>
      role.Properties.ManagedPolicyArns === undefined ? [] : [id],
    );
    expect(managed).toEqual([expect.stringMatching(/^ApiGatewayLogRole/)]);
  });
});
