import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { settingVariables, tableVariables } from '../../functions/environment-names.ts';
import { type FunctionName, functionNames, routedFunctions } from '../../functions/route-table.ts';
import { cleanupFunction } from '../../functions/runtime/cleanup.ts';
import { connectionFunction } from '../../functions/runtime/connection.ts';
import { relayFunction } from '../../functions/runtime/relay.ts';
import { sessionsFunction } from '../../functions/runtime/sessions.ts';
import { tableNames } from '../../functions/table-shapes.ts';
import { functionAccess } from '../../lib/constructs/function-access.ts';
import { rendered } from './support/rendered.ts';
import { resourcesOf, type Synthesized, synthesized, theResource } from './support/synthesized.ts';

const stacks = synthesized();

function propertiesOf(name: FunctionName, from = stacks): Record<string, unknown> {
  const construct = `Functions${name.charAt(0).toUpperCase()}${name.slice(1)}Function`;
  return theResource(from.signaling, 'AWS::Lambda::Function', construct).Properties;
}

function environmentOf(name: FunctionName, from: Synthesized = stacks): Record<string, string> {
  const { Variables } = z
    .object({ Variables: z.record(z.string(), z.unknown()) })
    .parse(propertiesOf(name, from).Environment);
  return Object.fromEntries(
    Object.entries(Variables).map(([variable, value]) => [variable, rendered(value, from)]),
  );
}

describe('every function', () => {
  test('is one of those that the table names', () => {
    expect(resourcesOf(stacks.signaling, 'AWS::Lambda::Function')).toHaveLength(functionNames.length);
  });

  test.each(functionNames)('%s runs on nodejs24.x, arm64, without tracing', (name) => {
    expect(propertiesOf(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
    expect(propertiesOf(name).TracingConfig).toBeUndefined();
    expect(propertiesOf(name).FunctionName).toBeUndefined();
  });

  test.each(routedFunctions)('%s gives up before the gateway does at 29 s', (name) => {
    expect(propertiesOf(name).Timeout).toBeLessThan(29);
  });

  test('the cleanup has time for runs until the next invocation begins, and for the last of them', () => {
    expect(propertiesOf('cleanup').Timeout).toBeGreaterThanOrEqual(70);
    expect(propertiesOf('cleanup').Timeout).toBeLessThan(120);
  });

  test.each(functionNames)('%s keeps its logs for as long as configured, in a group of its own', (name) => {
    const { signaling } = synthesized({ 'heliograph:logRetentionDays': 7 });
    const { LogGroup } = z
      .object({ LogGroup: z.unknown() })
      .parse(propertiesOf(name, { ...stacks, signaling }).LoggingConfig);
    const logicalId = rendered(LogGroup, stacks).slice(1, -1);
    const group = theResource(signaling, 'AWS::Logs::LogGroup', logicalId);
    expect(group.Properties.RetentionInDays).toBe(7);
    expect(group.DeletionPolicy).toBe('Delete');
  });

  test.each(functionNames)('%s has the names of the tables that it may use, and no other', (name) => {
    const named = tableNames.filter((table) => tableVariables[table] in environmentOf(name));
    expect(named).toEqual(tableNames.filter((table) => table in functionAccess[name].tables));
  });
});

describe('settings', () => {
  test('hold the ids of the pool and of both clients', () => {
    const environment = environmentOf('connection');
    expect(environment[settingVariables.userPoolId]).toMatch(/^\{IdentityUserPool[0-9A-F]+\}$/);
    expect(environment[settingVariables.userPoolClientIds]).toMatch(
      /^\{IdentityUserPoolRobots[0-9A-F]+\},\{IdentityUserPoolPeople[0-9A-F]+\}$/,
    );
  });

  test('name no endpoint but those that AWS has', () => {
    for (const name of functionNames) {
      expect(environmentOf(name)).not.toHaveProperty(settingVariables.managementEndpoint);
      expect(environmentOf(name)).not.toHaveProperty(settingVariables.jwksUri);
    }
  });

  test("name an emulator's endpoints with the ids put in", () => {
    const emulated = synthesized({
      'heliograph:emulator': {
        routeResponses: false,
        managementEndpoint: 'http://127.0.0.1:4566/_aws/execute-api/{apiId}/v1',
        jwksUri: 'http://127.0.0.1:4566/{userPoolId}/.well-known/jwks.json',
      },
    });
    for (const name of routedFunctions) {
      expect(environmentOf(name, emulated)[settingVariables.managementEndpoint]).toMatch(
        /^http:\/\/127\.0\.0\.1:4566\/_aws\/execute-api\/\{SignalingApi.+\}\/v1$/,
      );
    }
    expect(environmentOf('connection', emulated)[settingVariables.jwksUri]).toMatch(
      /^http:\/\/127\.0\.0\.1:4566\/\{IdentityUserPool.+\}\/\.well-known\/jwks\.json$/,
    );
  });

  test('the query token is off unless the configuration says so', () => {
    const on = synthesized({ 'heliograph:queryToken': 'true' });
    expect(environmentOf('connection')[settingVariables.queryToken]).toBe('false');
    expect(environmentOf('connection', on)[settingVariables.queryToken]).toBe('true');
  });

  test('who decides between two connections of a robot is told how: the newest, unless the configuration says so', () => {
    const other = synthesized({ 'heliograph:robotTakeover': 'reject-new' });
    expect(environmentOf('sessions')[settingVariables.takeover]).toBe('newest');
    expect(environmentOf('sessions', other)[settingVariables.takeover]).toBe('reject-new');
    const told = functionNames.filter((name) => settingVariables.takeover in environmentOf(name));
    expect(told).toEqual(['sessions']);
  });

  const turn = {
    urls: ['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org'],
    secretName: 'turn/shared',
  };

  test('name the TURN servers to the sessions function alone, and only where there are some', () => {
    const { secretName: secretId, urls } = turn;
    const withTurn = synthesized({ 'heliograph:turn': turn });
    for (const name of functionNames) {
      expect(environmentOf(name)).not.toHaveProperty(settingVariables.turn);
      if (name !== 'sessions') {
        expect(environmentOf(name, withTurn)).not.toHaveProperty(settingVariables.turn);
      }
    }
    const { [settingVariables.turn]: given = '' } = environmentOf('sessions', withTurn);
    expect(JSON.parse(given)).toEqual({ urls, secretId, credentialsMs: 3_600_000 });
  });

  test('sessions starts with TURN servers, too', () => {
    const environment = environmentOf('sessions', synthesized({ 'heliograph:turn': turn }));
    expect(sessionsFunction({ AWS_REGION: 'us-east-1', ...environment })).toBeTypeOf('function');
  });

  test.each([
    ['connection', connectionFunction],
    ['sessions', sessionsFunction],
    ['relay', relayFunction],
    ['cleanup', cleanupFunction],
  ] as const)('%s starts with what the stack gives it and what Lambda adds', (name, start) => {
    const environment = {
      AWS_REGION: 'us-east-1',
      ...environmentOf(name),
      [settingVariables.userPoolId]: 'us-east-1_Abcdefghi',
      // The verifier fetches ahead of the first token; nobody listens on this port.
      [settingVariables.jwksUri]: 'http://127.0.0.1:9/jwks.json',
    };
    expect(start(environment)).toBeTypeOf('function');
  });

  test.each(['', 'oldest', undefined])(
    'a takeover of %o is refused at the start, not at the first robot',
    (takeover) => {
      const environment = {
        AWS_REGION: 'us-east-1',
        ...environmentOf('sessions'),
        [settingVariables.takeover]: takeover,
      };
      expect(() => sessionsFunction(environment)).toThrow();
    },
  );
});
