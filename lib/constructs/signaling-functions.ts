import { Duration } from 'aws-cdk-lib';
import type { IWebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { SettingName } from '../../functions/environment-names.ts';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import type { TableName } from '../../functions/table-shapes.ts';
import { apiIdPlaceholder, type HeliographConfig, userPoolIdPlaceholder } from '../config.ts';
import { edgeSecretOf, managementEndpointOf } from '../domain-config.ts';
import { functionAccess, type TableAccess } from './function-access.ts';
import { functionMemoryMb as memorySize } from './function-memory.ts';
import { HeliographFunction, type HeliographFunctionProps } from './heliograph-function.ts';
import type { TableSource } from './heliograph-table.ts';
import { acceptedClientIds, type IdentitySource } from './identity-source.ts';
import type { TurnSecret } from './turn-secret.ts';
import type { WebSocketSignalingApi } from './websocket-signaling-api.ts';

export type Tables = { readonly [T in TableName]: TableSource<T> };

/** Which settings each function is given. The tables' names come with the permissions, not from here. */
const settingsOf: Record<FunctionName, readonly SettingName[]> = {
  connection: [
    'tokenPolicy',
    'storeRegion',
    'userPoolId',
    'userPoolClientIds',
    'tokenUse',
    'poolConventions',
    'edgeSecret',
    'queryToken',
    'jwksUri',
    'managementEndpoint',
  ],
  sessions: [
    'tokenPolicy',
    'storeRegion',
    'iceServers',
    'turn',
    'fleetSize',
    'takeover',
    'maxSessionsPerRobot',
    'managementEndpoint',
  ],
  relay: ['tokenPolicy', 'storeRegion', 'managementEndpoint'],
  cleanup: ['tokenPolicy', 'storeRegion'],
  revocation: ['tokenPolicy', 'storeRegion', 'userPoolId'],
};

/** The functions, and what each is given. */
export class SignalingFunctions extends Construct {
  readonly byName: Readonly<Record<FunctionName, HeliographFunction>>;

  constructor(
    scope: Construct,
    id: string,
    common: Pick<HeliographFunctionProps, 'handlers' | 'service' | 'logRetention' | 'logKey'>,
  ) {
    super(scope, id);
    // Below the gateway's 29 s, and above what the calls of one route take when each runs into its own
    // time limit: a function must live to give back what it has claimed.
    const route = { ...common, timeout: Duration.seconds(27) };
    this.byName = {
      // RS256 and the JWKS: CPU on the way into every connection.
      connection: new HeliographFunction(this, 'Connection', {
        name: 'connection',
        memorySize,
        ...route,
      }),
      sessions: new HeliographFunction(this, 'Sessions', { name: 'sessions', memorySize, ...route }),
      relay: new HeliographFunction(this, 'Relay', { name: 'relay', memorySize, ...route }),
      cleanup: new HeliographFunction(this, 'Cleanup', {
        name: 'cleanup',
        memorySize,
        ...common,
        // A little more than a period: where the policy wants runs more often than the schedule can, one
        // loops until the next begins. Two at once are safe.
        timeout: Duration.seconds(75),
      }),
      revocation: new HeliographFunction(this, 'Revocation', {
        name: 'revocation',
        memorySize,
        ...common,
        timeout: Duration.seconds(60),
      }),
    };
  }

  /** Permissions, by the table in `function-access.ts`. */
  allow(targets: {
    readonly tables: Tables;
    readonly signaling: WebSocketSignalingApi;
    readonly identity: IdentitySource;
    /** Where TURN servers are configured. */
    readonly turnSecret: TurnSecret | undefined;
  }): void {
    for (const [name, user] of this.entries()) {
      const access = functionAccess[name];
      allowTable(user, targets.tables.connections, access.tables.connections);
      allowTable(user, targets.tables.robotSessions, access.tables.robotSessions);
      allowTable(user, targets.tables.clientSessions, access.tables.clientSessions);
      allowTable(user, targets.tables.directory, access.tables.directory);
      targets.signaling.allowManagement(user, access.connections);
      if (access.userPool !== undefined) targets.identity.allow(user, access.userPool);
      if (access.turnSecret !== undefined) targets.turnSecret?.allow(user, access.turnSecret);
    }
  }

  /** Settings, by the table above; one without a value is left out. */
  configure(from: {
    readonly config: HeliographConfig;
    readonly identity: IdentitySource;
    readonly api: IWebSocketApi;
  }): void {
    const values = settingValues(from.config, from.identity, from.api);
    for (const [name, user] of this.entries()) {
      for (const setting of settingsOf[name]) {
        const value = values[setting];
        if (value !== undefined) user.addSetting(setting, value);
      }
    }
  }

  names(): Readonly<Record<FunctionName, string>> {
    const { connection, sessions, relay, cleanup, revocation } = this.byName;
    return {
      connection: connection.lambda.functionName,
      sessions: sessions.lambda.functionName,
      relay: relay.lambda.functionName,
      cleanup: cleanup.lambda.functionName,
      revocation: revocation.lambda.functionName,
    };
  }

  logGroupNames(): readonly string[] {
    return this.entries().map(([, { logGroup }]) => logGroup.logGroupName);
  }

  private entries(): [FunctionName, HeliographFunction][] {
    return functionNames.map((name) => [name, this.byName[name]]);
  }
}

function allowTable<T extends TableName>(
  user: HeliographFunction,
  table: TableSource<T>,
  access: TableAccess<T> | undefined,
): void {
  if (access !== undefined) table.allow(user, access);
}

function settingValues(
  config: HeliographConfig,
  identity: IdentitySource,
  api: IWebSocketApi,
): Record<SettingName, string | undefined> {
  const { userPoolId } = identity;
  return {
    tokenPolicy: JSON.stringify(config.tokenPolicy),
    userPoolId,
    userPoolClientIds: acceptedClientIds(identity).join(','),
    tokenUse: config.identity.tokenUse,
    poolConventions: JSON.stringify(config.identity.conventions),
    edgeSecret: edgeSecretOf(config.domain),
    storeRegion: config.regions?.home?.region,
    queryToken: String(config.queryToken),
    iceServers: JSON.stringify(config.iceServers),
    turn: config.turn === undefined ? undefined : JSON.stringify(config.turn),
    fleetSize: String(config.fleetSize),
    takeover: config.robotTakeover,
    maxSessionsPerRobot: String(config.maxSessionsPerRobot),
    jwksUri: config.emulator?.jwksUri?.replaceAll(userPoolIdPlaceholder, userPoolId),
    managementEndpoint:
      config.emulator?.managementEndpoint?.replaceAll(apiIdPlaceholder, api.apiId) ??
      managementEndpointOf(config.domain),
  };
}
