import { CfnOutput } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { configError, type HeliographConfig, type HeliographSettings, parseSettings } from './config.ts';
import { packagedHandlers, prebuiltHandlers } from './constructs/handlers.ts';
import { Identity } from './constructs/identity.ts';
import { existingIdentity, type IdentitySource } from './constructs/identity-source.ts';
import { addOperations } from './constructs/operations.ts';
import { addSignalingParts } from './constructs/signaling-parts.ts';
import { addTables, tablesOf } from './constructs/tables.ts';

/** App clients of an existing pool, as the CDK knows them. One may serve both. */
export type ExistingClients = {
  readonly robots: Pick<IUserPoolClient, 'userPoolClientId'>;
  readonly people: Pick<IUserPoolClient, 'userPoolClientId'>;
  /** Further ones whose tokens are taken. */
  readonly more?: readonly Pick<IUserPoolClient, 'userPoolClientId'>[];
};

export type SignalingBackendProps = {
  /** Settings, as in a file of one stage; `docs/configuration.md` has them all. Default: those of a stage `dev`. */
  readonly config?: Omit<HeliographSettings, 'identity' | 'console'> & {
    /** The pool itself is given beside, as a construct. */
    readonly identity?: Omit<NonNullable<HeliographSettings['identity']>, 'userPoolId' | 'userPoolClients'>;
  };
  /** A pool that is there already. Nothing in it is changed. Default: one is made, and kept when the stack goes. */
  readonly userPool?: IUserPool;
  /** The app clients of that pool: to be given with it. */
  readonly userPoolClients?: ExistingClients;
  /** Folder with the handlers' bundles, one folder each. Default: those that come with the package. */
  readonly handlers?: string;
};

/** What clients need, as `backend.addOutput({ custom: { heliograph: … } })` and `CfnOutput` take it. */
export type SignalingOutputs = {
  /** `wss://…`: where robots and browsers connect. */
  readonly url: string;
  readonly userPoolId: string;
  readonly robotsClientId: string;
  readonly peopleClientId: string;
};

/**
 * The signaling backend: WebSocket API, functions, tables, cleanup, revocation, alarms and dashboard. For a stack of yours,
 * in any CDK app or in the `backend.ts` of Amplify Gen 2.
 *
 * @throws {Error} named `ConfigError`, naming each setting that is unknown or wrong.
 */
export class SignalingBackend extends Construct {
  readonly config: HeliographConfig;
  readonly outputs: SignalingOutputs;
  /** The function that signs a user out everywhere: `{"userName": …}`. */
  readonly revocationFunctionName: string;
  readonly apiId: string;
  readonly stageName: string;
  /** Where a DNS record of the custom domain has to point to; undefined without one. */
  readonly domainTarget: string | undefined;
  /** The pool, when it was made here. */
  readonly identity: Identity | undefined;

  private readonly moreClientIds: readonly string[];

  constructor(scope: Construct, id: string, props: SignalingBackendProps = {}) {
    super(scope, id);
    this.config = parseSettings(props.config ?? {}, (path) => `config.${path.join('.')}`);
    if (this.config.console !== undefined) {
      throw configError([
        'config.console: the construct brings no page; deploy the stacks of the repository for it.',
      ]);
    }
    const { source, own } = this.addIdentity(props);
    this.identity = own;
    const { home } = this.config.regions ?? {};
    const { functions, signaling, domain, url, measured } = addSignalingParts(this, {
      config: this.config,
      handlers:
        props.handlers === undefined ? packagedHandlers(import.meta.url) : prebuiltHandlers(props.handlers),
      identity: source,
      tables:
        home === undefined ? addTables(this, { keyArn: this.config.encryptionKeyArn }) : tablesOf(this, home),
    });
    if (this.config.emulator?.operations !== false) addOperations(this, { config: this.config, measured });
    this.outputs = {
      url,
      userPoolId: source.userPoolId,
      robotsClientId: source.clientIds.robots,
      peopleClientId: source.clientIds.people,
    };
    this.moreClientIds = source.clientIds.more ?? [];
    this.revocationFunctionName = functions.byName.revocation.lambda.functionName;
    this.apiId = signaling.api.apiId;
    this.stageName = signaling.stage.stageName;
    this.domainTarget = domain?.target;
  }

  /** Outputs of the stack, with the names that those of `npx cdk deploy` have. Amplify has its own: `backend.addOutput`. */
  addStackOutputs(): void {
    const values = {
      WebSocketUrl: this.outputs.url,
      UserPoolId: this.outputs.userPoolId,
      RobotsClientId: this.outputs.robotsClientId,
      PeopleClientId: this.outputs.peopleClientId,
      RevocationFunction: this.revocationFunctionName,
      // By which the `heliograph` command tells those that are meant from strangers.
      ...(this.moreClientIds.length === 0 ? {} : { MoreClientIds: this.moreClientIds.join(',') }),
    };
    for (const [name, value] of Object.entries(values)) {
      new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }

  private addIdentity(props: SignalingBackendProps): {
    source: IdentitySource;
    own: Identity | undefined;
  } {
    const { userPool, userPoolClients } = props;
    if (userPool !== undefined && userPoolClients !== undefined) {
      return { source: existingIdentity(userPool, userPoolClients), own: undefined };
    }
    if (userPool !== undefined || userPoolClients !== undefined) {
      throw configError(['userPool and userPoolClients: give both, or none for a pool that is made here.']);
    }
    if (this.config.identity.existing !== undefined) {
      throw configError([
        'config.identity.userPoolId: give the pool as a construct, userPool: UserPool.fromUserPoolId(…), and its clients as userPoolClients.',
      ]);
    }
    const own = new Identity(this, 'Identity', {
      poolName: `heliograph-${this.config.stage}`,
      tokenPolicy: this.config.tokenPolicy,
    });
    return { source: own, own };
  }
}
