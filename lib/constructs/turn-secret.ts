import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { SecretAction } from './function-access.ts';
import type { HeliographFunction } from './heliograph-function.ts';

/** What Secrets Manager adds to the name of a secret in its ARN: a hyphen and six characters of its choice. */
const anySuffix = '-??????';

/** The secret that the TURN servers share. Not ours to make: whoever runs the servers does. */
export class TurnSecret extends Construct {
  private readonly arn: string;

  /** @param secretId Name or ARN. */
  constructor(scope: Construct, id: string, { secretId }: { readonly secretId: string }) {
    super(scope, id);
    this.arn = secretId.startsWith('arn:')
      ? secretId
      : Stack.of(this).formatArn({
          service: 'secretsmanager',
          resource: 'secret',
          resourceName: `${secretId}${anySuffix}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        });
  }

  /** What a function may do with this secret, and with no other. */
  allow(user: HeliographFunction, actions: readonly SecretAction[]): void {
    user.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((action) => `secretsmanager:${action}`),
        resources: [this.arn],
      }),
    );
  }
}
