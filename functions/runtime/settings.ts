import * as z from 'zod/mini';
import { iceServer } from '../../protocol/messages/ice-server.ts';
import { type TokenPolicy, tokenPolicySchema } from '../../protocol/token-policy.ts';
import { type SettingName, settingVariables, tableVariables } from '../environment-names.ts';
import { defaultConventions, poolConventions } from '../pool-conventions.ts';
import type { TableName } from '../table-shapes.ts';

/** Environment variables: `process.env` in a Lambda, the local stack's own otherwise. */
export type Environment = Readonly<Record<string, string | undefined>>;

function required(environment: Environment, variable: string): string {
  const value = environment[variable];
  if (value === undefined || value === '') {
    throw new Error(
      `${variable} is not set. The stack sets it together with the permission; deploy it again.`,
    );
  }
  return value;
}

function setting(environment: Environment, name: SettingName): string {
  return required(environment, settingVariables[name]);
}

function optional(environment: Environment, name: SettingName): string | undefined {
  const value = environment[settingVariables[name]];
  return value === '' ? undefined : value;
}

function json<T>(environment: Environment, name: SettingName, schema: z.ZodMiniType<T>): T {
  return schema.parse(JSON.parse(setting(environment, name)));
}

export function tableNameFrom(environment: Environment, table: TableName): string {
  return required(environment, tableVariables[table]);
}

export function tokenPolicyFrom(environment: Environment): TokenPolicy {
  return json(environment, 'tokenPolicy', tokenPolicySchema);
}

export function userPoolIdFrom(environment: Environment): string {
  return setting(environment, 'userPoolId');
}

/** What the token verifier is made of. */
export function identityFrom(environment: Environment) {
  const jwksUri = optional(environment, 'jwksUri');
  return {
    userPoolId: userPoolIdFrom(environment),
    clientIds: setting(environment, 'userPoolClientIds').split(','),
    tokenUse: z.enum(['access', 'id', 'either']).parse(setting(environment, 'tokenUse')),
    // While a stack is updated, new code runs for a moment with the settings of before.
    conventions:
      optional(environment, 'poolConventions') === undefined
        ? defaultConventions
        : json(environment, 'poolConventions', poolConventions),
    ...(jwksUri === undefined ? {} : { jwksUri }),
  };
}

export function queryTokenFrom(environment: Environment): boolean {
  return setting(environment, 'queryToken') === 'true';
}

/** What CloudFront adds to each handshake; undefined where nothing is in front of the API. */
export function edgeSecretFrom(environment: Environment): string | undefined {
  return optional(environment, 'edgeSecret');
}

/** Of the tables. */
export function storeRegionFrom(environment: Environment): string {
  return optional(environment, 'storeRegion') ?? regionFrom(environment);
}

export function iceServersFrom(environment: Environment) {
  return json(environment, 'iceServers', z.array(iceServer));
}

export function takeoverFrom(environment: Environment) {
  return z.enum(['newest', 'reject-new']).parse(setting(environment, 'takeover'));
}

const turnSettings = z.object({
  urls: z.array(z.string()).check(z.minLength(1)),
  /** Name or ARN. */
  secretId: z.string().check(z.minLength(1)),
  credentialsMs: z.int().check(z.positive()),
});
export type TurnSettings = z.infer<typeof turnSettings>;

/** TURN servers that want credentials of their own for each holder; undefined when there are none. */
export function turnFrom(environment: Environment): TurnSettings | undefined {
  return optional(environment, 'turn') === undefined ? undefined : json(environment, 'turn', turnSettings);
}

const positive = z.coerce.number().check(z.int(), z.positive());

export function fleetSizeFrom(environment: Environment): number {
  return positive.parse(setting(environment, 'fleetSize'));
}

export function maxSessionsPerRobotFrom(environment: Environment): number {
  return positive.parse(setting(environment, 'maxSessionsPerRobot'));
}

export function managementEndpointFrom(environment: Environment): string | undefined {
  return optional(environment, 'managementEndpoint');
}

/** Set by Lambda itself. */
export function regionFrom(environment: Environment): string {
  return required(environment, 'AWS_REGION');
}
