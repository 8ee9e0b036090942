import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { telemetryServiceOf } from '../../functions/environment-names.ts';
import type { HeliographConfig } from '../config.ts';
import { ApiGatewayLogRole } from './api-gateway-log-role.ts';
import { CleanupSchedule } from './cleanup-schedule.ts';
import { DeadLetters } from './dead-letters.ts';
import type { Handlers } from './handlers.ts';
import type { IdentitySource } from './identity-source.ts';
import type { Measured } from './operations-metrics.ts';
import { RevocationEvents } from './revocation-events.ts';
import { SignalingDomain } from './signaling-domain.ts';
import { SignalingFunctions, type Tables } from './signaling-functions.ts';
import { TurnSecret } from './turn-secret.ts';
import { WebSocketSignalingApi } from './websocket-signaling-api.ts';

export type SignalingPartsProps = {
  readonly config: HeliographConfig;
  readonly handlers: Handlers;
  readonly identity: IdentitySource;
  readonly tables: Tables;
};

export type SignalingParts = {
  readonly functions: SignalingFunctions;
  readonly signaling: WebSocketSignalingApi;
  readonly undelivered: DeadLetters;
  readonly domain: SignalingDomain | undefined;
  /** Where clients connect to. */
  readonly url: string;
  /** What alarms and dashboard look at. */
  readonly measured: Measured;
};

/** API, functions, schedule and rules, as children of `scope`: of a stack of ours, or of the construct in one of yours. */
export function addSignalingParts(scope: Construct, props: SignalingPartsProps): SignalingParts {
  const { config, handlers, identity, tables } = props;
  const { encryptionKeyArn: keyArn } = config;
  const logs = {
    logRetention: config.logRetentionDays,
    logKey: keyArn === undefined ? undefined : Key.fromKeyArn(scope, 'LogKey', keyArn),
  };
  const functions = new SignalingFunctions(scope, 'Functions', {
    handlers,
    service: telemetryServiceOf(config.stage),
    ...logs,
  });
  const signaling = new WebSocketSignalingApi(scope, 'Signaling', {
    apiName: `heliograph-${config.stage}`,
    functions: functions.byName,
    throttle: config.throttle,
    ...logs,
    routeResponses: config.emulator?.routeResponses ?? true,
    defaultEndpoint: config.domain?.only !== true,
    peers: config.regions?.peers ?? [],
  });
  if (config.apiGatewayLogRole === 'create') {
    signaling.stage.node.addDependency(new ApiGatewayLogRole(scope, 'ApiGatewayLogRole'));
  }
  const domain =
    config.domain === undefined
      ? undefined
      : new SignalingDomain(scope, 'Domain', { ...config.domain, signaling });
  const turnSecret = config.turn === undefined ? undefined : new TurnSecret(scope, 'TurnSecret', config.turn);
  functions.allow({ tables, signaling, identity, turnSecret });
  functions.configure({ config, identity, api: signaling.api });

  const undelivered = new DeadLetters(scope, 'Undelivered');
  const { cleanup, revocation } = functions.byName;
  new CleanupSchedule(scope, 'Cleanup', {
    cleanup,
    everyMs: config.tokenPolicy.cleanupEveryMs,
    undelivered,
  });
  const { userPoolId } = identity;
  new RevocationEvents(scope, 'RevocationEvents', { revocation, userPoolId, undelivered });
  const measured: Measured = {
    service: telemetryServiceOf(config.stage),
    apiId: signaling.api.apiId,
    stageName: signaling.stage.stageName,
    functionNames: functions.names(),
    logGroupNames: functions.logGroupNames(),
    tableNames: {
      connections: tables.connections.physicalName,
      robotSessions: tables.robotSessions.physicalName,
      clientSessions: tables.clientSessions.physicalName,
      directory: tables.directory.physicalName,
    },
    deadLetterQueueName: undelivered.queue.queueName,
  };
  return { functions, signaling, undelivered, domain, url: domain?.url ?? signaling.stage.url, measured };
}
