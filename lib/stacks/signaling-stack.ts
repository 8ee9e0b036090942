import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { HeliographConfig } from '../config.ts';
import { handlersFromSource } from '../constructs/handlers.ts';
import { existingIdentity, type IdentitySource } from '../constructs/identity-source.ts';
import type { Measured } from '../constructs/operations-metrics.ts';
import type { Tables } from '../constructs/signaling-functions.ts';
import { addSignalingParts } from '../constructs/signaling-parts.ts';
import { tablesOf } from '../constructs/tables.ts';

export type SignalingStackProps = StackProps & {
  readonly config: HeliographConfig;
  /** Ours, unless the configuration names an existing pool. */
  readonly identity: IdentitySource | undefined;
  /** Ours, unless the configuration names those of another region. */
  readonly tables: Tables | undefined;
};

export class SignalingStack extends Stack {
  /** Whose tokens are taken. */
  readonly identity: IdentitySource;
  /** `wss://…/<stage>`, or the domain of the configuration. */
  readonly webSocketUrl: string;
  readonly webSocketOrigin: string;
  /** What the operations stack looks at. */
  readonly measured: Measured;

  constructor(scope: Construct, id: string, props: SignalingStackProps) {
    super(scope, id, props);
    const { config } = props;
    this.identity = props.identity ?? configuredIdentity(this, config);
    const { functions, signaling, domain, url, measured } = addSignalingParts(this, {
      config,
      handlers: handlersFromSource,
      identity: this.identity,
      tables: props.tables ?? configuredTables(this, config),
    });
    this.measured = measured;
    this.webSocketUrl = url;
    this.webSocketOrigin = domain?.url ?? signaling.api.apiEndpoint;
    const { revocation } = functions.byName;
    new CfnOutput(this, 'RevocationFunction', { value: revocation.lambda.functionName });
    new CfnOutput(this, 'WebSocketUrl', { value: url });
    new CfnOutput(this, 'ApiId', { value: signaling.api.apiId });
    if (domain !== undefined) new CfnOutput(this, 'DomainTarget', { value: domain.target });
    if (props.identity === undefined) {
      new CfnOutput(this, 'UserPoolId', { value: this.identity.userPoolId });
      new CfnOutput(this, 'RobotsClientId', { value: this.identity.clientIds.robots });
      new CfnOutput(this, 'PeopleClientId', { value: this.identity.clientIds.people });
      const { more = [] } = this.identity.clientIds;
      if (more.length > 0) new CfnOutput(this, 'MoreClientIds', { value: more.join(',') });
    }
  }
}

function configuredIdentity(scope: Construct, { identity: { existing } }: HeliographConfig): IdentitySource {
  if (existing === undefined) {
    throw new Error('There is neither a user pool of ours nor one that is configured.');
  }
  const client = (id: string, clientId: string) => UserPoolClient.fromUserPoolClientId(scope, id, clientId);
  const { robots, people, more = [] } = existing.clientIds;
  const [region = ''] = existing.userPoolId.split('_');
  const userPoolArn = Stack.of(scope).formatArn({
    service: 'cognito-idp',
    region,
    resource: 'userpool',
    resourceName: existing.userPoolId,
  });
  return existingIdentity(UserPool.fromUserPoolArn(scope, 'UserPool', userPoolArn), {
    robots: client('RobotsClient', robots),
    people: client('PeopleClient', people),
    more: more.map((clientId, index) => client(`Client${index}`, clientId)),
  });
}

function configuredTables(scope: Construct, { regions }: HeliographConfig): Tables {
  if (regions?.home === undefined) {
    throw new Error('There is neither a store of ours nor one that is configured.');
  }
  return tablesOf(scope, regions.home);
}
