import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { telemetryServiceOf } from '../../functions/environment-names.ts';
import type { HeliographConfig } from '../config.ts';
import { ApiGatewayLogRole } from '../constructs/api-gateway-log-role.ts';
import { CleanupSchedule } from '../constructs/cleanup-schedule.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import type { Identity } from '../constructs/identity.ts';
import type { Measured } from '../constructs/operations-metrics.ts';
import { RevocationEvents } from '../constructs/revocation-events.ts';
import { SignalingFunctions } from '../constructs/signaling-functions.ts';
import { TurnSecret } from '../constructs/turn-secret.ts';
import { WebSocketSignalingApi } from '../constructs/websocket-signaling-api.ts';
import type { StoreStack } from './store-stack.ts';

export type SignalingStackProps = StackProps & {
  readonly config: HeliographConfig;
  readonly identity: Identity;
  readonly tables: StoreStack['tables'];
};

export class SignalingStack extends Stack {
  /** `wss://…/<stage>` */
  readonly webSocketUrl: string;
  readonly webSocketOrigin: string;
  /** What the operations stack looks at. */
  readonly measured: Measured;

  constructor(scope: Construct, id: string, props: SignalingStackProps) {
    super(scope, id, props);
    const { config } = props;

    const functions = new SignalingFunctions(this, 'Functions', {
      service: telemetryServiceOf(config.stage),
      logRetention: config.logRetentionDays,
    });
    const signaling = new WebSocketSignalingApi(this, 'Signaling', {
      apiName: `heliograph-${config.stage}`,
      functions: functions.byName,
      throttle: config.throttle,
      logRetention: config.logRetentionDays,
      routeResponses: config.emulator?.routeResponses ?? true,
    });
    if (config.apiGatewayLogRole === 'create') {
      signaling.stage.node.addDependency(new ApiGatewayLogRole(this, 'ApiGatewayLogRole'));
    }
    const turnSecret =
      config.turn === undefined ? undefined : new TurnSecret(this, 'TurnSecret', config.turn);
    functions.allow({ tables: props.tables, signaling, identity: props.identity, turnSecret });
    functions.configure({ config, identity: props.identity, api: signaling.api });

    const undelivered = new DeadLetters(this, 'Undelivered');
    new CleanupSchedule(this, 'Cleanup', {
      cleanup: functions.byName.cleanup,
      everyMs: config.tokenPolicy.cleanupEveryMs,
      undelivered,
    });
    const { revocation } = functions.byName;
    const { userPoolId } = props.identity.userPool;
    new RevocationEvents(this, 'RevocationEvents', { revocation, userPoolId, undelivered });
    new CfnOutput(this, 'RevocationFunction', { value: revocation.lambda.functionName });
    this.webSocketUrl = signaling.stage.url;
    this.webSocketOrigin = signaling.api.apiEndpoint;
    new CfnOutput(this, 'WebSocketUrl', { value: this.webSocketUrl });
    this.measured = {
      service: telemetryServiceOf(config.stage),
      apiId: signaling.api.apiId,
      stageName: signaling.stage.stageName,
      functionNames: functions.names(),
      logGroupNames: functions.logGroupNames(),
      tableNames: namesOf(props.tables),
      deadLetterQueueName: undelivered.queue.queueName,
    };
  }
}

function namesOf(tables: StoreStack['tables']): Measured['tableNames'] {
  return {
    connections: tables.connections.table.tableName,
    robotSessions: tables.robotSessions.table.tableName,
    clientSessions: tables.clientSessions.table.tableName,
    directory: tables.directory.table.tableName,
  };
}
