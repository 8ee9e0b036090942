import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type SettingName, settingVariables, telemetryService } from '../../functions/environment-names.ts';
import type { FunctionName } from '../../functions/route-table.ts';
import { bundling, depsLockFilePath, functionEntry, projectRoot } from './bundling.ts';

export type HeliographFunctionProps = {
  readonly name: FunctionName;
  /** Dimension of its metrics: which deployment it belongs to. */
  readonly service: string;
  readonly logRetention: RetentionDays;
  readonly timeout: Duration;
  /** MB; CPU comes in proportion, and signature checks are CPU. */
  readonly memorySize: number;
};

const bundlingOptions: BundlingOptions = {
  format: OutputFormat.ESM,
  target: bundling.target,
  minify: bundling.minify,
  mainFields: [...bundling.mainFields],
  externalModules: [...bundling.externalModules],
  sourceMap: bundling.sourceMap,
  banner: bundling.banner,
  esbuildArgs: { '--alias': `${bundling.alias.from}=${bundling.alias.to}` },
};

/** One of the functions: what they have in common, and nothing that one may and another may not. */
export class HeliographFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: HeliographFunctionProps) {
    super(scope, id);

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own: the managed AWSLambdaBasicExecutionRole may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);

    this.lambda = new NodejsFunction(this, 'Function', {
      entry: functionEntry(props.name),
      projectRoot,
      depsLockFilePath,
      bundling: bundlingOptions,
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
