import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnUserPoolClient, UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { describe, expect, test } from 'vitest';
import { settingVariables } from '../../functions/environment-names.ts';
import { parseConfig } from '../../lib/config.ts';
import { addHeliograph } from '../../lib/heliograph-app.ts';
import { SignalingBackend, type SignalingBackendProps } from '../../lib/signaling-backend.ts';
import { applyTokenPolicy } from '../../lib/token-policy-of-client.ts';

const existing = {
  userPoolId: 'eu-central-1_AbCdEfGhI',
  userPoolClients: { robots: '1robots', people: '2people', more: ['3legacy'] },
  robotIdGroupPrefix: 'robot:',
  groups: { operators: 'Teleoperators' },
};

function signalingOf(identity: unknown): { stacks: string[]; template: Template } {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  addHeliograph(app, parseConfig({ 'heliograph:stage': 'own', 'heliograph:identity': identity }));
  const stack = app.node.findChild('Heliograph-own-Signaling');
  if (!Stack.isStack(stack)) throw new Error('There is no signaling stack.');
  return { stacks: app.node.children.map(({ node }) => node.id), template: Template.fromStack(stack) };
}

/** The variables of the function that has this setting. */
function variablesWith(setting: string, template: Template): Record<string, unknown> {
  const functions = template.findResources('AWS::Lambda::Function');
  for (const { Properties } of Object.values(functions)) {
    if (setting in Properties.Environment.Variables) return Properties.Environment.Variables;
  }
  throw new Error(`No function has ${setting}.`);
}

describe('an existing pool by id', () => {
  const { stacks, template } = signalingOf(existing);

  test('has no stack of ours, and nothing of Cognito is made or changed', () => {
    expect(stacks.filter((name) => name.startsWith('Heliograph'))).toEqual([
      'Heliograph-own-Store',
      'Heliograph-own-Signaling',
      'Heliograph-own-Operations',
    ]);
    const types = Object.values(template.toJSON().Resources).map((resource) =>
      String(Reflect.get(Object(resource), 'Type')),
    );
    expect(types.filter((type) => /Cognito|CustomResource|^Custom::/.test(type))).toEqual([]);
  });

  test('tells the function what to take, and how the pool says who is who', () => {
    const variables = variablesWith(settingVariables.userPoolClientIds, template);
    expect(variables[settingVariables.userPoolId]).toBe(existing.userPoolId);
    expect(variables[settingVariables.userPoolClientIds]).toBe('1robots,2people,3legacy');
    expect(JSON.parse(String(variables[settingVariables.poolConventions]))).toEqual({
      robotIdGroupPrefix: 'robot:',
      groups: { robots: 'robots', operators: 'Teleoperators', viewers: 'viewers', admins: 'admins' },
      fleetPrefix: 'fleet:',
    });
  });

  test('is asked by the revocation alone, in its own region', () => {
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies).toContain(':cognito-idp:eu-central-1:');
    expect(policies.match(/cognito-idp:Admin[A-Za-z]+/g)?.sort()).toEqual([
      'cognito-idp:AdminGetUser',
      'cognito-idp:AdminUserGlobalSignOut',
    ]);
  });

  test('gives its ids with the other outputs', () => {
    expect(
      Object.keys(template.findOutputs('*'))
        .filter((name) => !name.startsWith('ExportsOutput'))
        .sort(),
    ).toEqual([
      'ApiId',
      'MoreClientIds',
      'PeopleClientId',
      'RevocationFunction',
      'RobotsClientId',
      'UserPoolId',
      'WebSocketUrl',
    ]);
  });
});

describe('an identity that cannot be meant is refused', () => {
  test.each([
    [
      'a pool without its clients',
      { userPoolId: existing.userPoolId },
      'identity.userPoolClients: must name the app clients',
    ],
    [
      'clients without a pool',
      { userPoolClients: { robots: 'a', people: 'b' } },
      'identity.userPoolId: must be given',
    ],
    [
      'a pool that is none',
      { ...existing, userPoolId: 'my-pool' },
      'identity.userPoolId: must be the id of a user pool',
    ],
    [
      'a client by its name',
      { ...existing, userPoolClients: { robots: 'Robots', people: 'b' } },
      'identity.userPoolClients.robots: must be the id',
    ],
    [
      'two ways of naming robots',
      { robotIdClaim: 'robot', robotIdGroupPrefix: 'robot:' },
      'identity.robotIdClaim: cannot be given with',
    ],
    [
      'a custom attribute in access tokens, which have none',
      { robotIdClaim: 'custom:robotId' },
      'identity.tokenUse: must be id or either: Cognito puts custom attributes into ID tokens alone',
    ],
    [
      'one group for two roles',
      { groups: { operators: 'staff', viewers: 'staff' } },
      'identity.groups: must be four different',
    ],
    [
      'one prefix for two meanings',
      { robotIdGroupPrefix: 'fleet:' },
      'identity.robotIdGroupPrefix: must differ',
    ],
    [
      'a slip in a group’s name',
      { groups: { operator: 'x' } },
      'Did you mean heliograph:identity.groups.operators?',
    ],
    [
      'a slip in a key',
      { robotIdGroupPrefx: 'robot:' },
      'Did you mean heliograph:identity.robotIdGroupPrefix?',
    ],
  ])('for %s', (_what, identity, message) => {
    expect(() => parseConfig({ 'heliograph:identity': identity })).toThrow(message);
  });

  test('a custom attribute is taken with ID tokens', () => {
    const { identity } = parseConfig({
      'heliograph:identity': { robotIdClaim: 'custom:robotId', tokenUse: 'id' },
    });
    expect(identity).toMatchObject({ tokenUse: 'id', conventions: { robotIdClaim: 'custom:robotId' } });
  });

  test('the key of an earlier version is told by its new name', () => {
    expect(() => parseConfig({ 'heliograph:tokenUse': 'id' })).toThrow(
      'heliograph:tokenUse is no setting of Heliograph any more; it is now heliograph:identity.tokenUse.',
    );
  });
});

describe('the construct', () => {
  const handlers = new URL('support', import.meta.url).pathname;
  const make = (props: (stack: Stack) => SignalingBackendProps) => {
    const stack = new Stack(new App(), 'Own');
    return new SignalingBackend(stack, 'Signaling', { handlers, ...props(stack) });
  };

  test('takes pool and clients together or neither', () => {
    expect(() =>
      make((stack) => ({ userPool: UserPool.fromUserPoolId(stack, 'Pool', existing.userPoolId) })),
    ).toThrow('userPool and userPoolClients: give both');
  });

  test('names a wrong setting with the nearest right one, without a word of context keys', () => {
    const config: Record<string, unknown> = { fleetsize: 4 };
    expect(() => make(() => ({ config }))).toThrow(
      /config\.fleetsize is no setting of Heliograph; known are stage, .*Did you mean config\.fleetSize\?/,
    );
  });
});

describe('F1: applyTokenPolicy', () => {
  const client = (props: Partial<ConstructorParameters<typeof CfnUserPoolClient>[2]> = {}) => {
    const stack = new Stack(new App(), 'Own');
    const made = new CfnUserPoolClient(stack, 'Client', { userPoolId: existing.userPoolId, ...props });
    const properties = () => {
      const [resource] = Object.values(
        Template.fromStack(stack).findResources('AWS::Cognito::UserPoolClient'),
      );
      return resource?.Properties;
    };
    return { made, properties };
  };
  const units = { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' };

  test('sets all three validities and all three units, whatever was there', () => {
    const { made, properties } = client({
      accessTokenValidity: 1,
      tokenValidityUnits: { accessToken: 'hours' },
    });
    applyTokenPolicy(made);
    expect(properties()).toMatchObject({
      AccessTokenValidity: 240,
      IdTokenValidity: 240,
      RefreshTokenValidity: 30 * 24 * 60,
      TokenValidityUnits: units,
      EnableTokenRevocation: true,
    });
  });

  test('gives robots their year, and follows a policy of yours', () => {
    const { made, properties } = client();
    applyTokenPolicy(made, { for: 'robots', tokenPolicy: { tokenMs: 3_600_000 } });
    expect(properties()).toMatchObject({ AccessTokenValidity: 60, RefreshTokenValidity: 365 * 24 * 60 });
  });

  test('allows the refresh flow where flows are listed without it', () => {
    const { made, properties } = client({ explicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] });
    applyTokenPolicy(made);
    expect(properties()?.ExplicitAuthFlows).toEqual(['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']);
  });

  test('refuses a client that rotates refresh tokens, with the remedy, unless that is meant', () => {
    const rotating = { refreshTokenRotation: { feature: 'ENABLED', retryGracePeriodSeconds: 10 } };
    expect(() => applyTokenPolicy(client(rotating).made)).toThrow(
      /Own\/Client rotates refresh tokens.*Take the rotation away/,
    );
    expect(() => applyTokenPolicy(client(rotating).made, { rotation: 'allow' })).not.toThrow();
  });

  test('refuses lives that Cognito would refuse', () => {
    expect(() => applyTokenPolicy(client().made, { tokenPolicy: { tokenMs: 1_000 } })).toThrow(RangeError);
  });

  test('works on the L1 of an L2 client, as Amplify gives it', () => {
    const stack = new Stack(new App(), 'Own');
    const pool = new UserPool(stack, 'Pool');
    const { defaultChild } = new UserPoolClient(stack, 'Client', { userPool: pool }).node;
    if (!(defaultChild instanceof CfnUserPoolClient)) throw new Error('The L2 has no L1.');
    applyTokenPolicy(defaultChild);
    Template.fromStack(stack).hasResourceProperties('AWS::Cognito::UserPoolClient', {
      TokenValidityUnits: units,
    });
  });
});
