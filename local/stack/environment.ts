import { settingVariables, tableVariables } from '../../functions/environment-names.ts';
import type { PoolConventions } from '../../functions/pool-conventions.ts';
import type { TurnSettings } from '../../functions/runtime/settings.ts';
import { tableNames } from '../../functions/table-shapes.ts';
import type { TokenPolicy } from '../../protocol/token-policy.ts';
import type { TableNames } from '../store/create-tables.ts';

/** What the functions are told of the local stack, in the variables that the deployed stack would set. */
export function functionEnvironment(of: {
  readonly region: string;
  readonly policy: TokenPolicy;
  readonly tables: TableNames;
  readonly dynamodb: string;
  readonly identity: {
    readonly userPoolId: string;
    readonly clientIds: readonly string[];
    readonly jwksUri: string;
    readonly endpoint: string;
    /** By default those of a pool of ours. */
    readonly conventions?: Partial<PoolConventions> | undefined;
  };
  readonly managementEndpoint: string;
  readonly turn: TurnSettings | undefined;
}): Readonly<Record<string, string>> {
  const settings = {
    tokenPolicy: JSON.stringify(of.policy),
    userPoolId: of.identity.userPoolId,
    userPoolClientIds: of.identity.clientIds.join(','),
    tokenUse: 'access',
    poolConventions: JSON.stringify(of.identity.conventions ?? {}),
    jwksUri: of.identity.jwksUri,
    edgeSecret: '',
    storeRegion: '',
    queryToken: 'true',
    managementEndpoint: of.managementEndpoint,
    iceServers: '[]',
    turn: of.turn === undefined ? '' : JSON.stringify(of.turn),
    fleetSize: '3',
    takeover: 'newest',
    maxSessionsPerRobot: '10',
  } satisfies Record<keyof typeof settingVariables, string>;
  const named = Object.entries(settings).map(([name, value]) => [
    settingVariables[name as keyof typeof settingVariables],
    value,
  ]);
  return {
    AWS_REGION: of.region,
    // The embedded store and the local gateway check no signature; requests are signed in any case.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: of.dynamodb,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: of.identity.endpoint,
    ...Object.fromEntries(tableNames.map((table) => [tableVariables[table], of.tables[table]])),
    ...Object.fromEntries(named),
  };
}
