import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { functionNames } from '../../functions/route-table.ts';
import { resourcesOf, type SynthesizedStack, synthesized, theResource } from './support/synthesized.ts';

const stacks = synthesized();
const hourMinutes = 60;
const dayMinutes = 24 * hourMinutes;
const hourMs = 3_600_000;

function client(stack: SynthesizedStack, name: 'Robots' | 'People'): Record<string, unknown> {
  return theResource(stack, 'AWS::Cognito::UserPoolClient', `IdentityUserPool${name}`).Properties;
}

/** All six fields of F1: a validity without its unit means hours for one token and days for another. */
function lives(properties: Record<string, unknown>): unknown {
  const { AccessTokenValidity, IdTokenValidity, RefreshTokenValidity, TokenValidityUnits } = properties;
  return { AccessTokenValidity, IdTokenValidity, RefreshTokenValidity, TokenValidityUnits };
}

const inMinutes = { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' };

describe('F1: token lives', () => {
  test.each([
    ['Robots', 365],
    ['People', 30],
  ] as const)('%s have the default policy, in all three validities and units', (name, refreshDays) => {
    expect(lives(client(stacks.identity, name))).toEqual({
      AccessTokenValidity: 4 * hourMinutes,
      IdTokenValidity: 4 * hourMinutes,
      RefreshTokenValidity: refreshDays * dayMinutes,
      TokenValidityUnits: inMinutes,
    });
  });

  test.each([
    ['Robots', 3],
    ['People', 2],
  ] as const)('%s have an overridden policy, in all three validities and units', (name, refreshHours) => {
    const { identity } = synthesized({
      'heliograph:tokenPolicy': {
        tokenMs: hourMs / 4,
        refreshTokenMs: { people: 2 * hourMs, robots: 3 * hourMs },
      },
    });
    expect(lives(client(identity, name))).toEqual({
      AccessTokenValidity: 15,
      IdTokenValidity: 15,
      RefreshTokenValidity: refreshHours * hourMinutes,
      TokenValidityUnits: inMinutes,
    });
  });

  test('the functions are told the policy that the pool was made with', () => {
    const context = { 'heliograph:tokenPolicy': { tokenMs: hourMs / 4 } };
    const functions = resourcesOf(synthesized(context).signaling, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(functionNames.length);
    for (const [, { Properties }] of functions) {
      const { Variables } = z
        .object({ Variables: z.looseObject({ HELIOGRAPH_TOKEN_POLICY: z.string() }) })
        .parse(Properties.Environment);
      expect(JSON.parse(Variables.HELIOGRAPH_TOKEN_POLICY)).toMatchObject({ tokenMs: hourMs / 4 });
    }
  });
});

describe('app clients', () => {
  test.each(['Robots', 'People'] as const)('%s sign in without a secret and can be revoked', (name) => {
    const properties = client(stacks.identity, name);
    expect(properties).toMatchObject({
      GenerateSecret: false,
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
      AllowedOAuthFlowsUserPoolClient: false,
    });
    expect([properties.ExplicitAuthFlows].flat().sort()).toEqual([
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_USER_SRP_AUTH',
    ]);
  });

  test('are two', () => {
    expect(resourcesOf(stacks.identity, 'AWS::Cognito::UserPoolClient')).toHaveLength(2);
  });
});

describe('the pool', () => {
  const pool = theResource(stacks.identity, 'AWS::Cognito::UserPool');

  test('outlives its stack', () => {
    expect(pool.DeletionPolicy).toBe('Retain');
    expect(pool.Properties.DeletionProtection).toBe('ACTIVE');
  });

  test('is filled by its owner only, with strong passwords', () => {
    expect(pool.Properties.AdminCreateUserConfig).toMatchObject({ AllowAdminCreateUserOnly: true });
    expect(pool.Properties.Policies).toMatchObject({
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        RequireUppercase: true,
      },
    });
    expect(pool.Properties.UsernameConfiguration).toEqual({ CaseSensitive: false });
  });

  test('has the four groups', () => {
    const names = resourcesOf(stacks.identity, 'AWS::Cognito::UserPoolGroup').map(
      ([, group]) => group.Properties.GroupName,
    );
    expect(names.sort()).toEqual(['admins', 'operators', 'robots', 'viewers']);
  });

  test.each(['UserPoolId', 'RobotsClientId', 'PeopleClientId', 'Region'])('gives %s', (output) => {
    expect(Object.keys(stacks.identity.json.Outputs)).toContain(output);
  });
});
