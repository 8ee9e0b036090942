import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type SettingName, settingVariables, telemetryService } from '../../functions/environment-names.ts';
import type { FunctionName } from '../../functions/route-table.ts';
import type { Handlers } from './handlers.ts';

export type HeliographFunctionProps = {
  readonly name: FunctionName;
  readonly handlers: Handlers;
  /** Dimension of its metrics: which deployment it belongs to. */
  readonly service: string;
  readonly logRetention: RetentionDays;
  /** What its log is encrypted by; undefined: by CloudWatch’s own key. */
  readonly logKey: IKey | undefined;
  readonly timeout: Duration;
  /** MB; CPU comes in proportion, and signature checks are CPU. */
  readonly memorySize: number;
};

/** One of the functions: what they have in common, and nothing that one may and another may not. */
export class HeliographFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: HeliographFunctionProps) {
    super(scope, id);

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      ...(props.logKey === undefined ? {} : { encryptionKey: props.logKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own: the managed AWSLambdaBasicExecutionRole may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);

    this.lambda = props.handlers(this, 'Function', {
      name: props.name,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      // A trace per signal would cost more than the relay; the X-Ray SDK is in maintenance.
      tracing: Tracing.DISABLED,
      role,
      logGroup: this.logGroup,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service,
        POWERTOOLS_METRICS_NAMESPACE: telemetryService,
      },
    });
  }

  addSetting(name: SettingName, value: string): void {
    this.lambda.addEnvironment(settingVariables[name], value);
  }
}
