import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HeliographConfig } from '../config.ts';
import { Identity } from '../constructs/identity.ts';

export class IdentityStack extends Stack {
  readonly identity: Identity;

  constructor(scope: Construct, id: string, props: StackProps & { readonly config: HeliographConfig }) {
    super(scope, id, props);
    this.identity = new Identity(this, 'Identity', {
      poolName: `heliograph-${props.config.stage}`,
      tokenPolicy: props.config.tokenPolicy,
    });
    new CfnOutput(this, 'UserPoolId', { value: this.identity.userPool.userPoolId });
    new CfnOutput(this, 'RobotsClientId', { value: this.identity.robots.userPoolClientId });
    new CfnOutput(this, 'PeopleClientId', { value: this.identity.people.userPoolClientId });
    new CfnOutput(this, 'Region', { value: this.region });
  }
}
